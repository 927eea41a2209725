import { describe, expect, it } from 'vitest';
import { resolveOptions, type Design, type Estimates } from '../../../src/explain/method.js';
import { ScoreTable } from '../../../src/explain/rise/scores.js';
import { superpixelMethod } from '../../../src/explain/superpixels/method.js';
import type { RgbImage } from '../../../src/image/types.js';
import { paint, speckled } from '../../helpers/images.js';

const WIDTH = 60;
const HEIGHT = 40;
/** A red square and a blue one on green. */
const image = paint(WIDTH, HEIGHT, (x, y) => {
  if (x >= 13 && x < 28 && y >= 9 && y < 24) return [220, 30, 20];
  return x >= 37 && x < 52 && y >= 17 && y < 32 ? [20, 40, 210] : [30, 160, 50];
});

function plan(options: Record<string, unknown> = {}, shown: RgbImage = image): Design {
  const area = { width: shown.width, height: shown.height };
  return superpixelMethod.plan(area, resolveOptions(superpixelMethod, options), shown);
}

/** Estimates from the scores that a function gives each mask. */
function estimated(design: Design, score: (mask: Float32Array) => number, count: number): Estimates {
  const table = new ScoreTable(1);
  const mask = new Float32Array(WIDTH * HEIGHT);
  for (let index = 0; index < count; index++) {
    design.draw(index, mask);
    table.append(Float32Array.of(score(mask)));
  }
  return design.estimate(table, { baseline: [score(mask.fill(1))], rivals: [[]] });
}

const weights = Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) => Math.sin(1 + i * 0.013) / 500);
const linear = (mask: Float32Array): number => mask.reduce((sum, kept, i) => sum + kept * weights[i]!, 0);

/** The regions, told apart by the masks alone: pixels that are always hidden together. */
function regionsOf(design: Design, count: number): string[] {
  const signatures = new Array<string>(WIDTH * HEIGHT).fill('');
  const mask = new Float32Array(WIDTH * HEIGHT);
  for (let index = 0; index < count; index++) {
    design.draw(index, mask);
    for (let i = 0; i < mask.length; i++) signatures[i] = `${signatures[i]!}${mask[i]!}`;
  }
  return signatures;
}

describe('the map of a linear model', () => {
  it('is half the weight of the region that a pixel lies in, as closed form and regression say', () => {
    const design = plan({ regions: 40 });
    const regions = regionsOf(design, 64);
    const sums = new Map<string, number>();
    for (const [i, region] of regions.entries()) sums.set(region, (sums.get(region) ?? 0) + weights[i]!);
    expect(sums.size).toBeGreaterThan(25);
    const map = estimated(design, linear, 256).map(0);
    const largest = Math.max(...[...sums.values()].map(Math.abs));
    for (const [i, value] of map.entries()) {
      expect(Math.abs(value - sums.get(regions[i]!)! / 2)).toBeLessThan(0.01 * largest);
    }
  });

  it('is as reliable as it is right, and has an error', () => {
    const estimates = estimated(plan({ regions: 40 }), linear, 256);
    expect(estimates.reliability(0)).toBeGreaterThan(0.99);
    expect(estimates.verdict(0)).toBe('ok');
    expect(estimates.standardError(0)).toHaveLength(WIDTH * HEIGHT);
    expect(estimates.significant(0)!.some((one) => one === 1)).toBe(true);
  });
});

describe('reliability', () => {
  it('is the correlation with the map of very many masks, more or less', () => {
    // A curved score with an interaction: what no regression of few masks has right.
    const score = (mask: Float32Array): number => {
      const kept = (x: number, y: number): number => mask[y * WIDTH + x]!;
      return 0.1 + 0.6 * kept(20, 15) * Math.max(kept(45, 25), kept(5, 5)) + 0.1 * kept(30, 35);
    };
    const map = (count: number, seed: number): Estimates => estimated(plan({ regions: 60, seed }), score, count);
    const truth = map(6000, 99).map(0);
    for (const count of [128, 512]) {
      const estimates = map(count, 1);
      expect(Math.abs(correlation(estimates.map(0), truth) - estimates.reliability(0)!)).toBeLessThan(0.1);
    }
  });

  it('is none for scores that do not depend on the masks, which are noise', () => {
    let state = 1;
    const chance = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state / 0x7fff_ffff;
    };
    expect(estimated(plan(), chance, 200).verdict(0)).toBe('noise');
    const flat = estimated(plan(), () => 0.4, 200);
    expect(flat.verdict(0)).toBe('noise');
    expect(flat.map(0).every((value) => value === 0)).toBe(true);
  });
});

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    dot += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return dot / Math.sqrt(squareA * squareB);
}

describe('masks', () => {
  it('keep half of the regions in the middle, and are followed by their complements', () => {
    const design = plan();
    const [mask, other] = [new Float32Array(WIDTH * HEIGHT), new Float32Array(WIDTH * HEIGHT)];
    for (let pair = 0; pair < 40; pair++) {
      design.draw(2 * pair, mask);
      design.draw(2 * pair + 1, other);
      for (let i = 0; i < mask.length; i++) expect(mask[i]! + other[i]!).toBe(1);
    }
  });

  it('depend on the seed, and follow the image', () => {
    const first = regionsOf(plan(), 8);
    expect(regionsOf(plan({ seed: 1 }), 8)).not.toEqual(first);
    expect(regionsOf(plan({}, speckled(WIDTH, HEIGHT)), 8)).not.toEqual(first);
    // A red pixel and its green neighbor lie in different regions, at the border of the square.
    const at = (x: number, y: number): string => first[y * WIDTH + x]!;
    for (let y = 10; y < 23; y++) expect(at(12, y)).not.toBe(at(13, y));
  });
});

describe('options', () => {
  it.each([
    [{ regions: 1 }, 'regions must be at least 2'],
    [{ regions: 501 }, 'regions must be at most 500'],
    [{ compactness: 0 }, 'compactness'],
    [{ maskWidth: 7 }, 'maskWidth'],
    [{ window: 7 }, 'window'],
  ])('%o is refused', (options, sentence) => {
    expect(() => plan(options)).toThrow(sentence);
  });

  it('say where the image has another number of regions', () => {
    expect(plan().notes).toEqual([]);
    expect(
      plan(
        {},
        paint(5, 4, () => [1, 2, 3]),
      ).notes,
    ).toEqual([{ kind: 'text', sentence: 'The image is cut into 20 regions, where 100 were asked for.' }]);
  });
});
