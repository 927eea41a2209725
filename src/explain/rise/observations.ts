import { ROUNDING } from '../effect-size.js';
import { normalScores } from './normal-scores.js';

/**
 * What a linear regression of scores on coarse masks sees.
 *
 * Masks with complements give one observation a pair, half the difference of the two: the mean score and every effect
 * of even order cancel exactly. Other masks give one each, with the mean over all masks taken off both sides.
 */
export interface Observations {
  /** Number of observations n. */
  readonly count: number;
  /** `[n, d]`: the coarse field of each, row-major. */
  readonly fields: Float64Array;
  /** What was taken off the fields of masks, `[d]`: 1/2, or their mean. */
  readonly fieldMeans: Float64Array;
  /** `X^T X` of the fields, `[d, d]`: its lower triangle. */
  readonly gram: Float64Array;
  readonly targets: readonly TargetObservations[];
  /** The same of the targets' normal scores. */
  readonly ranked: readonly TargetObservations[];
}

export interface TargetObservations {
  /** `[n]`, in score units. */
  readonly scores: Float64Array;
  /** Sum of their squares; exactly 0 where the model's answers differ by no more than rounding. */
  readonly energy: number;
  /** `X^T y`, `[d]`. */
  readonly product: Float64Array;
}

/** Masks by their means in parts of the image. */
export interface ObservedMasks {
  readonly unit: 1 | 2;
  /** Number of parts. */
  readonly size: number;
  /** Adds the mean of mask `index` in each part to `out[start..start + size)`. */
  addMeans(index: number, out: Float64Array, start: number): void;
}

/**
 * The observations of all whole units (pairs, or single masks).
 *
 * @param columns for each target the scores of masks 0..N-1
 */
export function observe(masks: ObservedMasks, columns: readonly Float64Array[]): Observations {
  const { unit: step, size } = masks;
  const paired = step === 2;
  const count = Math.floor((columns[0]?.length ?? 0) / step);
  const fields = new Float64Array(count * size);
  for (let i = 0; i < count; i++) masks.addMeans(i * step, fields, i * size);
  // A mask and its complement sum to 1 everywhere: half their difference is the mask less 1/2.
  const fieldMeans = paired ? new Float64Array(size).fill(0.5) : columnMeans(fields, size);
  for (let i = 0; i < fields.length; i++) fields[i]! -= fieldMeans[i % size]!;

  const observed = (column: Float64Array): TargetObservations => observeColumn(column, step, fields, size);
  const targets = columns.map(observed);
  const ranked = columns.map((column, target) =>
    targets[target]!.energy > 0 ? observed(normalScores(column)) : targets[target]!,
  );
  return { count, fields, fieldMeans, gram: gramMatrix(fields, size), targets, ranked };
}

/** What a regression on fields `[n, size]` sees of one column of scores. */
export function observeColumn(
  column: Float64Array,
  unit: 1 | 2,
  fields: Float64Array,
  size: number,
): TargetObservations {
  const scores = contrasts(column, unit);
  return { scores, energy: energyOf(scores, column), product: transposeTimes(fields, scores, size) };
}

/** A column as observations have it: half the differences of pairs, or scores less their mean. */
export function contrasts(column: Float64Array, unit: 1 | 2): Float64Array {
  return unit === 2
    ? Float64Array.from({ length: Math.floor(column.length / 2) }, (_, i) => (column[2 * i]! - column[2 * i + 1]!) / 2)
    : centred(column);
}

/** Scores less their mean; equal scores give exact zeros. */
export function centred(scores: Float64Array): Float64Array {
  const base = scores[0] ?? 0;
  let mean = base;
  for (const score of scores) mean += (score - base) / scores.length;
  return scores.map((score) => score - mean);
}

function energyOf(scores: Float64Array, column: Float64Array): number {
  let energy = 0;
  for (const score of scores) energy += score * score;
  let largest = 0;
  for (const score of column) largest = Math.max(largest, Math.abs(score));
  return energy > scores.length * (ROUNDING * largest) ** 2 ? energy : 0;
}

function columnMeans(fields: Float64Array, size: number): Float64Array {
  const means = new Float64Array(size);
  for (const [i, value] of fields.entries()) means[i % size]! += (value * size) / fields.length;
  return means;
}

/** `X^T X`, `[d, d]`: the lower triangle. */
function gramMatrix(fields: Float64Array, d: number): Float64Array {
  const gram = new Float64Array(d * d);
  for (let start = 0; start < fields.length; start += d) {
    for (let i = 0; i < d; i++) {
      const value = fields[start + i]!;
      const row = i * d;
      for (let j = 0; j <= i; j++) gram[row + j]! += value * fields[start + j]!;
    }
  }
  return gram;
}

/** `X^T y`, `[d]`. */
export function transposeTimes(fields: Float64Array, scores: Float64Array, d: number): Float64Array {
  const product = new Float64Array(d);
  for (const [i, score] of scores.entries()) {
    for (let j = 0; j < d; j++) product[j]! += score * fields[i * d + j]!;
  }
  return product;
}
