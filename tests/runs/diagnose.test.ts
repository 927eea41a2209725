import { describe, expect, it } from 'vitest';
import type { RiseInput } from '../../src/explain/rise/options.js';
import type { Diagnosis } from '../../src/interpreters/infer/diagnosis/diagnose.js';
import { openModel, type ModelSource } from '../../src/models/open.js';
import { constantScores, diagnoseExplanation, type ScoredTarget } from '../../src/runs/diagnose.js';
import { emittingModel } from '../helpers/emit.js';
import { explained } from '../helpers/explained.js';
import { white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

function target(
  verdictByMasks: ScoredTarget['verdictByMasks'],
  [baseline, low, high, filled]: readonly [number, number, number, number],
): ScoredTarget {
  return { kind: 'label', verdictByMasks, belief: { baseline, low, median: (low + high) / 2, high, filled } };
}

describe('scores are called constant', () => {
  const constant = [0.2, 0.195, 0.199, 0.19] as const;

  it('where they are the same with all, parts and none of the image, as far as 64 masks tell', () => {
    expect(constantScores([target('noise', constant)], 64)).toBe('constant-scores');
    expect(constantScores([target('noise', constant)], 63)).toBeNull();
    expect(constantScores([], 64)).toBeNull();
  });

  it('never beside a map that is right, or lost', () => {
    expect(constantScores([target('ok', constant)], 500)).toBe('as-without-image');
    expect(constantScores([target('noise', constant), target('ok', constant)], 500)).toBe('as-without-image');
    expect(constantScores([target('lost', constant)], 500)).toBeNull();
  });

  it.each([
    ['low under masks, and of many sizes', [0.457, 0.0001, 0.008, 0.0001]],
    ['not those of the whole image', [0.457, 0.2, 0.201, 0.2]],
    ['not those of the fill', [0.457, 0.456, 0.457, 0.01]],
    ['all zero', [0, 0, 0, 0]],
  ] as const)('not where they are %s', (_what, scores) => {
    expect(constantScores([target('noise', scores)], 500)).toBeNull();
    expect(constantScores([target('ok', scores)], 500)).toBeNull();
  });
});

describe('an explanation of a classifier', () => {
  const size = { width: 32, height: 32 };
  const looking: ModelSource = classifierConfig(
    folder.write('looking.onnx', plantedClassifier(size, { x: 4, y: 4, width: 12, height: 12 })),
  );
  const blind: ModelSource = {
    ...classifierConfig(
      folder.write(
        'blind.onnx',
        emittingModel(
          [{ name: 'image', shape: [1, 3, 32, 32] }],
          [{ name: 'scores', shape: [1, 2], values: [0.3, 0.7] }],
        ),
      ),
    ),
  };

  async function diagnosisOf(source: ModelSource, options: RiseInput): Promise<Diagnosis | null> {
    const model = await openModel(source, { workers: 1 });
    try {
      const given = { stopAt: 'off', ...options };
      return await diagnoseExplanation(model, await explained(model, white(32, 32), { given }));
    } finally {
      await model.close();
    }
  }

  it('is told that scores hardly change where they do not', async () => {
    expect(await diagnosisOf(blind, { maxSamples: 64 })).toMatchObject({ symptom: 'constant-scores', advice: null });
  });

  it.each([
    [{ maxSamples: 1 }],
    [{ maxSamples: 2, maskWidth: 16, maskHeight: 16 }],
    [{ maxSamples: 16, prob: 0.001 }],
    [{ maxSamples: 100, prob: 0.001 }],
    [{ maxSamples: 100, prob: 0.999 }],
    [{ maxSamples: 64 }],
  ])('is told nothing where the model looks, with %o', async (options) => {
    expect(await diagnosisOf(looking, options)).toBeNull();
  });

  it('is told nothing after a run that is too short', async () => {
    expect(await diagnosisOf(blind, { maxSamples: 63 })).toBeNull();
  });
});
