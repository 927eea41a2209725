import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../src/annotations/index.js';
import { alternativesTo } from '../../src/interpreters/infer/diagnosis/alternatives.js';
import { diagnose, type TrialRun } from '../../src/interpreters/infer/diagnosis/diagnose.js';
import { symptomOf, type AnswerContext } from '../../src/interpreters/infer/diagnosis/symptoms.js';
import { preprocessingOf } from '../../src/interpreters/contract/preprocessing.js';

const context: AnswerContext = { area: { x: 0, y: 0, width: 100, height: 50 }, confidence: 0.25, nms: null };
const current = preprocessingOf({});

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
  it('none where boxes are in the picture and scores are probabilities', () => {
    expect(symptomOf(boxes([10, 10, 40, 40, 0.9], [90, 10, 115, 40, 0.5]), context)).toBeNull();
    expect(symptomOf(classes(0.7, 0.3), context)).toBeNull();
  });

  it('no box above the confidence', () => {
    expect(symptomOf(boxes([10, 10, 40, 40, 0.2]), context)).toBe('no-boxes');
  });

  it('most boxes outside the picture', () => {
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
  it('say the flags that make them, and leave the current one out', () => {
    const flags = alternativesTo(current).map((alternative) => alternative.flags);
    expect(flags).toContain('--color bgr --scale 1');
    expect(flags).toContain('--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225');
    expect(flags).toContain('--color bgr --mean 0.406,0.456,0.485 --std 0.225,0.224,0.229');
    expect(flags).toContain('--color bgr --scale 1 --mean 104,117,123');
    expect(flags).toContain('--scale 1 --mean 123,117,104');
    expect(flags).not.toContain('');
    expect(flags).toHaveLength(9);
  });

  it('of a grey input have one channel', () => {
    const alternatives = alternativesTo(preprocessingOf({ color: 'gray' }));
    expect(alternatives.every(({ preprocessing }) => preprocessing.mean.length === 1)).toBe(true);
    expect(alternatives).toHaveLength(4);
  });
});

describe('a diagnosis', () => {
  /** Sure of class 1 in the picture when fed BGR 0..255; without a clue otherwise. */
  const bgr: TrialRun = ({ color, scale, mean }, subject) =>
    Promise.resolve(
      color === 'bgr' && scale === 1 && mean[0] === 0 && subject !== 'plain' ? classes(0.1, 0.9) : classes(0.5, 0.5),
    );

  it('names the flags under which the model is surer', async () => {
    expect(await diagnose('constant-scores', current, context, bgr, 'classification')).toEqual({
      symptom: 'constant-scores',
      flags: '--color bgr --scale 1',
      message:
        'the scores hardly change, whatever is masked: the model may be fed wrongly, so compare with --color bgr --scale 1, under which it is 40 % sure of this picture instead of 0 %.',
    });
  });

  it('does not fall for a scale that makes the model sure of one class whatever it is shown', async () => {
    const always: TrialRun = ({ scale }) => Promise.resolve(scale === 1 ? classes(0, 1) : classes(0.5, 0.5));
    const found = await diagnose('constant-scores', current, context, always, 'classification');
    expect(found?.flags).toBeNull();
    expect(found?.message).toBe(
      'the scores hardly change, whatever is masked, and no other usual colour order, scale or mean makes the model much surer of this picture: it may be fed wrongly in another way (compare other values of --layout and --input-size), or the picture may show nothing that it knows.',
    );
  });

  /** A model that is some way sure of the picture as it is fed, and surer under another normalisation. */
  const surer =
    (now: number, then: number): TrialRun =>
    ({ scale }, subject) =>
      Promise.resolve(classes(subject === 'plain' ? 0 : scale === 1 ? then : now, 0));

  it.each([
    [0.17, 0.73],
    [0.1, 0.69],
    [0.02, 0.25],
  ])('does not take %d to %d on one picture for proof', async (now, then) => {
    expect((await diagnose('constant-scores', current, context, surer(now, then), 'a'))?.flags).toBeNull();
    expect(await diagnose('as-without-picture', current, context, surer(now, then), 'a')).toBeNull();
  });

  it('speaks of a model that answers as without the picture where another preprocessing is far better', async () => {
    const found = await diagnose('as-without-picture', current, context, surer(0.01, 0.9), 'classification');
    expect(found?.message).toBe(
      'the scores are much the same with the picture and without it: the model may be fed wrongly, so compare with --scale 1, under which it is 90 % sure of this picture instead of 1 %.',
    );
  });

  it('counts boxes in the picture only', async () => {
    const outside: TrialRun = ({ scale }, subject) =>
      Promise.resolve(scale === 1 && subject !== 'plain' ? boxes([500, 500, 600, 600, 0.99]) : boxes());
    expect((await diagnose('no-boxes', current, context, outside, 'yolox'))?.flags).toBeNull();
  });

  it('says which reading gave scores that are none', async () => {
    const odd: TrialRun = () => Promise.resolve(classes(12, -3));
    const found = await diagnose('scores-above-one', current, context, odd, 'classification');
    expect(found?.message).toMatch(
      /^the scores, read as classification, are no probabilities.*may have another layout, so compare other ones with -i, or read them with a script\.$/,
    );
  });
});
