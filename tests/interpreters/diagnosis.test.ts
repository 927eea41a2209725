import { describe, expect, it } from 'vitest';
import { flagName } from '../../src/cli/flag-names.js';
import { libraryName, sayOptions } from '../../src/errors.js';
import type { Prediction } from '../../src/annotations/index.js';
import { alternativesTo } from '../../src/interpreters/infer/diagnosis/alternatives.js';
import { describeDiagnosis } from '../../src/interpreters/infer/diagnosis/describe-diagnosis.js';
import { diagnose, type Diagnosis, type TrialRun } from '../../src/interpreters/infer/diagnosis/diagnose.js';
import { symptomOf, type AnswerContext } from '../../src/interpreters/infer/diagnosis/symptoms.js';
import { preprocessingOf } from '../../src/interpreters/contract/preprocessing.js';

const context: AnswerContext = { area: { x: 0, y: 0, width: 100, height: 50 }, confidence: 0.25, nms: null };
const current = preprocessingOf({});

/** What is told of it, for the library. */
function said(found: Diagnosis | null): string | null {
  return found === null ? null : sayOptions(describeDiagnosis(found), libraryName);
}

function classes(...scores: number[]): Prediction {
  return { scores: Float32Array.from(scores), proposals: null };
}

function boxes(
  ...rows: readonly (readonly [x1: number, y1: number, x2: number, y2: number, score: number])[]
): Prediction {
  return {
    scores: null,
    proposals: {
      count: rows.length,
      boxes: Float32Array.from(rows.flatMap((row) => row.slice(0, 4))),
      objectness: null,
      classes: {
        kind: 'single',
        labels: new Int32Array(rows.length),
        scores: Float32Array.from(rows, (row) => row[4]),
      },
    },
  };
}

describe('symptoms of an answer', () => {
  it('none where boxes are in the image and scores are probabilities', () => {
    expect(symptomOf(boxes([10, 10, 40, 40, 0.9], [90, 10, 115, 40, 0.5]), context)).toBeNull();
    expect(symptomOf(classes(0.7, 0.3), context)).toBeNull();
  });

  it('no box above the confidence', () => {
    expect(symptomOf(boxes([10, 10, 40, 40, 0.2]), context)).toBe('no-boxes');
  });

  it('most boxes outside the image', () => {
    expect(symptomOf(boxes([300, 10, 340, 40, 0.9], [10, 80, 40, 99, 0.9], [1, 1, 9, 9, 0.9]), context)).toBe(
      'boxes-outside',
    );
  });

  it('scores that are no probabilities', () => {
    expect(symptomOf(classes(7.2, 0.1), context)).toBe('scores-above-one');
    expect(symptomOf(classes(0.2, -3), context)).toBe('scores-above-one');
    expect(symptomOf(boxes([10, 10, 40, 40, 22]), context)).toBe('scores-above-one');
  });
});

describe('alternatives', () => {
  it('say the options that make them, and leave the current one out', () => {
    const changes = alternativesTo(current).map(({ change }) => change);
    expect(changes).toContainEqual({ color: 'bgr', scale: 1 });
    expect(changes).toContainEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    expect(changes).toContainEqual({ color: 'bgr', mean: [0.406, 0.456, 0.485], std: [0.225, 0.224, 0.229] });
    expect(changes).toContainEqual({ color: 'bgr', scale: 1, mean: [104, 117, 123] });
    expect(changes).toContainEqual({ scale: 1, mean: [123, 117, 104] });
    expect(changes).not.toContainEqual({});
    expect(changes).toHaveLength(9);
  });

  it('of a gray input have one channel', () => {
    const alternatives = alternativesTo(preprocessingOf({ color: 'gray' }));
    expect(alternatives.every(({ preprocessing }) => preprocessing.mean.length === 1)).toBe(true);
    expect(alternatives).toHaveLength(4);
  });
});

describe('a diagnosis', () => {
  /** Sure of class 1 in the image when fed BGR 0..255; without a clue otherwise. */
  const bgr: TrialRun = ({ color, scale, mean }, subject) =>
    Promise.resolve(
      color === 'bgr' && scale === 1 && mean[0] === 0 && subject !== 'plain' ? classes(0.1, 0.9) : classes(0.5, 0.5),
    );

  it('names the options under which the model is surer', async () => {
    const found = await diagnose('constant-scores', current, context, bgr, 'classification');
    expect(found).toMatchObject({
      symptom: 'constant-scores',
      interpreter: 'classification',
      confidence: 0.25,
      advice: { options: { color: 'bgr', scale: 1 }, now: 0 },
    });
    expect(found?.advice?.sure).toBeCloseTo(0.4);
    expect(said(found)).toBe(
      "the scores hardly change, whatever is masked: the model may be fed wrongly, so compare with color: 'bgr' scale: 1, under which it is 40 % sure of this image instead of 0 %.",
    );
  });

  it('is said in the flags of the command', async () => {
    const found = await diagnose('constant-scores', current, context, bgr, 'classification');
    expect(sayOptions(describeDiagnosis(found!), flagName)).toContain('compare with --color bgr --scale 1, under');
    const fifths: Diagnosis = { ...found!, advice: { options: { scale: 1 / 255, mean: [0.5] }, sure: 1, now: 0 } };
    expect(sayOptions(describeDiagnosis(fifths), flagName)).toContain('compare with --scale 1/255 --mean 0.5, under');
  });

  it('does not fall for a scale that makes the model sure of one class whatever it is shown', async () => {
    const always: TrialRun = ({ scale }) => Promise.resolve(scale === 1 ? classes(0, 1) : classes(0.5, 0.5));
    const found = await diagnose('constant-scores', current, context, always, 'classification');
    expect(found?.advice).toBeNull();
    expect(said(found)).toBe(
      'the scores hardly change, whatever is masked, and no other usual color order, scale or mean makes the model much surer of this image: it may be fed wrongly in another way (compare other values of layout and inputSize), or the image may show nothing that it knows.',
    );
  });

  /** A model that is some way sure of the image as it is fed, and surer under another normalisation. */
  const surer =
    (now: number, then: number): TrialRun =>
    ({ scale }, subject) =>
      Promise.resolve(classes(subject === 'plain' ? 0 : scale === 1 ? then : now, 0));

  it.each([
    [0.17, 0.73],
    [0.1, 0.69],
    [0.02, 0.25],
  ])('does not take %d to %d on one image for proof', async (now, then) => {
    expect((await diagnose('constant-scores', current, context, surer(now, then), 'a'))?.advice).toBeNull();
    expect(await diagnose('as-without-image', current, context, surer(now, then), 'a')).toBeNull();
  });

  it('speaks of a model that answers as without the image where another preprocessing is far better', async () => {
    const found = await diagnose('as-without-image', current, context, surer(0.01, 0.9), 'classification');
    expect(said(found)).toBe(
      'the scores are much the same with the image and without it: the model may be fed wrongly, so compare with scale: 1, under which it is 90 % sure of this image instead of 1 %.',
    );
  });

  it('counts boxes in the image only', async () => {
    const outside: TrialRun = ({ scale }, subject) =>
      Promise.resolve(scale === 1 && subject !== 'plain' ? boxes([500, 500, 600, 600, 0.99]) : boxes());
    expect((await diagnose('no-boxes', current, context, outside, 'yolox'))?.advice).toBeNull();
  });

  it('says which reading gave scores that are none', async () => {
    const odd: TrialRun = () => Promise.resolve(classes(12, -3));
    const found = await diagnose('scores-above-one', current, context, odd, 'classification');
    expect(said(found)).toMatch(
      /^the scores, read as classification, are no probabilities.*may have another layout, so compare other ones with interpreter, or read them with a script\.$/,
    );
  });
});
