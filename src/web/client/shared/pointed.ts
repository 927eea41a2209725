import { useState } from 'preact/hooks';

/** A place on an image, as shares of its sides. */
export interface Pointed {
  readonly x: number;
  readonly y: number;
}

/** Where on an element the pointer is, and what the element listens to for it. */
export function usePointed() {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const look = ({ currentTarget, clientX, clientY }: PointerEvent): void => {
    if (!(currentTarget instanceof Element)) return;
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    setPointed({ x: (clientX - left) / Math.max(1, width), y: (clientY - top) / Math.max(1, height) });
  };
  const leave = (): void => {
    setPointed(null);
  };
  return { pointed, listeners: { onPointerMove: look, onPointerDown: look, onPointerLeave: leave } };
}
