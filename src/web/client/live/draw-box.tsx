import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { BoxPixels, ImageState } from '../../protocol.js';

/** Steps of the arrow keys, as shares of the image. */
const STEP = 0.02;
/** Smaller drags are taken for clicks, as shares of the image. */
const LEAST = 0.01;

/** In shares of the image's sides. */
interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MIDDLE: Frame = { x: 0.3, y: 0.3, width: 0.4, height: 0.4 };

export interface DrawBoxProps {
  readonly image: ImageState;
  /** Null where nothing was drawn after all. */
  readonly onDrawn: (box: BoxPixels | null) => void;
}

/** Draws a box: with a drag, or with the keys (arrows move it, with shift they size it, Enter takes it). */
export function DrawBox({ image, onDrawn }: DrawBoxProps) {
  const place = useRef<HTMLDivElement>(null);
  const start = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const [frame, show] = useState<Frame | null>(null);
  // Keys and drags may come faster than the page is drawn.
  const newest = useRef<Frame | null>(null);
  const setFrame = (next: Frame | null): void => {
    newest.current = next;
    show(next);
  };
  // Before the page is drawn: the next key is meant for the box.
  useLayoutEffect(() => {
    place.current?.focus();
  }, []);
  const at = (event: PointerEvent): { x: number; y: number } => {
    const bounds = place.current?.getBoundingClientRect();
    if (bounds === undefined) return { x: 0, y: 0 };
    return {
      x: between((event.clientX - bounds.left) / bounds.width),
      y: between((event.clientY - bounds.top) / bounds.height),
    };
  };
  const take = ({ x, y, width: w, height: h }: Frame): void => {
    onDrawn([x * image.width, y * image.height, w * image.width, h * image.height]);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onDrawn(null);
    else if (event.key === 'Enter') take(newest.current ?? MIDDLE);
    else if (event.key.startsWith('Arrow')) setFrame(moved(newest.current ?? MIDDLE, event.key, event.shiftKey));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={place}
      class="draw"
      role="application"
      tabIndex={0}
      aria-label="Draw a box: drag, or move it with the arrow keys, size it with shift and the arrow keys, and press Enter"
      onKeyDown={onKey}
      onPointerDown={(event) => {
        place.current?.setPointerCapture(event.pointerId);
        start.current = at(event);
        setFrame(null);
      }}
      onPointerMove={(event) => {
        if (start.current !== null) setFrame(spanned(start.current, at(event)));
      }}
      onPointerUp={(event) => {
        const drawn = start.current === null ? null : spanned(start.current, at(event));
        start.current = null;
        if (drawn !== null && drawn.width > LEAST && drawn.height > LEAST) take(drawn);
        else setFrame(null);
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
    >
      {frame !== null && (
        <div
          class="draw-frame"
          style={{
            left: `${frame.x * 100}%`,
            top: `${frame.y * 100}%`,
            width: `${frame.width * 100}%`,
            height: `${frame.height * 100}%`,
          }}
        />
      )}
    </div>
  );
}

function spanned(a: { x: number; y: number }, b: { x: number; y: number }): Frame {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

function moved({ x, y, width: w, height: h }: Frame, key: string, sizes: boolean): Frame {
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
  const [dx, dy] = [(across ?? 0) * STEP, (down ?? 0) * STEP];
  if (sizes)
    return { x, y, width: Math.min(1 - x, Math.max(STEP, w + dx)), height: Math.min(1 - y, Math.max(STEP, h + dy)) };
  return { x: Math.min(1 - w, Math.max(0, x + dx)), y: Math.min(1 - h, Math.max(0, y + dy)), width: w, height: h };
}

function between(share: number): number {
  return Math.min(1, Math.max(0, share));
}
