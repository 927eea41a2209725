import type { MaskAxis } from './axis.js';
import type { MaskField, MaskOffset } from './mask-field.js';
import { priorFromEnergy } from './spatial-prior.js';

/**
 * Masks seen from afar: the mean of a mask in each box of a coarse grid, `[rows, columns]`, and the known covariance
 * between boxes and pixels over all masks. A regression on the boxes becomes a saliency map through that covariance,
 * without another run of the model. Everything is separable in rows and columns, and nothing here touches a pixel
 * for each mask.
 */
export class CoarseField {
  readonly rows: number;
  readonly columns: number;
  readonly #y: CoarseAxis;
  readonly #x: CoarseAxis;
  readonly #half: Float64Array;

  constructor(field: MaskField, rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.#y = new CoarseAxis(field.y, rows);
    this.#x = new CoarseAxis(field.x, columns);
    this.#half = new Float64Array(rows * field.x.cells);
  }

  get size(): number {
    return this.rows * this.columns;
  }

  /** Width of a mask's cell in boxes, along y and along x. */
  get cellSize(): { readonly y: number; readonly x: number } {
    return { y: this.#y.cellSize, x: this.#x.cellSize };
  }

  /**
   * Adds the mask's mean in each box to `out[start..start + size)`.
   *
   * @param cells `[y.cells, x.cells]`, 0 or 1
   */
  addMeans(cells: Uint8Array, offset: MaskOffset, out: Float64Array, start: number): void {
    const { cells: cellRows } = this.#y;
    const { cells: cellColumns } = this.#x;
    const half = this.#half.fill(0);
    const rowMeans = this.#y.means[offset.y]!;
    const columnMeans = this.#x.means[offset.x]!;
    for (let row = 0; row < this.rows; row++) {
      for (let cellRow = 0; cellRow < cellRows; cellRow++) {
        const share = rowMeans[row * cellRows + cellRow]!;
        if (share <= 0) continue;
        for (let cell = 0; cell < cellColumns; cell++) {
          if (cells[cellRow * cellColumns + cell] !== 0) half[row * cellColumns + cell]! += share;
        }
      }
      for (let column = 0; column < this.columns; column++) {
        let sum = 0;
        for (let cell = 0; cell < cellColumns; cell++) {
          sum += half[row * cellColumns + cell]! * columnMeans[column * cellColumns + cell]!;
        }
        out[start + row * this.columns + column]! += sum;
      }
    }
  }

  /**
   * `scale sum_j w_j Cov(box j, pixel)` for cells of variance 1: a map `[height, width]`.
   *
   * @param coefficients `[rows, columns]`
   */
  toPixels(coefficients: Float64Array, scale: number): Float32Array {
    const scaled = coefficients.map((value) => value * scale);
    const out = new Float32Array(this.#y.pixels * this.#x.pixels);
    return separable(this.#y.withPixels, this.#x.withPixels, scaled, this.rows, this.columns, out);
  }

  /** The same at the resolution of the boxes: `sum_j w_j Cov(box j, box k)`, `[rows, columns]`. */
  toBoxes(coefficients: Float64Array): Float64Array {
    const out = new Float64Array(this.size);
    return separable(this.#y.withBoxes, this.#x.withBoxes, coefficients, this.rows, this.columns, out);
  }

  /** Covariance of one box with every box, `[rows, columns]`. */
  covarianceWith(box: number): Float64Array {
    const unit = new Float64Array(this.size);
    unit[box] = 1;
    return this.toBoxes(unit);
  }

  /** A prior variance for each box, `[rows, columns]`, mean 1, from the energy found there so far (spatial-prior.ts). */
  priorFrom(energy: Float64Array): Float64Array {
    return priorFromEnergy(this, energy);
  }

  /** Values at the boxes' centres, `[rows, columns]`, interpolated bilinearly to pixels `[height, width]`. */
  interpolate(values: Float64Array): Float32Array {
    const { pixels: height } = this.#y;
    const { pixels: width } = this.#x;
    const columns = Array.from({ length: width }, (_, x) => neighbours(x, width, this.columns));
    const across = Array.from({ length: this.rows }, (_, row) => {
      const line = values.subarray(row * this.columns, (row + 1) * this.columns);
      return Float64Array.from(columns, ([left, right, along]) => mix(line[left]!, line[right]!, along));
    });
    const out = new Float32Array(height * width);
    for (let y = 0; y < height; y++) {
      const [top, bottom, down] = neighbours(y, height, this.rows);
      const [upper, lower] = [across[top]!, across[bottom]!];
      for (let x = 0; x < width; x++) out[y * width + x] = mix(upper[x]!, lower[x]!, down);
    }
    return out;
  }
}

/** How many boxes an axis may have at most: one for every cell drawn, grids up to 32. */
const MOST_BOXES = 34;
/** So many boxes in all are always allowed; more only with at least four masks for each. */
const FREE_BOXES = 256;

/**
 * The coarse field for a regression on `count` masks: two boxes more along an axis than the grid has cells, which is
 * as fine as masks can tell (finer ones were measured: no better with many masks, worse with few). Grids of many cells
 * get fewer while masks are few.
 */
export function coarseFieldFor(field: MaskField, count: number): CoarseField {
  const rows = boxesAlong(field.y);
  const columns = boxesAlong(field.x);
  const most = Math.max(FREE_BOXES, count / 4);
  const shrink = Math.min(1, Math.sqrt(most / (rows * columns)));
  return new CoarseField(field, Math.max(1, Math.floor(rows * shrink)), Math.max(1, Math.floor(columns * shrink)));
}

function boxesAlong({ pixels, offsets }: MaskAxis): number {
  return Math.min(Math.ceil(pixels / offsets) + 2, pixels, MOST_BOXES);
}

/** One axis of a coarse field. */
class CoarseAxis {
  readonly cells: number;
  readonly pixels: number;
  readonly cellSize: number;
  /** For each offset `[boxes, cells]`: what a cell adds to the mean of a box. */
  readonly means: readonly Float64Array[];
  /** `[pixels, boxes]` and `[boxes, boxes]`: covariances of cells of variance 1, mean over the offsets. */
  readonly withPixels: Float64Array;
  readonly withBoxes: Float64Array;

  constructor(axis: MaskAxis, boxes: number) {
    const { cells, pixels, offsets, lower, upper, weight } = axis;
    this.cells = cells;
    this.pixels = pixels;
    this.cellSize = (offsets * boxes) / pixels;
    const overlaps = boxOverlaps(pixels, boxes);
    this.means = Array.from({ length: offsets }, (_, offset) => {
      const means = new Float64Array(boxes * cells);
      for (const { pixel, box, share } of overlaps) {
        const q = pixel + offset;
        means[box * cells + lower[q]!]! += share * (1 - weight[q]!);
        means[box * cells + upper[q]!]! += share * weight[q]!;
      }
      return means;
    });
    this.withPixels = new Float64Array(pixels * boxes);
    for (const [offset, means] of this.means.entries()) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const q = pixel + offset;
        const low = lower[q]!;
        const high = upper[q]!;
        const part = weight[q]!;
        for (let box = 0; box < boxes; box++) {
          const value = means[box * cells + low]! * (1 - part) + means[box * cells + high]! * part;
          this.withPixels[pixel * boxes + box]! += value / offsets;
        }
      }
    }
    this.withBoxes = new Float64Array(boxes * boxes);
    for (const { pixel, box, share } of overlaps) {
      for (let other = 0; other < boxes; other++) {
        this.withBoxes[box * boxes + other]! += share * this.withPixels[pixel * boxes + other]!;
      }
    }
  }
}

interface Overlap {
  readonly pixel: number;
  readonly box: number;
  /** Share of the box that the pixel fills. */
  readonly share: number;
}

/** Which pixels lie in which of equally wide boxes; a pixel on a border counts in part. */
function boxOverlaps(pixels: number, boxes: number): Overlap[] {
  const width = pixels / boxes;
  const overlaps: Overlap[] = [];
  for (let box = 0; box < boxes; box++) {
    const from = box * width;
    const to = from + width;
    for (let pixel = Math.floor(from); pixel < Math.min(pixels, Math.ceil(to)); pixel++) {
      const share = (Math.min(to, pixel + 1) - Math.max(from, pixel)) / width;
      if (share > 0) overlaps.push({ pixel, box, share });
    }
  }
  return overlaps;
}

/** `left w right^T`: `left [m, rows]`, `w [rows, columns]`, `right [n, columns]`; writes and returns `out [m, n]`. */
function separable<T extends Float32Array | Float64Array>(
  left: Float64Array,
  right: Float64Array,
  w: Float64Array,
  rows: number,
  columns: number,
  out: T,
): T {
  const m = left.length / rows;
  const n = right.length / columns;
  const half = new Float64Array(rows * n);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += w[row * columns + column]! * right[j * columns + column]!;
      half[row * n + j] = sum;
    }
  }
  const line = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    line.fill(0);
    for (let row = 0; row < rows; row++) {
      const factor = left[i * rows + row]!;
      // Boxes that no cell reaches from here.
      if (factor === 0) continue;
      const start = row * n;
      for (let j = 0; j < n; j++) line[j]! += factor * half[start + j]!;
    }
    out.set(line, i * n);
  }
  return out;
}

/** The two boxes whose centres a pixel's centre lies between, and the second one's weight. */
function neighbours(pixel: number, pixels: number, boxes: number): [number, number, number] {
  const at = Math.min(boxes - 1, Math.max(0, ((pixel + 0.5) * boxes) / pixels - 0.5));
  const low = Math.floor(at);
  return [low, Math.min(boxes - 1, low + 1), at - low];
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight;
}
