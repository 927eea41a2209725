import { decodeGray16Png } from '../../src/image/files.js';
import type { Explanation } from '../../src/results/explanation.js';
import { gridOf, MapSheet, storedMapSize, type Grid } from '../../src/results/map-sheet.js';
import type { StoredMap } from '../../src/results/schema/target.js';

/** The small maps of an explanation, as they come back from the PNG that holds them. */
export async function storedMaps({
  targets,
  placement,
  image,
  method,
}: Explanation): Promise<{ readonly stored: StoredMap; readonly grid: Grid }[]> {
  const sheet = new MapSheet('maps.png', storedMapSize(method.options, placement, image), placement);
  const stored = targets.map(({ areaMap }) => sheet.add(areaMap));
  const png = await decodeGray16Png(await sheet.encode());
  return stored.map((one) => ({ stored: one, grid: gridOf(png, one)! }));
}

/** A grid enlarged as every program does it: bilinear between the middles of its pixels, the border held. */
export function enlarged({ width, height, values }: Grid, toWidth: number, toHeight: number): Float64Array {
  const at = (x: number, y: number): number => values[y * width + x]!;
  const out = new Float64Array(toWidth * toHeight);
  for (let row = 0; row < toHeight; row++) {
    const y = Math.min(height - 1, Math.max(0, ((row + 0.5) / toHeight) * height - 0.5));
    const [above, down] = [Math.floor(y), y - Math.floor(y)];
    const below = Math.min(height - 1, above + 1);
    for (let column = 0; column < toWidth; column++) {
      const x = Math.min(width - 1, Math.max(0, ((column + 0.5) / toWidth) * width - 0.5));
      const [left, across] = [Math.floor(x), x - Math.floor(x)];
      const right = Math.min(width - 1, left + 1);
      out[row * toWidth + column] =
        (at(left, above) * (1 - across) + at(right, above) * across) * (1 - down) +
        (at(left, below) * (1 - across) + at(right, below) * across) * down;
    }
  }
  return out;
}

/** How far a map is from the true one, in shares of the range of that. */
export function shareOff(map: ArrayLike<number>, truth: ArrayLike<number>): { rms: number; largest: number } {
  let [squares, largest, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < truth.length; i++) {
    const off = Math.abs(map[i]! - truth[i]!);
    squares += off * off;
    largest = Math.max(largest, off);
    min = Math.min(min, truth[i]!);
    max = Math.max(max, truth[i]!);
  }
  return { rms: Math.sqrt(squares / truth.length) / (max - min), largest: largest / (max - min) };
}
