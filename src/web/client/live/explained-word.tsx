import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { sayOptions } from '../../../errors.js';
import { GLOSSARY } from '../../../report/words/glossary.js';

const ENTRIES = new Map(GLOSSARY.flatMap(({ entries }) => entries).map((entry) => [entry.term, entry.meaning]));

interface ExplainedWordProps {
  /** As the glossary has it. */
  readonly term: string;
  readonly children: ComponentChildren;
}

/** A word or figure that says what it means when it is pointed at, reached or pressed. */
export function ExplainedWord({ term, children }: ExplainedWordProps) {
  const id = useId();
  const pop = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const element = pop.current;
    if (!open || element === null) return;
    element.style.marginLeft = '0';
    const over = element.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (over > 0) element.style.marginLeft = `${-over}px`;
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setOpen(false);
    };
    addEventListener('keydown', close);
    return () => {
      removeEventListener('keydown', close);
    };
  }, [open]);
  const meaning = sayOptions(ENTRIES.get(term) ?? '', inWords);
  return (
    <span
      class="word"
      onPointerEnter={({ pointerType }) => {
        if (pointerType === 'mouse') setOpen(true);
      }}
      onPointerLeave={({ pointerType }) => {
        if (pointerType === 'mouse') setOpen(false);
      }}
    >
      <button
        type="button"
        class="what"
        aria-describedby={id}
        onFocus={() => {
          setOpen(true);
        }}
        onBlur={() => {
          setOpen(false);
        }}
        onClick={() => {
          setOpen(true);
        }}
      >
        {children}
      </button>
      <span ref={pop} id={id} role="tooltip" class="pop" hidden={!open}>
        {meaning}
      </span>
    </span>
  );
}

/** An option as the page's form calls it, in a sentence. */
function inWords(name: string, value: string | null): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `“${words}${value === null ? '' : `: ${value}`}”`;
}
