import { describe, expect, it } from 'vitest';
import { flagName } from '../../../src/cli/flag-names.js';
import { IMAGENET, preprocessingOf } from '../../../src/interpreters/contract/preprocessing.js';
import type { ModelFacts } from '../../../src/models/facts.js';
import { describeFacts } from '../../../src/report/words/model-facts.js';

const facts: ModelFacts = {
  outputs: { interpreter: 'yolov8', by: 'model', reason: 'output [1, 84, 8400] is 4 + 80 classes by anchors' },
  preprocessing: {
    ...preprocessingOf({ ...IMAGENET, resize: 'letterbox', pad: 114 }),
    by: 'convention',
    source: "the interpreter's convention",
    given: [],
    replaced: [],
  },
  labels: { by: 'metadata', names: 80, key: 'names' },
  engine: null,
  batch: null,
};

const fed = 'RGB, 0..1, less 0.485, 0.456, 0.406, over 0.229, 0.224, 0.225, letterbox on 114, NCHW';

describe('what was decided about a model', () => {
  it('is said in a line each', () => {
    expect(describeFacts(facts)).toEqual([
      'outputs: yolov8, since output [1, 84, 8400] is 4 + 80 classes by anchors',
      `preprocessing: ${fed} (the interpreter's convention)`,
      "labels: 80 names in the model's metadata (names)",
    ]);
  });

  it('begins with the engine where there was a choice', () => {
    expect(describeFacts({ ...facts, engine: 'openvino (CPU)' })[0]).toBe('engine: openvino (CPU)');
  });

  const fedBy = (how: Partial<ModelFacts['preprocessing']>): string | undefined =>
    describeFacts({ ...facts, preprocessing: { ...facts.preprocessing, ...how } }, flagName)[1];

  it('says which options were given and what they replace', () => {
    expect(fedBy({ given: ['color'] })).toBe(
      `preprocessing: ${fed} (--color given; the rest: the interpreter's convention)`,
    );
    expect(fedBy({ given: ['scale'], replaced: ['mean', 'std'], scale: 1, mean: [0], std: [1] })).toBe(
      "preprocessing: RGB, 0..255, letterbox on 114, NCHW (--scale given, which leaves mean 0 and std 1; the rest: the interpreter's convention)",
    );
  });

  it('says plainly where the user has done what the model does itself', () => {
    const source = 'the model subtracts 104, 117, 123 and divides by 1 itself';
    expect(
      fedBy({
        by: 'model',
        source,
        given: ['mean'],
        replaced: ['scale', 'std'],
        scale: 1,
        mean: [104, 117, 123],
        std: [1],
      }),
    ).toContain(
      `(--mean given, which leaves scale 1 and std 1, though ${source}: it is done twice, so leave --mean out)`,
    );
    expect(
      fedBy({ by: 'model', source, given: ['scale'], replaced: ['mean', 'std'], scale: 1, mean: [0], std: [1] }),
    ).toContain(`(--scale given, which leaves mean 0 and std 1; the rest: ${source})`);
  });

  it('calls a guess a guess, of what was not given', () => {
    expect(fedBy({ by: 'guess', source: 'as most are fed' })).toBe(
      `preprocessing: ${fed} (a guess, as most are fed: check --color, --scale, --mean and --std)`,
    );
    expect(fedBy({ by: 'guess', source: 'as most are fed', given: ['scale'], replaced: ['mean', 'std'] })).toBe(
      `preprocessing: ${fed} (--scale given, which leaves mean 0 and std 1; the rest: a guess, as most are fed: check --color)`,
    );
  });

  it('names the thresholds that the model comes with', () => {
    expect(describeFacts({ ...facts, thresholds: { detConfThresh: 0.35, nmsIouThresh: 0.6 } }, flagName)).toContain(
      "thresholds: --conf 0.35 and --nms 0.6 where not given (from the model's metadata, model_info)",
    );
  });

  it('but not those that are given', () => {
    const own = { ...facts, thresholds: { detConfThresh: 0.35, nmsIouThresh: 0.6 } };
    expect(describeFacts(own, flagName, { detConfThresh: 0.9 })).toContain(
      "thresholds: --nms 0.6 where not given (from the model's metadata, model_info)",
    );
    expect(describeFacts(own, flagName, { detConfThresh: 0.9, nmsIouThresh: 0.5 }).join()).not.toContain('thresholds');
  });

  it.each([
    [{ by: 'given', names: 3 }, '3 names given with --labels'],
    [{ by: 'given', names: 3, script: true }, '3 names that the script gives (--labels names others)'],
    [{ by: 'convention', names: 1 }, '1 name that comes with the outputs (--labels names others)'],
    [
      { by: 'guess', names: 80, list: 'COCO' },
      'COCO, assumed because the model has 80 classes (--labels names others)',
    ],
    [{ by: null, names: 0, classes: 7 }, 'none known for 7 classes: numbers are shown (--labels names them)'],
    [
      { by: null, names: 0, classes: 3, beside: { file: 'labels.txt', names: 3 } },
      'none known for 3 classes: numbers are shown (labels.txt beside the model has 3 names: if they are its own, give it with --labels)',
    ],
    [
      { by: null, names: 0, classes: 1000, unused: { key: 'names', names: 999, classes: 1000 } },
      'none known for 1000 classes: numbers are shown (--labels names them); the metadata (names) have 999 names for 1000 classes: not used',
    ],
    [{ by: 'metadata', names: 3, key: 'datum.labels' }, "3 names in the model's graph (ZipMap)"],
    [{ by: null, names: 0, classes: null }, 'none known: numbers are shown (--labels names them)'],
  ] as const)('labels known by %o', (labels, words) => {
    expect(describeFacts({ ...facts, labels }, flagName)[2]).toBe(`labels: ${words}`);
  });
});
