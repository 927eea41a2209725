import type { RgbImage } from '../../image/types.js';
import { labOf } from './lab.js';
import { connectedRegions, type Regions } from './regions.js';

/** Rounds of k-means at most; it ends before where nothing moves. */
const ROUNDS = 10;
/** A region has no less than this share of the pixels that it would have if all were alike, and is not joined to more. */
const LEAST_SHARE = 0.5;
const MOST_SHARE = 3;

/**
 * Cuts an image into superpixels of like color: k-means in color and place, each cluster looking for pixels around it
 * alone, from a grid of as many cells as regions are asked for.
 *
 * Source: Achanta, Shaji, Smith, Lucchi, Fua and Suesstrunk 2012, "SLIC superpixels compared to state-of-the-art superpixel
 * methods", algorithm 1 and equation 3; rounds, compactness and the sizes of regions mean what they do in scikit-image
 * (skimage/segmentation/slic_superpixels.py: max_num_iter, compactness, min_size_factor, max_size_factor), where clusters
 * begin on a plain grid too.
 *
 * @param count of regions asked for; there are about as many, and no more than pixels
 * @param compactness how much a region's distance in place counts beside that in color: large ones give squares
 */
export function slic(image: RgbImage, count: number, compactness: number): Regions {
  const { width, height } = image;
  const squares = clamp(Math.round(Math.sqrt((count * width) / height)), 1, width);
  const rows = clamp(Math.round(count / squares), 1, height);
  const columns = clamp(Math.round(count / rows), 1, width);
  const clusters = new Clusters(image, columns, rows, compactness);
  for (let round = 0; round < ROUNDS && clusters.assign(); round++) clusters.move();
  const usual = (width * height) / (columns * rows);
  return connectedRegions(clusters.of, width, height, { least: LEAST_SHARE * usual, most: MOST_SHARE * usual });
}

/** Clusters of pixels in color and place. */
class Clusters {
  /** The cluster of each pixel, `[height, width]`. */
  readonly of: Int32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #lab: Float64Array;
  /** L*, a*, b*, x, y of each cluster, `[clusters, 5]`. */
  readonly #centers: Float64Array;
  /** How far a cluster looks: as far as it is long at first. */
  readonly #reach: { readonly x: number; readonly y: number };
  /** What a pixel of distance is worth beside color, squared. */
  readonly #nearness: number;
  readonly #distances: Float64Array;

  constructor(image: RgbImage, columns: number, rows: number, compactness: number) {
    const { width, height } = image;
    this.#width = width;
    this.#height = height;
    this.#lab = labOf(image);
    this.#reach = { x: width / columns, y: height / rows };
    this.#nearness = (compactness * compactness) / (this.#reach.x * this.#reach.y);
    this.#distances = new Float64Array(width * height);
    this.#centers = new Float64Array(columns * rows * 5);
    this.of = Int32Array.from({ length: width * height }, (_, pixel) => {
      const column = Math.floor((((pixel % width) + 0.5) * columns) / width);
      const row = Math.floor(((Math.floor(pixel / width) + 0.5) * rows) / height);
      return row * columns + column;
    });
    // Clusters begin as the cells of the grid.
    this.move();
  }

  /** Gives every pixel to the nearest of the clusters around it; false where none changes. */
  assign(): boolean {
    const [width, lab, centers, of, distances] = [this.#width, this.#lab, this.#centers, this.of, this.#distances];
    const before = of.slice();
    distances.fill(Infinity);
    for (let cluster = 0; cluster * 5 < centers.length; cluster++) {
      const at = cluster * 5;
      const [l, a, b] = [centers[at]!, centers[at + 1]!, centers[at + 2]!];
      const [x, y] = [centers[at + 3]!, centers[at + 4]!];
      const left = Math.max(0, Math.ceil(x - this.#reach.x));
      const right = Math.min(width - 1, Math.floor(x + this.#reach.x));
      const bottom = Math.min(this.#height - 1, Math.floor(y + this.#reach.y));
      for (let row = Math.max(0, Math.ceil(y - this.#reach.y)); row <= bottom; row++) {
        const down = row - y;
        for (let pixel = row * width + left; pixel <= row * width + right; pixel++) {
          const across = pixel - row * width - x;
          const [dl, da, db] = [lab[pixel * 3]! - l, lab[pixel * 3 + 1]! - a, lab[pixel * 3 + 2]! - b];
          const distance = dl * dl + da * da + db * db + this.#nearness * (across * across + down * down);
          if (distance >= distances[pixel]!) continue;
          distances[pixel] = distance;
          of[pixel] = cluster;
        }
      }
    }
    return of.some((cluster, pixel) => cluster !== before[pixel]);
  }

  /** Brings every cluster to the middle of its pixels; one without any stays. */
  move(): void {
    const [lab, centers, of] = [this.#lab, this.#centers, this.of];
    const sums = new Float64Array(centers.length);
    const counts = new Float64Array(centers.length / 5);
    for (let pixel = 0; pixel < of.length; pixel++) {
      const at = of[pixel]! * 5;
      counts[of[pixel]!]! += 1;
      sums[at]! += lab[pixel * 3]!;
      sums[at + 1]! += lab[pixel * 3 + 1]!;
      sums[at + 2]! += lab[pixel * 3 + 2]!;
      sums[at + 3]! += pixel % this.#width;
      sums[at + 4]! += Math.floor(pixel / this.#width);
    }
    for (let at = 0; at < centers.length; at++) {
      const count = counts[Math.floor(at / 5)]!;
      if (count > 0) centers[at] = sums[at]! / count;
    }
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
