import { describe, expect, it } from 'vitest';
import { isFlat, tiedShare } from '../../../src/explain/metrics/map-values.js';

describe('values of a map', () => {
  it('are flat where they differ by rounding alone', () => {
    expect(isFlat([0.1, 0.1 + 1e-9])).toBe(true);
    expect(isFlat([0, 0, 0])).toBe(true);
    expect(isFlat([0, 1e-9])).toBe(false);
    expect(isFlat([-5, -4])).toBe(false);
  });

  it('are tied as far as they are the most frequent one', () => {
    expect(tiedShare(Float32Array.of(0, 0, 0, 1))).toBe(0.75);
    expect(tiedShare(Float32Array.of(4, 3, 2, 1))).toBe(0.25);
    expect(tiedShare(Float32Array.of(1, 0, 1, -2, 1, 0))).toBe(0.5);
  });
});
