import type { ImageSize } from './types.js';

/** A declared size, unless it is missing or a placeholder such as 0 x 0. */
export function sizeOf(width: number | null | undefined, height: number | null | undefined): ImageSize | null {
  return (width ?? 0) > 0 && (height ?? 0) > 0 ? { width: width!, height: height! } : null;
}
