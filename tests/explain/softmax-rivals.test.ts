import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../src/annotations/index.js';
import { withRivals } from '../../src/explain/softmax-rivals.js';
import type { BoxTarget } from '../../src/explain/targets/box.js';
import type { LabelTarget } from '../../src/explain/targets/label.js';

const label = (id: number): LabelTarget => ({ kind: 'label', label: id });
const classes = (count: number): Float32Array => {
  const powers = Array.from({ length: count }, (_, i) => 0.8 ** i);
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
};
const answer = (scores: Float32Array, heads?: Prediction['heads']): Prediction => ({
  scores,
  ...(heads === undefined ? {} : { heads }),
  proposals: null,
});

describe('the rivals of a class', () => {
  it('are the likeliest other classes on the whole image, sixteen of many', () => {
    const { targets, rivals } = withRivals([label(30)], answer(classes(50)));
    expect(targets[0]).toEqual(label(30));
    expect(rivals[0]!.map((column) => targets[column])).toEqual(Array.from({ length: 16 }, (_, id) => label(id)));
  });

  it('never include the class itself, and are scored once for all', () => {
    const { targets, rivals } = withRivals([label(2), label(0), label(40)], answer(classes(50)));
    const idsOf = (target: number): (number | null)[] => rivals[target]!.map((column) => targets[column]!.label);
    expect(idsOf(0)).toEqual([0, 1, ...Array.from({ length: 14 }, (_, i) => i + 3)]);
    expect(idsOf(1)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(new Set(targets.map((target) => target.label)).size).toBe(targets.length);
    expect(targets.slice(0, 3)).toEqual([label(2), label(0), label(40)]);
  });

  it('stay within the question that the class answers, and there are none where answers do not exclude each other', () => {
    const heads = [
      { first: 0, count: 4, answer: 'one' as const },
      { first: 4, count: 4, answer: 'any' as const },
      { first: 8, count: 5, answer: 'one' as const },
    ];
    const scores = Float32Array.of(...classes(4), ...classes(4), ...classes(5));
    const { targets, rivals } = withRivals([label(9), label(5), label(1)], answer(scores, heads));
    expect(rivals.map((columns) => columns.map((column) => targets[column]!.label))).toEqual([
      [8, 10, 11, 12],
      [],
      [0, 2, 3],
    ]);
  });

  it.each([
    ['logits', Float32Array.of(3, -1, 0.5, -1.5)],
    ['independent probabilities', Float32Array.of(0.9, 0.8, 0.1, 0.2)],
    ['two classes', Float32Array.of(0.7, 0.3)],
  ])('are none for %s', (_, scores) => {
    expect(withRivals([label(0)], answer(scores))).toEqual({ targets: [label(0)], rivals: [[]] });
  });

  it('are none for boxes and for the classes of a detector', () => {
    const box: BoxTarget = { kind: 'bbox', label: 0, box: { x: 0, y: 0, width: 1, height: 1 }, classScores: null };
    expect(withRivals([box], answer(classes(9))).rivals).toEqual([[]]);
    const proposals: Prediction['proposals'] = {
      count: 0,
      boxes: new Float32Array(0),
      objectness: null,
      classes: { kind: 'single', labels: new Int32Array(0), scores: new Float32Array(0) },
    };
    expect(withRivals([label(0)], { scores: null, proposals }).rivals).toEqual([[]]);
  });
});
