import type { Placement } from './placement.js';

/** A map over the whole image, at a size of its own. */
export interface ImageMap {
  /** `[height, width]`, row-major. */
  readonly data: ArrayLike<number>;
  readonly shape: readonly [height: number, width: number];
}

/**
 * Brings a map over the image to the area of the model's input that shows it: the counterpart of `mapToImage`. Bilinear
 * between the middles of map pixels; where the map is finer than the area, means over as much of it as an area pixel
 * covers.
 *
 * @returns `[area.height, area.width]`
 */
export function mapToArea({ data, shape: [height, width] }: ImageMap, placement: Placement): Float32Array {
  const { area, image, scaleX, scaleY, offsetX, offsetY } = placement;
  const columns = taps(area.width, width, (area.x - offsetX) / scaleX, 1 / scaleX, image.width);
  const rows = taps(area.height, height, (area.y - offsetY) / scaleY, 1 / scaleY, image.height);
  const across = new Float64Array(height * area.width);
  for (let row = 0; row < height; row++) {
    for (const [column, { first, weights }] of columns.entries()) {
      let sum = 0;
      for (const [i, weight] of weights.entries()) sum += weight * (data[row * width + first + i] ?? 0);
      across[row * area.width + column] = sum;
    }
  }
  const out = new Float32Array(area.width * area.height);
  for (const [row, { first, weights }] of rows.entries()) {
    for (let column = 0; column < area.width; column++) {
      let sum = 0;
      for (const [i, weight] of weights.entries()) sum += weight * (across[(first + i) * area.width + column] ?? 0);
      out[row * area.width + column] = sum;
    }
  }
  return out;
}

/** The same of a map over the model's whole input, padding and all, as it sees a cropped or padded image. */
export function inputMapToArea(map: ImageMap, { area, input, scaled }: Placement): Float32Array {
  const whole = { image: input, input, scaled, area, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
  return mapToArea(map, whole);
}

/** Which map pixels an area pixel is made of, and their shares, which sum to 1. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * @param count area pixels along an axis
 * @param length map pixels along it
 * @param start of the area, in pixels of the image
 * @param step pixels of the image for one of the area
 * @param imageLength pixels of the image along it
 */
function taps(count: number, length: number, start: number, step: number, imageLength: number): Taps[] {
  const factor = length / imageLength;
  const reach = Math.max(1, step * factor);
  return Array.from({ length: count }, (_, i) => {
    const centre = Math.min(length, Math.max(0, (start + (i + 0.5) * step) * factor));
    const first = Math.max(0, Math.min(length - 1, Math.ceil(centre - reach - 0.5)));
    const last = Math.min(length - 1, Math.max(first, Math.floor(centre + reach - 0.5)));
    const weights = Float64Array.from({ length: last - first + 1 }, (__, tap) =>
      Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / reach),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: sum > 0 ? weights.map((weight) => weight / sum) : weights.fill(1 / weights.length) };
  });
}
