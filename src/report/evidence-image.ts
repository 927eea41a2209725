import type { Placement, RgbImage } from '../image/index.js';

/** Light left to what does not belong to the evidence: enough to see where one is. */
const FAINT = 0.2;

/**
 * The image with only the evidence in its colors, and the rest faint and gray.
 *
 * @param image of any size
 * @param evidence `[area.height, area.width]`, 0 or 1, over the part of the input that shows the image
 */
export function evidenceImage(image: RgbImage, evidence: Uint8Array, placement: Placement): RgbImage {
  const { width, height } = image;
  const { area, scaled, offsetX, offsetY } = placement;
  const columns = positions(width, scaled.width, offsetX - area.x, area.width);
  const rows = positions(height, scaled.height, offsetY - area.y, area.height);
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const [row, column] = [rows[y]!, columns[x]!];
      if (row >= 0 && column >= 0 && evidence[row * area.width + column] === 1) {
        data[at] = image.data[at]!;
        data[at + 1] = image.data[at + 1]!;
        data[at + 2] = image.data[at + 2]!;
      } else {
        const light = 0.299 * image.data[at]! + 0.587 * image.data[at + 1]! + 0.114 * image.data[at + 2]!;
        const faint = Math.round(light * FAINT);
        data[at] = faint;
        data[at + 1] = faint;
        data[at + 2] = faint;
      }
    }
  }
  return { width, height, data };
}

/** The area's pixel under the middle of each of `count` pixels; -1 outside. */
function positions(count: number, scaled: number, offset: number, length: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((i + 0.5) / count) * scaled + offset);
    return at >= 0 && at < length ? at : -1;
  });
}
