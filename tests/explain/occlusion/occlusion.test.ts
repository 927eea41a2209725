import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveOptions, type Design, type Estimates } from '../../../src/explain/method.js';
import { occlusionMethod } from '../../../src/explain/occlusion/method.js';
import { Windows } from '../../../src/explain/occlusion/windows.js';
import { ScoreTable } from '../../../src/explain/rise/scores.js';

const side = fc.integer({ min: 1, max: 30 });
const cases = fc
  .record({
    width: side,
    height: side,
    window: fc.integer({ min: 1, max: 12 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ share, ...given }) => ({ ...given, stride: Math.max(1, Math.round(share * given.window)) }));

function plan(width: number, height: number, options: Record<string, unknown> = {}): Design {
  const image = { width, height, data: new Uint8Array(width * height * 3) };
  return occlusionMethod.plan({ width, height }, resolveOptions(occlusionMethod, options), image);
}

/** Estimates of a model that is linear in the pixels. */
function linear(design: Design, weights: Float64Array, count = design.most): Estimates {
  const table = new ScoreTable(1);
  const mask = new Float32Array(weights.length);
  for (let index = 0; index < count; index++) {
    design.draw(index, mask);
    table.append(Float32Array.of(weights.reduce((sum, weight, i) => sum + weight * mask[i]!, 0)));
  }
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return design.estimate(table, { baseline: [whole], rivals: [[]] });
}

const wave = (size: number): Float64Array => Float64Array.from({ length: size }, (_, i) => Math.sin(1 + i * 0.7));

describe('windows', () => {
  it('cover every pixel, lie within the area, and give the mean over those that cover a pixel', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 400 }), ({ width, height, window, stride }, known) => {
        const windows = new Windows({ sampler: 'windows', width, height, window, stride });
        const values = Float64Array.from({ length: Math.min(known, windows.count) }, (_, i) => Math.cos(i * 1.3));
        const sums = new Float64Array(width * height);
        const counts = new Float64Array(width * height);
        const covered = new Uint8Array(width * height);
        const mask = new Float32Array(width * height);
        for (let index = 0; index < windows.count; index++) {
          windows.draw(index, mask);
          let hidden = 0;
          for (let i = 0; i < mask.length; i++) {
            if (mask[i] !== 0) continue;
            hidden++;
            covered[i] = 1;
            if (index >= values.length) continue;
            sums[i]! += values[index]!;
            counts[i]! += 1;
          }
          expect(hidden).toBe(Math.min(window, width) * Math.min(window, height));
        }
        expect(covered.every((one) => one === 1)).toBe(true);
        const mean = windows.meanOver(values);
        for (let i = 0; i < mean.length; i++)
          expect(mean[i]).toBeCloseTo(counts[i]! > 0 ? sums[i]! / counts[i]! : 0, 5);
      }),
      { numRuns: 60 },
    );
  });
});

describe('occlusion of a linear model', () => {
  it('recovers the weights exactly with a window of one pixel', () => {
    const weights = wave(12 * 9);
    const map = linear(plan(12, 9, { window: 1 }), weights).map(0);
    for (let i = 0; i < map.length; i++) expect(map[i]).toBeCloseTo(weights[i]!, 5);
  });

  it('gives the mean over windows of the sum of the weights that they hide', () => {
    const [width, height, window, stride] = [14, 11, 4, 3];
    const weights = wave(width * height);
    const map = linear(plan(width, height, { window, stride }), weights).map(0);
    const starts = (length: number): number[] =>
      Array.from({ length }, (_, at) => at).filter(
        (at) => (at % stride === 0 && at < length - window) || at === length - window,
      );
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sums: number[] = [];
        for (const top of starts(height)) {
          for (const left of starts(width)) {
            if (y < top || y >= top + window || x < left || x >= left + window) continue;
            let sum = 0;
            for (let row = top; row < top + window; row++) {
              for (let column = left; column < left + window; column++) sum += weights[row * width + column]!;
            }
            sums.push(sum);
          }
        }
        expect(map[y * width + x]).toBeCloseTo(sums.reduce((a, b) => a + b, 0) / sums.length, 4);
      }
    }
  });

  it('has no error, no reliability and no pixels beyond doubt: nothing in it is chance', () => {
    const estimates = linear(plan(14, 11), wave(14 * 11));
    expect([estimates.standardError(0), estimates.reliability(0), estimates.significant(0)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(estimates.verdict(0)).toBe('ok');
  });

  it('is noise where the score is the same under every window, and lost where it is gone under all of them', () => {
    const design = plan(14, 14);
    const estimated = (score: number, baseline: number): Estimates => {
      const table = new ScoreTable(1);
      for (let i = 0; i < design.most; i++) table.append(Float32Array.of(score));
      return design.estimate(table, { baseline: [baseline], rivals: [[]] });
    };
    expect(estimated(0.7, 0.7).verdict(0)).toBe('noise');
    expect(estimated(0, 0).verdict(0)).toBe('noise');
    expect(estimated(0, 0.9).verdict(0)).toBe('lost');
  });

  it('says nothing of pixels that no window was over yet', () => {
    const map = linear(plan(8, 8, { window: 4, stride: 4 }), new Float64Array(64).fill(1), 2).map(0);
    for (let i = 0; i < 64; i++) expect(map[i]).toBeCloseTo(i < 32 ? 16 : 0, 5);
  });
});

describe('the options of occlusion', () => {
  it('slide a seventh of the shorter side by half of it, and say so', () => {
    const design = plan(224, 224);
    expect(design.most).toBe(13 * 13);
    expect(design.notes).toEqual([
      { kind: 'text', sentence: "A window of 32 x 32 pixels of the model's input was hidden in steps of 16." },
    ]);
    expect(plan(3, 5).most).toBe(15);
    expect(plan(1, 1).most).toBe(1);
  });

  it.each([
    [
      { window: 30 },
      'window is 30, and hides all of the image at once: the model sees it at 20 x 30 pixels, give less than 30.',
    ],
    [
      { window: 4, stride: 5 },
      'stride is 5 and window 4: pixels between two windows would never be hidden, give a stride of 4 at most.',
    ],
    [{ window: 0 }, 'window must be at least 1'],
    [{ seed: 3 }, 'seed means nothing to the method occlusion: leave it out.'],
    [{ maxSamples: 10 }, 'maxSamples means nothing to the method occlusion'],
    [{ stopAt: 0.9 }, 'stopAt means nothing to the method occlusion'],
    [{ timeBudget: 1 }, 'timeBudget means nothing to the method occlusion'],
    [{ maskWidth: 5 }, 'maskWidth'],
  ])('%o is refused', (options, sentence) => {
    expect(() => plan(20, 30, options)).toThrow(sentence);
  });
});
