import { cellCount, drawMask, rowBuffer } from '../../../src/explain/rise/mask-field.js';
import { RandomStream } from '../../../src/explain/rise/philox.js';
import { createSampler } from '../../../src/explain/rise/samplers.js';
import type { Sampler, SamplerOptions } from '../../../src/explain/rise/sampler.js';
import { ScoreTable } from '../../../src/explain/rise/scores.js';

/** A sampler of small masks, 7 x 7 cells over 28 x 35 pixels unless said otherwise. */
export function smallSampler(options: Partial<SamplerOptions> = {}): Sampler {
  return createSampler({
    sampler: 'foldover',
    height: 28,
    width: 35,
    gridHeight: 7,
    gridWidth: 7,
    probability: 0.5,
    seed: 1,
    ...options,
  });
}

/** Mask `index` of a sampler, `[height, width]`. */
export function maskOf(sampler: Sampler, index: number): Float32Array {
  const { field } = sampler;
  const cells = new Uint8Array(cellCount(field));
  const mask = new Float32Array(field.y.pixels * field.x.pixels);
  drawMask(field, cells, sampler.draw(index, cells), rowBuffer(field), mask);
  return mask;
}

/** A planted model: scores of all targets from a mask. */
export type PlantedModel = (mask: Float32Array, index: number) => readonly number[];

/** Scores masks 0..count-1. */
export function scoreMasks(sampler: Sampler, count: number, model: PlantedModel): ScoreTable {
  const targets = model(maskOf(sampler, 0), 0).length;
  const table = new ScoreTable(targets);
  for (let i = 0; i < count; i++) table.append(Float32Array.from(model(maskOf(sampler, i), i)));
  return table;
}

/** Independent standard normal numbers, the i-th a function of (seed, i). */
export function normals(seed: number): (index: number) => number {
  const stream = new RandomStream(seed);
  return (index) => {
    stream.at(index, 99);
    const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform()));
    return radius * Math.cos(2 * Math.PI * stream.uniform());
  };
}

/** `sum_x weights[x] mask[x]`. */
export function dot(weights: ArrayLike<number>, mask: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < mask.length; i++) sum += weights[i]! * mask[i]!;
  return sum;
}

/** Weights of a soft bright spot, `[height, width]`, summing to 1. */
export function spot(height: number, width: number, y: number, x: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: height * width }, (_, i) => {
    const distance = (Math.floor(i / width) - y) ** 2 + ((i % width) - x) ** 2;
    return Math.exp(-distance / (2 * radius * radius));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** `Cov(sum_x' weights[x'] M(x'), M(x))` over all masks of independent cells, from every offset, `[height, width]`. */
export function exactCovariance({ field, probability }: Sampler, weights: Float64Array): Float64Array {
  const { y: axisY, x: axisX } = field;
  const [height, width] = [axisY.pixels, axisX.pixels];
  const share = (axis: typeof axisY, pixel: number, offset: number): Float64Array => {
    const cells = new Float64Array(axis.cells);
    const q = pixel + offset;
    cells[axis.lower[q]!]! += 1 - axis.weight[q]!;
    cells[axis.upper[q]!]! += axis.weight[q]!;
    return cells;
  };
  const kernel = (axis: typeof axisY): Float64Array => {
    const out = new Float64Array(axis.pixels ** 2);
    for (let offset = 0; offset < axis.offsets; offset++) {
      const shares = Array.from({ length: axis.pixels }, (_, pixel) => share(axis, pixel, offset));
      for (let i = 0; i < out.length; i++) {
        out[i]! += dot(shares[Math.floor(i / axis.pixels)]!, shares[i % axis.pixels]!) / axis.offsets;
      }
    }
    return out;
  };
  const [kernelY, kernelX] = [kernel(axisY), kernel(axisX)];
  return Float64Array.from({ length: height * width }, (_, to) => {
    let sum = 0;
    for (let from = 0; from < weights.length; from++) {
      const rows = kernelY[Math.floor(to / width) * height + Math.floor(from / width)]!;
      sum += weights[from]! * rows * kernelX[(to % width) * width + (from % width)]!;
    }
    return sum * probability * (1 - probability);
  });
}

/** Pearson's correlation. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Largest absolute difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

export function isFinite(values: ArrayLike<number>): boolean {
  return Array.from(values).every(Number.isFinite);
}
