import { describe, expect, it } from 'vitest';
import { figuresText, summaryText } from '../../src/cli/summary-text.js';
import { ClassSums } from '../../src/results/run/class-figures.js';
import type { Summary } from '../../src/results/run/summary.js';
import { targetSchema, type TargetRecord } from '../../src/results/schema/target.js';

/** A false positive that holds a share of its saliency on an object. */
function target(energyInObject: number, verdict: TargetRecord['verdict'] = null): TargetRecord {
  return targetSchema.parse({
    verdict,
    index: 0,
    kind: 'bbox',
    label: { id: 0, name: 'cat' },
    bbox: [0, 0, 9, 9],
    score: 0.5,
    outcome: 'false-positive',
    pointing: true,
    energyInObject,
    coarse: [],
  });
}

function summaryOf(energies: readonly number[], changes: Partial<Summary>): Summary {
  const sums = new ClassSums();
  for (const energy of energies) sums.add([target(energy)], []);
  const figures = sums.figures();
  return {
    version: 1,
    complete: true,
    model: { name: 'm', sha256: '0' },
    dataset: { format: 'coco', root: '/d' },
    shard: null,
    metrics: 'none',
    items: { chosen: energies.length, explained: energies.length, skipped: 0, failed: 0, annotated: 0 },
    failures: [],
    overall: figures,
    classes: energies.length === 0 ? [] : [{ ...figures, label: { id: 0, name: 'cat' } }],
    ...changes,
  };
}

const failed = (count: number): Partial<Summary> => ({
  items: { chosen: count, explained: 0, skipped: 0, failed: count, annotated: 0 },
  failures: Array.from({ length: Math.min(5, count) }, (_, i) => ({
    id: `p${i}`,
    error: { kind: 'image', message: `p${i}.jpg is cut off\n after ${i} bytes` },
  })),
});

describe('the summary of a run', () => {
  it('names what failed and why, without a table of nothing', () => {
    expect(summaryText(summaryOf([], failed(2)))).toBe(
      '0 of 2 pictures explained, 2 failed.\n  p0: p0.jpg is cut off after 0 bytes\n  p1: p1.jpg is cut off after 1 bytes\n',
    );
    expect(summaryText(summaryOf([], failed(9)))).toMatch(
      / {2}p4: .*\n {2}4 more failed: items\.jsonl has them all\.\n$/,
    );
  });

  it('says plainly that a shard has no items', () => {
    expect(summaryText(summaryOf([], { shard: { index: 3, count: 4 } }))).toBe(
      'Shard 3/4 has no items: all that were chosen are in other shards.\n',
    );
  });

  it('gives intervals that shares can have, of three images or more', () => {
    expect(figuresText(summaryOf([0.7], {}), Infinity)).toMatch(
      /^Nothing there: 1 in 1 picture, 70 % of the map on the object, the peak on the object in 100 %\.$/m,
    );
    expect(figuresText(summaryOf([0.3, 0.9], {}), Infinity)).toMatch(
      /: 2 in 2 pictures, 60 % of the map on the object,/,
    );
    expect(figuresText(summaryOf([0.1, 0.5, 0.95], {}), Infinity)).toMatch(
      /, 52 % \(95 % sure: 1\.5 to 99 %\) of the map on the object,/,
    );
  });

  it('makes its figures of maps that say what an answer depends on, and counts the others', () => {
    const sums = new ClassSums();
    sums.add([target(0.2, 'ok'), target(0.9, 'unfaithful'), target(0.8, 'weak'), target(0.7, 'noise')], []);
    sums.add([target(0.4, null)], []);
    const figures = sums.figures();
    expect(figures.targets).toBe(5);
    expect(figures.leftOut).toEqual({ noise: 1, lost: 0, weak: 1, unfaithful: 1 });
    expect(figures.means.energyInObject).toMatchObject({ value: expect.closeTo(0.3, 10) as number, of: 2 });
    expect(figures.pointing).toMatchObject({ of: 2 });
    // The score is the model's own.
    expect(figures.means.score).toMatchObject({ of: 5 });
    expect(figures.byOutcome['false-positive']?.leftOut.unfaithful).toBe(1);
    expect(figuresText({ ...summaryOf([0.5], {}), overall: figures }, Infinity)).toContain(
      'Maps left out of these figures, which do not say what the answer depends on: 1 noise, 1 weak, 1 unfaithful.\n',
    );
    expect(figuresText(summaryOf([0.5], {}), Infinity)).not.toContain('left out');
  });
});
