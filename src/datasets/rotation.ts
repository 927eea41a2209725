import type { Box } from '../annotations/index.js';
import { turnedBounds } from './geometry.js';
import type { Attributes } from './types.js';

/** What is to be known of boxes that were turned. */
export const TURNED_BOXES =
  "with turned boxes, as CVAT writes them with the attribute 'rotation': read as the upright boxes around them";

/**
 * The upright box around a turned one. CVAT exports a turned box to formats of upright ones as it was before it was turned
 * about its center, with the attribute `rotation` in degrees, clockwise
 * (https://github.com/cvat-ai/cvat/issues/4745); the attribute is done with then.
 *
 * @returns null where the box is not turned.
 */
export function readTurned(
  box: Box,
  { rotation, ...attributes }: Attributes,
): { readonly box: Box; readonly attributes: Attributes } | null {
  const degrees = typeof rotation === 'boolean' || rotation === '' ? NaN : Number(rotation);
  if (!Number.isFinite(degrees) || degrees % 360 === 0) return null;
  return { box: turnedBounds(box, degrees), attributes };
}
