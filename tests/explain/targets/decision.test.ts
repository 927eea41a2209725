import { expect, test } from 'vitest';
import type { Prediction } from '../../../src/annotations/index.js';
import { contrastMap } from '../../../src/explain/method.js';
import { isFound, NOTHING } from '../../../src/explain/decision.js';
import { Scorer } from '../../../src/explain/scorer.js';
import type { BoxTarget } from '../../../src/explain/targets/box.js';
import { kindOf } from '../../../src/explain/targets/kinds.js';
import type { LabelTarget } from '../../../src/explain/targets/label.js';
import type { DecisionOptions, Target } from '../../../src/explain/targets/target.js';

const options = { confidence: 0.3, nms: null };

const classifier = (...scores: number[]): Prediction => ({ scores: Float32Array.from(scores), proposals: null });

/** Boxes of 10 x 10 pixels at x. */
const detector = (...boxes: { x: number; label: number; score: number }[]): Prediction => ({
  scores: null,
  proposals: {
    count: boxes.length,
    boxes: Float32Array.from(boxes.flatMap(({ x }) => [x, 0, x + 10, 10])),
    objectness: null,
    classes: {
      kind: 'single',
      labels: Int32Array.from(boxes, ({ label }) => label),
      scores: Float32Array.from(boxes, ({ score }) => score),
    },
  },
});

const label = (id: number): LabelTarget => ({ kind: 'label', label: id });
const box = (id: number | null, x: number, classScores: Float32Array | null = null): BoxTarget => ({
  kind: 'bbox',
  label: id,
  box: { x, y: 0, width: 10, height: 10 },
  classScores,
});

function decisionsOf(prediction: Prediction, targets: readonly Target[], decision: DecisionOptions): Int32Array {
  const scorer = new Scorer(targets, { match: 'd-rise', iouThreshold: 0.9, nms: decision.nms });
  return scorer.decisionsOf(prediction, decision);
}

function rivalOf(target: Target, prediction: Prediction): Target | null {
  return kindOf(target).rival(target, prediction);
}

test('a classifier decides for its top class, the first of equal ones', () => {
  expect([...decisionsOf(classifier(0.2, 0.4, 0.4), [label(1), label(2)], options)]).toEqual([1, 1]);
  expect(isFound(label(1), 1)).toBe(true);
  expect(isFound(label(2), 1)).toBe(false);
});

/** Two questions of one class in many (0 to 1, 2 to 4), and one of independent classes (5 to 6). */
const asked = (...scores: number[]): Prediction => ({
  ...classifier(...scores),
  heads: [
    { first: 0, count: 2, answer: 'one' },
    { first: 2, count: 3, answer: 'one' },
    { first: 5, count: 2, answer: 'any' },
  ],
});

test('a classifier of several heads decides in the head of the class alone', () => {
  const prediction = asked(0.6, 0.4, 0.1, 0.2, 0.7, 0.9, 0.4);
  const all = [0, 1, 2, 3, 4, 5, 6].map(label);
  expect([...decisionsOf(prediction, all, options)]).toEqual([0, 0, 4, 4, 4, 5, NOTHING]);
  expect(rivalOf(label(0), prediction)).toEqual(label(1));
  expect(rivalOf(label(4), prediction)).toEqual(label(3));
});

test('a class that is independent of others has no rival, and is found from a score of 0.5', () => {
  expect([...decisionsOf(asked(1, 0, 1, 0, 0, 0.5, 0.499), [label(5), label(6)], options)]).toEqual([5, NOTHING]);
  expect(rivalOf(label(5), asked(1, 0, 1, 0, 0, 0.5, 0.4))).toBeNull();
});

test('a class of a detector is found while any object of it is', () => {
  const prediction = detector({ x: 0, label: 4, score: 0.5 }, { x: 50, label: 5, score: 0.2 });
  expect([...decisionsOf(prediction, [label(4), label(5)], options)]).toEqual([4, NOTHING]);
});

test('a box is found where a detection of its class lies, and else flips to the best one there', () => {
  const prediction = detector(
    { x: 1, label: 7, score: 0.9 },
    { x: 2, label: 4, score: 0.5 },
    { x: 100, label: 3, score: 0.9 },
  );
  expect([...decisionsOf(prediction, [box(4, 0), box(5, 0), box(5, 50), box(null, 0)], options)]).toEqual([
    4,
    7,
    NOTHING,
    7,
  ]);
  expect(isFound(box(null, 0), 7)).toBe(true);
  expect(isFound(box(null, 0), NOTHING)).toBe(false);
});

test('the rival of a class is the second best', () => {
  expect(rivalOf(label(2), classifier(0.3, 0.1, 0.5))).toEqual(label(0));
  expect(rivalOf(label(0), classifier(0.3, 0.1, 0.5))).toEqual(label(2));
  expect(rivalOf(label(0), classifier(1))).toBeNull();
  expect(rivalOf(label(0), detector())).toBeNull();
});

test('the rival of a box is the second class of its vector, in the same place', () => {
  expect(rivalOf(box(1, 5, Float32Array.of(0.2, 0.7, 0.4)), detector())).toEqual(box(2, 5, Float32Array.of(0, 0, 1)));
  expect(rivalOf(box(1, 5), detector())).toBeNull();
});

test('a contrast is the first map minus the second', () => {
  expect([...contrastMap(Float32Array.of(1, 2), Float32Array.of(3, 1))]).toEqual([-2, 1]);
});
