import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/explain/rise/analysis.js';
import { ScoreTable } from '../../../src/explain/rise/scores.js';
import {
  correlation,
  distance,
  dot,
  exactCovariance,
  isFinite,
  maskOf,
  normals,
  scoreMasks,
  smallSampler,
  spot,
} from './scoring.js';

const ESTIMATORS = ['regression', 'centered', 'average'] as const;
const SAMPLERS = ['foldover', 'random', 'reference'] as const;
const SIZE = { height: 20, width: 26, gridHeight: 4, gridWidth: 5 } as const;
const CORNER = spot(20, 26, 5, 6, 3);

/** Scores `values(i)` of `count` masks. */
function tableOf(count: number, values: (index: number) => readonly number[]): ScoreTable {
  const table = new ScoreTable(values(0).length);
  for (let i = 0; i < count; i++) table.append(Float32Array.from(values(i)));
  return table;
}

describe.each(SAMPLERS)('%s masks', (design) => {
  const sampler = smallSampler({ ...SIZE, sampler: design });

  it.each(ESTIMATORS)('give nothing for equal scores, and never NaN: %s', (estimator) => {
    for (const count of [0, 1, 2, 3, 65]) {
      const analysis = analyse(
        sampler,
        tableOf(count, () => [0.7, 0]),
        { estimator, baseline: [0.7, 0] },
      );
      for (const target of [0, 1]) {
        const effect = estimator === 'average' ? new Float32Array(1) : analysis.map(target);
        expect(distance(effect, new Float32Array(effect.length))).toBe(0);
        expect(isFinite(analysis.map(target))).toBe(true);
        expect(isFinite(analysis.standardError(target))).toBe(true);
        expect(analysis.verdict(target)).toBe('noise');
        expect(analysis.significant(target).every((mark) => mark === 0)).toBe(true);
      }
      if (estimator !== 'average') expect([analysis.reliability(0), analysis.reliability(1)]).toEqual([0, 0]);
    }
  });

  it('are called noise when scores have nothing to do with them', () => {
    const seeds = 300;
    for (const [name, draw] of [
      ['normal', (value: number) => value],
      ['seldom large', (value: number) => Math.exp(3 * value)],
    ] as const) {
      let noise = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const values = normals(seed);
        const analysis = analyse(
          smallSampler({ ...SIZE, sampler: design, seed }),
          tableOf(96, (i) => [draw(values(i))]),
          {
            estimator: 'regression',
          },
        );
        if (analysis.verdict(0) !== 'ok') noise++;
      }
      // 99 % expected; 1.1 % is two standard deviations of the share.
      expect(noise / seeds, name).toBeGreaterThan(0.96);
    }
  });

  it.each(ESTIMATORS)('mark significant pixels of a real effect, and hardly any of noise: %s', (estimator) => {
    const noise = normals(17);
    const table = scoreMasks(sampler, 512, (mask, i) => [dot(CORNER, mask) + 0.1 * noise(i), noise(i + 9000)]);
    const analysis = analyse(sampler, table, { estimator });
    const marked = analysis.significant(0);
    expect(marked[5 * 26 + 6]).toBe(1);
    expect(marked[18 * 26 + 24]).toBe(0);
    expect(analysis.significant(1).reduce((sum, mark) => sum + mark, 0)).toBeLessThan(15);
  });
});

describe('averages', () => {
  it('are the sums of the papers, mask by mask', () => {
    const sampler = smallSampler({ ...SIZE, sampler: 'reference', probability: 0.4 });
    const table = scoreMasks(sampler, 30, (mask) => [dot(CORNER, mask) ** 2]);
    const scores = table.column(0);
    const mean = scores.reduce((sum, score) => sum + score / 30, 0);
    const sum = (shift: number): Float64Array => {
      const out = new Float64Array(20 * 26);
      for (let i = 0; i < 30; i++) {
        for (const [x, value] of maskOf(sampler, i).entries()) out[x]! += ((scores[i]! - shift) * value) / (30 * 0.4);
      }
      return out;
    };
    expect(distance(analyse(sampler, table, { estimator: 'average' }).map(0), sum(0))).toBeLessThan(1e-5);
    expect(distance(analyse(sampler, table, { estimator: 'centered' }).map(0), sum(mean))).toBeLessThan(1e-5);
  });

  it.each(['centered', 'average'] as const)(
    'have errors and reliability that repetitions bear out: %s',
    (estimator) => {
      for (const design of SAMPLERS) {
        const repeated = Array.from({ length: 40 }, (_, seed) => {
          const sampler = smallSampler({ ...SIZE, sampler: design, seed });
          const noise = normals(seed + 500);
          const table = scoreMasks(sampler, 256, (mask, i) => [0.5 + dot(CORNER, mask) + 0.1 * noise(i)]);
          return { sampler, analysis: analyse(sampler, table, { estimator }) };
        });
        const maps = repeated.map(({ analysis }) => analysis.map(0));
        const exact = exactCovariance(repeated[0]!.sampler, CORNER);
        const pixels = Array.from({ length: 20 }, (_, k) => k * 26 + ((k * 7) % 26));
        const errors = repeated.map(({ analysis }) => analysis.standardError(0));
        const claimed = pixels.reduce(
          (sum, x) => sum + errors.reduce((total, error) => total + error[x]! ** 2 / errors.length, 0),
          0,
        );
        const seen = pixels.reduce((sum, x) => {
          const mean = maps.reduce((total, map) => total + map[x]! / maps.length, 0);
          return sum + maps.reduce((total, map) => total + (map[x]! - mean) ** 2 / (maps.length - 1), 0);
        }, 0);
        // Variances from 40 repetitions, at twenty places that go together: within a third. Pairs of one foldover block lean against
        // each other, so there the claim is an upper bound.
        if (design === 'foldover') expect(claimed / seen).toBeGreaterThan(0.75);
        else expect(Math.abs(Math.log(claimed / seen)), design).toBeLessThan(0.35);
        const difference = repeated.reduce(
          (sum, { analysis }, i) => sum + (analysis.reliability(0) - correlation(maps[i]!, exact)) / repeated.length,
          0,
        );
        // Cut off at 0 where noise hides the map, the claim is not quite the mean of what is.
        expect(Math.abs(difference), design).toBeLessThan(0.08);
      }
    },
  );
});

describe('the verdict', () => {
  const sampler = smallSampler(SIZE);
  const verdict = (count: number, score: (mask: Float32Array, i: number) => number, baseline?: number): string =>
    analyse(
      sampler,
      scoreMasks(sampler, count, (mask, i) => [score(mask, i)]),
      { estimator: 'regression', baseline: baseline === undefined ? undefined : [baseline] },
    ).verdict(0);

  it('is ok for an effect, also a small one', () => {
    expect(verdict(64, (mask) => dot(CORNER, mask))).toBe('ok');
    expect(verdict(64, (mask) => 1e-5 * dot(CORNER, mask), 1e-5)).toBe('ok');
  });

  it('is lost where the target is found in fewer than one in fifty masked runs', () => {
    expect(verdict(200, (_, i) => (i % 100 === 0 ? 0.9 : 0))).toBe('lost');
    expect(verdict(200, (mask) => 1e-3 * dot(CORNER, mask), 0.9)).toBe('lost');
    expect(verdict(200, () => 0, 0.9)).toBe('lost');
    expect(verdict(200, (_, i) => (i % 20 === 0 ? 0.9 : 0))).not.toBe('lost');
  });

  it('is noise for a map that is noise, though scores depend on masks', () => {
    // A high mean score drowns the paper's average of few masks; the regression is exact.
    const paper = smallSampler({ ...SIZE, sampler: 'reference' });
    const table = scoreMasks(paper, 64, (mask) => [1 + 0.1 * dot(CORNER, mask)]);
    const average = analyse(paper, table, { estimator: 'average' });
    expect(average.reliability(0)).toBeLessThan(0.3);
    expect(average.verdict(0)).toBe('noise');
    expect(analyse(paper, table, { estimator: 'regression' }).verdict(0)).toBe('ok');
  });
});

describe('the belief interval', () => {
  it('is the quantiles of the masked scores', () => {
    const sampler = smallSampler(SIZE);
    const analysis = analyse(
      sampler,
      tableOf(101, (i) => [((i * 37) % 101) / 100]),
      { estimator: 'centered' },
    );
    const { low, median, high } = analysis.belief(0);
    // Scores are float32.
    expect(distance([low, median, high], [0.05, 0.5, 0.95])).toBeLessThan(1e-6);
    expect(analyse(sampler, new ScoreTable(1), { estimator: 'centered' }).belief(0)).toEqual({
      low: 0,
      median: 0,
      high: 0,
    });
  });
});

describe('an analysis', () => {
  it('speaks of the scores there were when it was made', () => {
    const sampler = smallSampler(SIZE);
    const table = scoreMasks(sampler, 64, (mask) => [dot(CORNER, mask)]);
    const early = analyse(sampler, table, { estimator: 'centered' });
    const map = early.map(0);
    table.append(new Float32Array(64).fill(0.9));
    expect(early.map(0)).toEqual(map);
    expect(early.samples).toBe(64);
    expect(early.gridCells).toBe(20);
    expect(early.meanStandardError(0)).toBeCloseTo(
      early.standardError(0).reduce((sum, e) => sum + e / 520, 0),
      6,
    );
  });
});
