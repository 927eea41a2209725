import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { meaningOf } from './terms.js';

export interface TermProps {
  /** As the glossary has it. */
  readonly of: string;
  readonly children: ComponentChildren;
}

/** Room between a word, what explains it and the edge of the window, in pixels. */
const GAP = 8;

/** A word or figure that explains itself: on hover, on focus and on tap. Escape closes what explains, and nothing else. */
export function Term({ of, children }: TermProps) {
  const meaning = meaningOf(of);
  const [open, setOpen] = useState<'passing' | 'pinned' | null>(null);
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const pop = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const [element, at] = [pop.current, button.current?.getBoundingClientRect()];
    if (element === null || at === undefined) return;
    // Above dialogs, and cut off by nothing.
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const below = at.bottom + GAP + height <= innerHeight || at.top < height + GAP;
    element.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
    element.style.top = `${below ? at.bottom + GAP : at.top - height - GAP}px`;
  }, [open !== null]);
  useEffect(() => {
    if (open === null) return;
    const close = (): void => {
      setOpen(null);
    };
    addEventListener('scroll', close, { capture: true, passive: true });
    return () => {
      removeEventListener('scroll', close, { capture: true });
    };
  }, [open !== null]);
  if (meaning === null) return <>{children}</>;
  return (
    <span class="term">
      <button
        ref={button}
        type="button"
        class="what"
        aria-describedby={open === null ? undefined : id}
        aria-expanded={open !== null}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(open === 'pinned' ? null : 'pinned');
        }}
        onPointerEnter={({ pointerType }) => {
          if (pointerType === 'mouse') setOpen(open ?? 'passing');
        }}
        onPointerLeave={() => {
          if (open === 'passing') setOpen(null);
        }}
        onFocus={({ currentTarget }) => {
          if (currentTarget.matches(':focus-visible')) setOpen(open ?? 'passing');
        }}
        onBlur={() => {
          setOpen(null);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || open === null) return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(null);
        }}
      >
        {children}
      </button>
      {open !== null && (
        <span ref={pop} id={id} class="pop" role="tooltip" popover="manual">
          <strong>{of.charAt(0).toUpperCase() + of.slice(1)}</strong>
          {meaning}
        </span>
      )}
    </span>
  );
}
