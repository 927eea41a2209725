import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advantageOver,
  isFlat,
  scoreScale,
  sharedCounts,
  shiftedMaps,
  tiedShare,
  unevenCurve,
} from '../../../src/explain/metrics/advantage.js';

describe('counts of pixels', () => {
  it('are the nine shares, rising, each once, from none to all', () => {
    expect(sharedCounts(10_000)).toEqual([0, 300, 800, 1500, 2500, 4000, 6000, 8000, 10_000]);
    expect(sharedCounts(3)).toEqual([0, 1, 2, 3]);
    expect(sharedCounts(1)).toEqual([0, 1]);
  });
});

describe('the area under a curve of uneven steps', () => {
  it('is exact for straight lines, whatever the steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (pixels) => {
        const counts = sharedCounts(pixels);
        const { auc } = unevenCurve(
          counts,
          pixels,
          counts.map((count) => 3 - (2 * count) / pixels),
        );
        expect(auc).toBeCloseTo(2, 9);
      }),
    );
  });

  it('is that of the triangle under a fall at the start', () => {
    expect(unevenCurve([0, 10, 100], 100, [1, 0, 0]).auc).toBeCloseTo(0.05, 12);
  });
});

describe('a map laid elsewhere', () => {
  it('keeps its values, and is moved around the borders by halves', () => {
    const map = Float32Array.from({ length: 20 }, (_, i) => i);
    const [both, down, across] = shiftedMaps(map, 5, 4);
    const at = (x: number, y: number): number => y * 5 + x;
    for (const [shifted, dx, dy] of [
      [both!, 2, 2],
      [down!, 0, 2],
      [across!, 2, 0],
    ] as const) {
      expect([...shifted].sort((a, b) => a - b)).toEqual([...map]);
      for (let y = 0; y < 4; y++) {
        for (let x = 0; x < 5; x++) expect(shifted[at((x + dx) % 5, (y + dy) % 4)]).toBe(map[at(x, y)]);
      }
    }
  });
});

describe('the advantage', () => {
  it('is what is gained over the mean of the shifted maps, as a share of the score', () => {
    expect(advantageOver(0.5, [0.1, 0.2, 0.3], 0.6)).toBeCloseTo(0.5, 12);
    expect(advantageOver(0.2, [0.2, 0.2, 0.2], 0.6)).toBeCloseTo(0, 12);
    expect(advantageOver(-0.4, [0, 0, 0], 0.8)).toBeCloseTo(-0.5, 12);
  });

  it('is of the score, of what masks raise it to, and never of nothing', () => {
    expect(scoreScale(0.6, 0.4)).toBe(0.6);
    expect(scoreScale(0.3, 0.8)).toBe(0.8);
    expect(scoreScale(0.0001)).toBe(0.01);
  });
});

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
