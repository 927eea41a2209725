import { describe, expect, it } from 'vitest';
import { flagName } from '../../src/cli/flag-names.js';
import { libraryName, sayOptions } from '../../src/errors.js';
import type { Prediction } from '../../src/annotations/index.js';
import { alternativesTo } from '../../src/interpreters/infer/diagnosis/alternatives.js';
import { describeDiagnosis } from '../../src/interpreters/infer/diagnosis/describe-diagnosis.js';
import {
  diagnose,
  type Diagnosis,
  type TrialRun,
  type TrialSubject,
} from '../../src/interpreters/infer/diagnosis/diagnose.js';
import { symptomOf, type AnswerContext } from '../../src/interpreters/infer/diagnosis/symptoms.js';
import { IMAGENET, preprocessingOf } from '../../src/interpreters/contract/preprocessing.js';

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
  const changesOf = (...from: Parameters<typeof alternativesTo>): unknown[] =>
    alternativesTo(...from).map(({ change }) => change);

  it('say the options that make them, scale and mean and std together, the smallest changes first', () => {
    const changes = changesOf(current);
    expect(changes[0]).toEqual({ color: 'bgr' });
    expect(changes).toContainEqual({ scale: 1 });
    expect(changes).toContainEqual({ color: 'bgr', scale: 1 });
    expect(changes).toContainEqual({ scale: 1 / 255, ...IMAGENET });
    expect(changes).toContainEqual({
      color: 'bgr',
      scale: 1 / 255,
      mean: [0.406, 0.456, 0.485],
      std: [0.225, 0.224, 0.229],
    });
    expect(changes).toContainEqual({ color: 'bgr', scale: 1, mean: [104, 117, 123] });
    expect(changes).toContainEqual({ scale: 1, mean: [123, 117, 104] });
    expect(changes).not.toContainEqual({});
    expect(changes).toHaveLength(9);
  });

  it('turn the colors of what is given in another order alone', () => {
    expect(changesOf(preprocessingOf({ color: 'bgr', ...IMAGENET }))).toContainEqual({ color: 'rgb' });
  });

  it('undo what the user gave', () => {
    const given = preprocessingOf({ mean: [0.5], std: [0.5] });
    expect(changesOf(given)).toContainEqual({ scale: 1 });
    expect(changesOf(given, ['mean', 'std'])).toContainEqual({ scale: 1, mean: [0], std: [1] });
  });

  it('of a gray input have one channel', () => {
    const alternatives = alternativesTo(preprocessingOf({ color: 'gray' }));
    expect(alternatives.every(({ preprocessing }) => preprocessing.mean.length === 1)).toBe(true);
    expect(alternatives).toHaveLength(3);
  });

  it('know which are usual', () => {
    const usual = alternativesTo(current).flatMap(({ change, usual: is }) => (is ? [change] : []));
    expect(usual).toContainEqual({ scale: 1 });
    expect(usual).toContainEqual({ color: 'bgr', scale: 1 });
    expect(usual).not.toContainEqual({ color: 'bgr', scale: 1, mean: [104, 117, 123] });
    expect(usual).not.toContainEqual({ color: 'bgr', scale: 1 / 127.5, mean: [1] });
  });
});

describe('a diagnosis', () => {
  const classifier = { preprocessing: current, interpreter: 'classification', task: 'classification' } as const;
  const shows = (subject: TrialSubject): boolean => subject === 'image' || subject === 'mirrored';

  /** Sure of class 1 in the image when fed 0..255; without a clue, or sure of it whatever is shown, otherwise. */
  const pixels =
    (otherwise: readonly [number, number]): TrialRun =>
    ({ scale, mean }, subject) =>
      Promise.resolve(
        scale === 1 && mean[0] === 0 ? (shows(subject) ? classes(0.1, 0.9) : classes(0.6, 0.4)) : classes(...otherwise),
      );

  it('names no scale under which a model is surer of nothing than of the image', async () => {
    const under =
      (now: TrialRun): TrialRun =>
      (preprocessing, subject) =>
        preprocessing.scale !== 1
          ? now(preprocessing, subject)
          : Promise.resolve(shows(subject) ? classes(0.34, 0.36, 0.3) : classes(0.02, 0.04, 0.94));
    const alike = under(() => Promise.resolve(classes(0.9, 0.05, 0.05)));
    expect(await diagnose(null, classifier, context, alike)).toBeNull();
    const sureOfAnything = under((_, subject) =>
      Promise.resolve(shows(subject) ? classes(0.1, 0.9, 0) : classes(1, 0, 0)),
    );
    expect(await diagnose(null, classifier, context, sureOfAnything)).toBeNull();
  });

  it('names the scale under which a model that answers everything alike tells the image from nothing', async () => {
    const found = await diagnose(null, classifier, context, pixels([0.5, 0.5]));
    expect(found).toMatchObject({
      symptom: 'unmoved',
      interpreter: 'classification',
      confidence: 0.25,
      advice: { options: { scale: 1 } },
    });
    expect(said(found)).toBe(
      'the answer is much the same for this image, for plain gray and for noise: the model may be fed wrongly, so compare with scale: 1, under which it is 90 % sure of this image and 60 % of gray and noise.',
    );
    expect(await diagnose(null, classifier, context, pixels([0.02, 0.98]))).toMatchObject({ symptom: 'unmoved' });
  });

  it('names the mean and deviation beside the scale where they make it much surer', async () => {
    const fed = { ...classifier, preprocessing: preprocessingOf({ scale: 1 }) };
    const run =
      (withMean: number): TrialRun =>
      ({ scale, mean }, subject) => {
        if (scale === 1 || !shows(subject)) return Promise.resolve(classes(0.2, 0.2, 0.2, 0.2, 0.2));
        const sure = mean[0] === 0.485 ? withMean : mean[0] === 0 ? 0.6 : 0.4;
        return Promise.resolve(classes(sure, 1 - sure, 0, 0, 0));
      };
    expect(await diagnose(null, fed, context, run(0.9))).toMatchObject({
      symptom: 'unmoved',
      advice: { options: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } },
    });
    const plain = await diagnose(null, fed, context, run(0.7));
    expect(plain?.advice?.options).toEqual({ scale: 1 / 255 });
  });

  it('is of the symptom that was seen before', async () => {
    expect(await diagnose('constant-scores', classifier, context, pixels([0.5, 0.5]))).toMatchObject({
      symptom: 'constant-scores',
      advice: { options: { scale: 1 } },
    });
  });

  it('is said in the flags of the command', async () => {
    const found = await diagnose(null, classifier, context, pixels([0.5, 0.5]));
    expect(sayOptions(describeDiagnosis(found!), flagName)).toContain('compare with --scale 1, under');
    const options = { scale: 1 / 255, mean: [0.5] };
    const halves: Diagnosis = { ...found!, advice: { options, sure: 1, now: 0, idle: 0 } };
    expect(sayOptions(describeDiagnosis(halves), flagName)).toContain('compare with --scale 1/255 --mean 0.5, under');
  });

  it('names the scale under which a model that is sure of noise is sure of the image alone', async () => {
    const saturated: TrialRun = ({ scale }, subject) =>
      Promise.resolve(
        scale !== 1
          ? shows(subject)
            ? classes(0.95, 0.03, 0.02)
            : classes(0.4, 0.3, 0.3)
          : {
              image: classes(1, 0, 0),
              mirrored: classes(1, 0, 0),
              plain: classes(0, 0, 1),
              shuffled: classes(0, 1, 0),
              noise: classes(0, 0, 1),
            }[subject],
      );
    const found = await diagnose(
      null,
      { ...classifier, preprocessing: preprocessingOf({ scale: 1 }) },
      context,
      saturated,
    );
    expect(found).toMatchObject({ symptom: 'sure-of-anything', advice: { options: { scale: 1 / 255 } } });
  });

  it('does not fall for a scale that makes the model sure of one class whatever it is shown', async () => {
    const always: TrialRun = ({ scale }) => Promise.resolve(scale === 1 ? classes(0, 1) : classes(0.5, 0.5));
    expect(await diagnose(null, classifier, context, always)).toBeNull();
    const found = await diagnose('constant-scores', classifier, context, always);
    expect(found?.advice).toBeNull();
    expect(said(found)).toBe(
      'the scores hardly change, whatever is masked, and no other usual color order, scale or mean makes the model much surer of this image: it may be fed wrongly in another way (compare other values of layout and inputSize), or the image may show nothing that it knows.',
    );
  });

  /** A model that reacts, and is some way sure of the image as it is fed, and surer in the other color order. */
  const surer =
    (now: number, then: number): TrialRun =>
    ({ color }, subject) => {
      const sure = color === 'bgr' ? then : now;
      const rest = (1 - sure) / 9;
      const nothing = Array.from({ length: 10 }, (_, i) => (i < 5 ? 0.02 : 0.18));
      return Promise.resolve(classes(...(shows(subject) ? [sure, ...Array.from({ length: 9 }, () => rest)] : nothing)));
    };

  it('names a color order that makes the model more than three times as sure', async () => {
    const found = await diagnose(null, classifier, context, surer(0.2, 0.9));
    expect(found).toMatchObject({ symptom: 'unsure', advice: { options: { color: 'bgr' } } });
    expect(said(found)).toBe(
      "the model is hardly sure of anything that this image and its mirror image both show: the model may be fed wrongly, so compare with color: 'bgr', under which it is 90 % sure of this image instead of 20 %.",
    );
    expect(await diagnose(null, classifier, context, surer(0.3, 0.9))).toBeNull();
  });

  it('takes five runs where the model is sure of the image', async () => {
    let runs = 0;
    const run = surer(0.7, 0.9);
    const counted: TrialRun = (...trial) => {
      runs += 1;
      return run(...trial);
    };
    expect(await diagnose(null, classifier, context, counted)).toBeNull();
    expect(runs).toBe(5);
  });

  describe('of a detector', () => {
    const detector = { preprocessing: current, interpreter: 'yolox', task: 'detection' } as const;
    /** Finds a box in the image when fed 0..255, and in its mirror image where it is told. */
    const finds =
      (mirrored: readonly [number, number, number, number], noise = 0): TrialRun =>
      ({ scale }, subject) => {
        if (scale !== 1) return Promise.resolve(boxes());
        if (subject === 'image') return Promise.resolve(boxes([10, 10, 40, 40, 0.9]));
        if (subject === 'mirrored') return Promise.resolve(boxes([...mirrored, 0.8]));
        return Promise.resolve(boxes([10, 10, 40, 40, noise]));
      };

    it('counts objects that are found in the mirror image too', async () => {
      const found = await diagnose('no-boxes', detector, context, finds([60, 10, 90, 40]));
      expect(found).toMatchObject({ symptom: 'no-boxes', advice: { options: { scale: 1 }, now: 0 } });
      expect(found?.advice?.sure).toBeCloseTo(0.8);
      expect((await diagnose('no-boxes', detector, context, finds([10, 10, 40, 40])))?.advice).toBeNull();
    });

    it('counts no objects that are found in noise, nor boxes beside the image', async () => {
      expect((await diagnose('no-boxes', detector, context, finds([60, 10, 90, 40], 0.7)))?.advice).toBeNull();
      const outside: TrialRun = ({ scale }, subject) =>
        Promise.resolve(scale === 1 && shows(subject) ? boxes([500, 500, 600, 600, 0.99]) : boxes());
      expect((await diagnose('no-boxes', detector, context, outside))?.advice).toBeNull();
    });

    const grid = (count: number) => Array.from({ length: count }, (_, i) => [i, 0, i + 1, 1, 0.98] as const);
    const crowd: TrialRun = ({ scale }, subject) =>
      Promise.resolve(boxes(...(scale === 1 && shows(subject) ? grid(90) : [])));

    it('is a sign where boxes are everywhere: the convention makes an end of them though it finds nothing', async () => {
      expect(symptomOf(boxes(...grid(90)), context)).toBe('boxes-everywhere');
      expect(symptomOf(boxes(...grid(40)), context)).toBeNull();
      const fed = {
        ...detector,
        preprocessing: preprocessingOf({ scale: 1 }),
        given: ['scale'],
        inferred: current,
      } as const;
      const found = await diagnose('boxes-everywhere', fed, context, crowd);
      expect(said(found)).toBe(
        "the model is all but certain of more objects than an image shows: the model may be fed wrongly, so compare with scale: '1/255', under which it is not.",
      );
      const always = await diagnose('boxes-everywhere', fed, context, (_, subject) =>
        Promise.resolve(boxes(...(shows(subject) ? grid(90) : []))),
      );
      expect(always).toMatchObject({ symptom: 'boxes-everywhere', advice: null });
    });

    it('sends nobody where boxes are everywhere', async () => {
      expect((await diagnose('no-boxes', detector, context, crowd))?.advice).toBeNull();
    });

    it("names the family's own convention where it is about as good", async () => {
      const fed = { ...detector, preprocessing: preprocessingOf({ color: 'bgr', scale: 1 }) };
      const sure = (color: string): number => (color === 'bgr' ? 0.8 : 0.95);
      const run: TrialRun = ({ scale, color }, subject) => {
        if (scale === 1 || !shows(subject)) return Promise.resolve(boxes());
        return Promise.resolve(
          boxes(subject === 'image' ? [10, 10, 40, 40, sure(color)] : [60, 10, 90, 40, sure(color)]),
        );
      };
      const optionsOf = async (inferred?: typeof current) =>
        (await diagnose('no-boxes', { ...fed, inferred }, context, run))?.advice?.options;
      expect(await optionsOf()).toEqual({ color: 'rgb', scale: 1 / 255 });
      expect(await optionsOf(preprocessingOf({ color: 'bgr' }))).toEqual({ scale: 1 / 255 });
    });

    it('is none where nothing is found under any', async () => {
      expect(await diagnose(null, detector, context, () => Promise.resolve(boxes()))).toBeNull();
    });
  });

  it('says which reading gave scores that are none', async () => {
    const odd: TrialRun = () => Promise.resolve(classes(12, -3));
    const found = await diagnose('scores-above-one', classifier, context, odd);
    expect(said(found)).toMatch(
      /^the scores, read as classification, are no probabilities.*may have another layout, so compare other ones with interpreter, or read them with a script\.$/,
    );
  });
});
