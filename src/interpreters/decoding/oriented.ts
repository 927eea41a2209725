/**
 * Writes the upright box that encloses a turned one, as x1, y1, x2, y2 from `at` on.
 *
 * @param angle in radians; the box of `width` x `height` is turned by it around its centre.
 */
export function writeEnclosing(
  x: number,
  y: number,
  width: number,
  height: number,
  angle: number,
  boxes: Float32Array,
  at: number,
): void {
  const cos = Math.abs(Math.cos(angle));
  const sin = Math.abs(Math.sin(angle));
  const halfWidth = (width * cos + height * sin) / 2;
  const halfHeight = (width * sin + height * cos) / 2;
  boxes[at] = x - halfWidth;
  boxes[at + 1] = y - halfHeight;
  boxes[at + 2] = x + halfWidth;
  boxes[at + 3] = y + halfHeight;
}

/** How it is told that an upright box stands for a turned one. */
export const ENCLOSED = 'the upright box that encloses the turned one is explained';

/** Angles of a turned box lie in a full turn: trained ones in -45 to 135 degrees. */
export const LARGEST_ANGLE = 2 * Math.PI;
