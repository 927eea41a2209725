import type { Box } from '../annotations/index.js';

/** The smallest box around points x0, y0, x1, y1, ...; null when there are none. */
export function boundsOf(points: readonly number[]): Box | null {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return left <= right && top <= bottom ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}

/** The smallest box around all boxes; null when there are none. */
export function unionOf(boxes: readonly Box[]): Box | null {
  return boundsOf(boxes.flatMap(({ x, y, width: w, height: h }) => [x, y, x + w, y + h]));
}

/**
 * The smallest upright box around a box that is turned about its centre.
 *
 * @param degrees clockwise on the screen.
 */
export function turnedBounds(box: Box, degrees: number): Box {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  const w = box.width * cos + box.height * sin;
  const h = box.width * sin + box.height * cos;
  return { x: box.x + (box.width - w) / 2, y: box.y + (box.height - h) / 2, width: w, height: h };
}
