import assert from 'node:assert/strict';

/**
 * One thing that the house relies on: `run` rejects where it does not hold. For any test runner:
 * `for (const { name, run } of checks) test(name, run);`
 */
export interface Check {
  /** What holds. */
  readonly name: string;
  /** Rejects where it does not hold. */
  readonly run: () => Promise<void>;
}

export function check(name: string, run: () => void | Promise<void>): Check {
  return { name, run: async () => run() };
}

/** @throws AssertionError unless two arrays hold the same numbers, up to a share of the largest. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance = 1e-4,
): void {
  assert.equal(actual.length, expected.length, `${what}: ${actual.length} values for ${expected.length}`);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  for (let i = 0; i < expected.length; i++) {
    const [a = NaN, b = NaN] = [actual[i], expected[i]];
    assert.ok(Math.abs(a - b) <= tolerance * largest, `${what}: value ${i} is ${a}, not ${b}`);
  }
}

/** @throws AssertionError where a value is not a finite number. */
export function assertFinite(values: ArrayLike<number>, what: string): void {
  const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
  assert.equal(bad, -1, `${what}: value ${bad} is ${String(values[bad])}`);
}

/** Numbers 0..1 that look like noise and are the same every time. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) / 0x7fffff;
  });
}

/** Pearson's correlation. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    dot += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return dot / Math.sqrt(squareA * squareB);
}
