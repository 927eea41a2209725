import { RandomStream, STREAMS } from '../explain/rise/philox.js';
import { CELLS, GRID } from './grid.js';
import { randomTestP } from './statistics.js';

/** Random relabellings of the images, and random shifts of the maps. */
const PERMUTATIONS = 999;
const SHIFTS = 199;

/** Share of the random relabellings that may exceed the threshold of a cell. */
const ALPHA = 0.05;

/** Maps of the images of one class; a cell of 1 holds what evenly spread saliency would. */
export interface SpotGroup {
  readonly label: string;
  readonly maps: readonly Float32Array[];
}

/** How one class's mean map stands against relabelled images. */
export interface ClassContrast {
  /** `[CELLS]`: how far its mean lies above that of all, in standard errors. */
  readonly z: Float64Array;
  /** Adjusted for all cells and all classes. */
  readonly p: number;
}

/**
 * Compares the mean map of each class with those of images that are dealt out at random: a permutation test of the largest
 * deviation over all cells and classes, so that one threshold controls the chance of any false one (5 %).
 *
 * Source: Westfall and Young 1993; Nichols and Holmes 2002 for maps.
 */
export function contrastClasses(
  groups: readonly SpotGroup[],
  seed: number,
): { readonly classes: readonly ClassContrast[]; readonly threshold: number } {
  const maps = groups.flatMap((group) => group.maps);
  const { mean, deviation } = cellMoments(maps);
  const zOf = (sum: Float64Array, size: number): Float64Array => {
    const error = Math.sqrt((1 - size / maps.length) / size);
    return sum.map((value, cell) => (value / size - mean[cell]!) / (deviation[cell]! * error));
  };
  const order = Int32Array.from(maps.keys());
  const dealt = (): Float64Array[] => {
    let from = 0;
    return groups.map((group) => {
      const sum = sumOf(maps, order, from, (from += group.maps.length));
      return zOf(sum, group.maps.length);
    });
  };
  const observed = dealt();
  const random = new RandomStream(seed).at(0, STREAMS.resampling);
  const largest: number[] = [];
  for (let i = 0; i < PERMUTATIONS; i++) {
    random.shuffle(order);
    largest.push(Math.max(...dealt().map(largestOf)));
  }
  const sorted = [...largest].sort((a, b) => a - b);
  return {
    classes: observed.map((z) => ({ z, p: randomTestP(largestOf(z), largest) })),
    threshold: sorted[Math.ceil((1 - ALPHA) * (PERMUTATIONS + 1)) - 1]!,
  };
}

/**
 * Whether maps agree on a place more than maps shifted at random (around the borders) would: p-value of the largest
 * cell of the mean.
 */
export function agreementP(maps: readonly Float32Array[], seed: number): number {
  const random = new RandomStream(seed).at(1, STREAMS.resampling);
  const largest = function* (): Generator<number> {
    const sum = new Float64Array(CELLS);
    for (let i = 0; i < SHIFTS; i++) {
      sum.fill(0);
      for (const map of maps) addShifted(sum, map, random.below(GRID), random.below(GRID));
      yield largestOf(sum);
    }
  };
  const sum = sumOf(maps, Int32Array.from(maps.keys()), 0, maps.length);
  return randomTestP(largestOf(sum), largest());
}

/** The cells above a threshold that hang together with the largest one, `[CELLS]`, 0 or 1. */
export function spotAround(z: Float64Array, threshold: number): Float32Array {
  const spot = new Float32Array(CELLS);
  const waiting = [z.indexOf(largestOf(z))];
  while (waiting.length > 0) {
    const cell = waiting.pop()!;
    if (spot[cell] === 1 || !(z[cell]! >= threshold)) continue;
    spot[cell] = 1;
    const column = cell % GRID;
    if (column > 0) waiting.push(cell - 1);
    if (column < GRID - 1) waiting.push(cell + 1);
    if (cell >= GRID) waiting.push(cell - GRID);
    if (cell < CELLS - GRID) waiting.push(cell + GRID);
  }
  return spot;
}

function cellMoments(maps: readonly Float32Array[]): { mean: Float64Array; deviation: Float64Array } {
  const mean = sumOf(maps, Int32Array.from(maps.keys()), 0, maps.length).map((sum) => sum / maps.length);
  const deviation = new Float64Array(CELLS);
  for (const map of maps) {
    for (let cell = 0; cell < CELLS; cell++) deviation[cell] = deviation[cell]! + (map[cell]! - mean[cell]!) ** 2;
  }
  for (let cell = 0; cell < CELLS; cell++) deviation[cell] = Math.sqrt(deviation[cell]! / Math.max(1, maps.length - 1));
  // Cells with hardly any saliency in any image would turn noise into large deviations.
  const floor = deviation.reduce((sum, value) => sum + value, 0) / CELLS / 2 || 1;
  return { mean, deviation: deviation.map((value) => Math.max(floor, value)) };
}

function sumOf(maps: readonly Float32Array[], order: Int32Array, from: number, to: number): Float64Array {
  const sum = new Float64Array(CELLS);
  for (let i = from; i < to; i++) {
    const map = maps[order[i]!]!;
    for (let cell = 0; cell < sum.length; cell++) sum[cell] = sum[cell]! + map[cell]!;
  }
  return sum;
}

function addShifted(sum: Float64Array, map: Float32Array, right: number, down: number): void {
  for (let row = 0; row < GRID; row++) {
    const to = ((row + down) % GRID) * GRID;
    const from = row * GRID;
    for (let column = 0; column < GRID - right; column++) {
      sum[to + column + right] = sum[to + column + right]! + map[from + column]!;
    }
    for (let column = GRID - right; column < GRID; column++) {
      sum[to + column + right - GRID] = sum[to + column + right - GRID]! + map[from + column]!;
    }
  }
}

function largestOf(values: Float64Array): number {
  let largest = -Infinity;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
