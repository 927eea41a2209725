import type { RgbImage } from './types.js';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws the outline of a box into an image, white on black so that it shows on any image; its width follows the
 * image's size.
 */
export function outlineBox(image: RgbImage, box: Box): void {
  const stroke = Math.max(1, Math.round(Math.max(image.width, image.height) / 300));
  frame(image, box, stroke * 3, 0);
  frame(image, box, stroke, 255);
}

/** Fills the pixels whose middle lies within half a thickness of the box's edges. */
function frame(image: RgbImage, { x, y, width, height }: Box, thickness: number, level: number): void {
  const half = thickness / 2;
  const outer = { x: x - half, y: y - half, width: width + thickness, height: height + thickness };
  const inner = { x: x + half, y: y + half, width: width - thickness, height: height - thickness };
  const columns = middles(outer.x, outer.width, image.width);
  const hollowColumns = middles(inner.x, inner.width, image.width);
  const rows = middles(outer.y, outer.height, image.height);
  const hollowRows = middles(inner.y, inner.height, image.height);
  for (let row = rows.from; row < rows.to; row++) {
    const hollow = row >= hollowRows.from && row < hollowRows.to && hollowColumns.to > hollowColumns.from;
    const fill = (from: number, to: number): void => {
      if (to > from) image.data.fill(level, (row * image.width + from) * 3, (row * image.width + to) * 3);
    };
    fill(columns.from, hollow ? hollowColumns.from : columns.to);
    if (hollow) fill(hollowColumns.to, columns.to);
  }
}

/** The pixels whose middle lies in a part of an axis. */
function middles(start: number, length: number, pixels: number): { readonly from: number; readonly to: number } {
  const clipped = (at: number): number => Math.min(pixels, Math.max(0, Math.ceil(at - 0.5)));
  return { from: clipped(start), to: clipped(start + length) };
}
