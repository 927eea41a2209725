import { describe, expect, test } from 'vitest';
import { matchBoxes, matchLabel, type FoundBox, type TruthBox } from '../../src/explain/outcomes.js';

const found = (label: number, score: number, x: number, w = 10): FoundBox => ({
  label,
  score,
  x,
  y: 0,
  width: w,
  height: 10,
});
const truth = (label: number | null, x: number, ignored = false): TruthBox => ({
  labels: label === null ? [] : [label],
  x,
  y: 0,
  width: 10,
  height: 10,
  ignored,
});

const outcomes = (boxes: FoundBox[], objects: TruthBox[]) =>
  matchBoxes(boxes, objects).found.map((match) => match.outcome);

describe('boxes against the truth', () => {
  test('a box of the right class with an IoU of at least 0.5 is a true positive', () => {
    // Shifted by d of 10 pixels the IoU is (10 - d) / (10 + d): 0.538 at 3, 0.429 at 4.
    expect(matchBoxes([found(1, 0.9, 3)], [truth(1, 0)])).toEqual({
      found: [{ outcome: 'true-positive', truth: 0, iou: 70 / 130 }],
      missed: [],
    });
    expect(matchBoxes([found(1, 0.9, 4)], [truth(1, 0)])).toEqual({
      found: [{ outcome: 'false-positive', truth: null, iou: null }],
      missed: [0],
    });
  });

  test('an object is found once, by the box with the highest score', () => {
    expect(outcomes([found(1, 0.5, 0), found(1, 0.8, 2)], [truth(1, 0)])).toEqual(['false-positive', 'true-positive']);
  });

  test('a box takes the object that it overlaps most', () => {
    const matches = matchBoxes([found(1, 0.9, 2)], [truth(1, 0), truth(1, 3)]);
    expect(matches.found[0]!.truth).toBe(1);
    expect(matches.missed).toEqual([0]);
  });

  test('a box of another class on an object is a wrong class, and the object is not missed as well', () => {
    const matches = matchBoxes([found(2, 0.9, 0)], [truth(1, 0)]);
    expect(matches.found[0]).toEqual({ outcome: 'wrong-class', truth: 0, iou: 1 });
    expect(matches.missed).toEqual([]);
  });

  test('a confusion takes no object from a right answer of a lower score', () => {
    expect(outcomes([found(2, 0.9, 0), found(1, 0.3, 1)], [truth(1, 0)])).toEqual(['false-positive', 'true-positive']);
  });

  test('an object of a class that the model does not know is never missed, but can be mistaken', () => {
    expect(matchBoxes([], [truth(null, 0)]).missed).toEqual([]);
    expect(outcomes([found(2, 0.9, 0)], [truth(null, 0)])).toEqual(['wrong-class']);
  });

  test("an object may have several of the model's classes", () => {
    const crane = { ...truth(1, 0), labels: [134, 517] };
    expect(outcomes([found(517, 0.9, 0)], [crane])).toEqual(['true-positive']);
    expect(matchBoxes([], [crane]).missed).toEqual([0]);
  });

  test('crowds and difficult objects are neither found nor missed', () => {
    const matches = matchBoxes([found(1, 0.9, 0), found(1, 0.8, 1), found(2, 0.7, 0)], [truth(1, 0, true)]);
    expect(matches.found.map(({ outcome }) => outcome)).toEqual(['ignored', 'ignored', 'ignored']);
    expect(matches.missed).toEqual([]);
  });

  test('nothing found misses everything, and nothing there makes every box false', () => {
    expect(matchBoxes([], [truth(1, 0), truth(2, 20)]).missed).toEqual([0, 1]);
    expect(outcomes([found(1, 0.9, 0)], [])).toEqual(['false-positive']);
  });
});

test('a classifier is right when its top class is one of the image', () => {
  expect(matchLabel(3, [1, 3])).toBe('true-positive');
  expect(matchLabel(3, [1])).toBe('wrong-class');
});
