/** Every flag that is accepted has an effect on the result, or is refused with the reason. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainCommand } from '../../src/cli/explain/flags.js';
import { flagName } from '../../src/cli/flag-names.js';
import { launcherCommand } from '../../src/cli/launcher-flags.js';
import { DatumError, sayOptions } from '../../src/errors.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { noteSentence } from '../../src/results/note-sentence.js';
import { explanationRecord } from '../../src/results/records.js';
import { explain } from '../helpers/explain.js';
import { type ImageRequest } from '../../src/runs/explain.js';
import { datum } from '../helpers/cli.js';
import { explained } from '../helpers/explained.js';
import { png, speckled } from '../helpers/images.js';
import { classifierConfig, jittered, plantedClassifier, plantedYolox, yoloxConfig } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
let photo: string;
let detector: string;
let classifier: string;
beforeAll(async () => {
  const objects = [
    {
      box: { x: 8, y: 6, width: 24, height: 18 },
      label: 1,
      evidence: { x: 12, y: 8, width: 12, height: 12 },
      height: 1.4,
    },
    {
      box: { x: 60, y: 30, width: 28, height: 24 },
      label: 2,
      evidence: { x: 68, y: 36, width: 14, height: 12 },
      height: 1.2,
    },
  ];
  photo = folder.write('photo.png', await png(speckled(120, 64)));
  detector = folder.write(
    'd.onnx',
    plantedYolox({ width: 96, height: 64 }, 3, [...objects, ...jittered(objects, objects[1]!.box)]),
  );
  classifier = folder.write(
    'c.onnx',
    plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 0, width: 12, height: 12 }),
  );
  open.set('detector', await openModel(yoloxConfig(detector), { workers: 1 }));
  open.set('classifier', await openModel(classifierConfig(classifier), { workers: 1 }));
});

type ModelName = 'detector' | 'classifier';

const open = new Map<ModelName, OpenModel>();
afterAll(async () => {
  for (const model of open.values()) await model.close();
});

/** The method's options as the command reads them. */
async function parsed(flags: readonly string[]): Promise<ImageRequest['given']> {
  let given: ImageRequest['given'] | undefined;
  const args = [photo, '-m', 'x', 'rise', ...flags];
  const command = await explainCommand(args, (request) => {
    ({ given } = request);
    return Promise.resolve();
  });
  await command.parseAsync(args, { from: 'user' });
  return given!;
}

/** What a run with these flags says for a program, less what differs from run to run. */
async function result(name: ModelName, flags: readonly string[]) {
  const given = { maxSamples: 16, ...(await parsed(flags)) };
  const { targets, run } = explanationRecord(await explained(open.get(name)!, photo, { given }));
  return { targets, samples: run.samples, stopped: run.stopped };
}

/** The same through the whole command, for flags of the launcher. */
async function commandResult(
  name: ModelName,
  launcher: readonly string[],
): Promise<{ code: number; said: string; targets: unknown }> {
  const [file, base] =
    name === 'detector' ? [detector, ['-i', 'yolox', '--scale', '1/255']] : [classifier, ['-i', 'classification']];
  const args = ['explain', photo, '-m', file, '--json', 'rise', '--workers', '1', '-s', '8'];
  const { code, stdout, stderr } = await datum([...args, '--', ...base, ...launcher]);
  const said = stderr.slice(stderr.indexOf('datum: ') + 'datum: '.length).trimEnd();
  return { code, said, targets: code === 0 ? (JSON.parse(stdout) as { targets: unknown }).targets : null };
}

/** A box that overlaps a planted one by three quarters, in pixels of the image. */
const DRAWN = ['--box', '10,6,30,24:1'];

/** Flags whose effect is on the numbers: what is given beside them, and what they are compared with. */
const EFFECTS: readonly (readonly [string, ModelName, readonly string[], readonly string[]])[] = [
  ['--max-samples', 'detector', ['--max-samples', '20'], []],
  ['--preset', 'detector', ['--preset', 'fast'], []],
  ['--mask-width', 'detector', ['--mw', '4'], []],
  ['--mask-height', 'detector', ['--mh', '4'], []],
  ['--prob', 'detector', ['--prob', '0.4'], []],
  ['--match', 'detector', ['--match', 'iou'], []],
  ['--iou-thresh', 'detector', ['--match', 'iou', '--iou', '0.5', ...DRAWN], ['--match', 'iou', ...DRAWN]],
  ['--nms-iou-thresh', 'detector', ['--nms', '0.9', '--conf', '0.02'], ['--conf', '0.02']],
  ['--det-conf-thresh', 'detector', ['--conf', '0.72'], []],
  ['--max-boxes', 'detector', ['--max-boxes', '1'], []],
  ['--top-k', 'classifier', ['--top-k', '2'], []],
  ['--classes', 'classifier', ['--classes', '1'], ['--classes', '0']],
  ['--box', 'detector', ['--box', '10,10,30,30:2'], []],
  ['--fill', 'detector', ['--fill', 'mean'], []],
  ['--fill', 'detector', ['--fill', '9,200,30'], []],
  ['--sampler', 'detector', ['--sampler', 'random'], []],
  ['--estimator', 'detector', ['--estimator', 'average'], []],
  ['--stop-at', 'detector', ['-s', '400', '--stop-at', '0.2'], ['-s', '400', '--stop-at', 'off']],
  ['--time-budget', 'detector', ['-s', '1000000', '--stop-at', 'off', '--time-budget', '1s'], ['-s', '16']],
  ['--reference', 'detector', ['--reference'], []],
  ['--seed', 'detector', ['--seed', '1'], []],
];

/** Flags whose effect other tests see: files, the terminal, threads. */
const ELSEWHERE = [
  '--target',
  '--model',
  '--output-dir',
  '--project',
  '--json',
  '--quiet',
  '--batch-size',
  '--progressive',
  '--display',
  '--workers',
  '--save',
  '--full-size',
  '--metrics',
  '--help',
];

describe('a flag of rise changes the result', () => {
  it.each(EFFECTS.map(([flag, ...rest], index) => [`${flag} (${index})`, ...rest] as const))(
    '%s',
    async (_flag, model, given, reference) => {
      expect(await result(model, given)).not.toEqual(await result(model, reference));
    },
  );

  it('and none is missing here', async () => {
    const flags = (await explainCommand([], () => Promise.resolve())).options.map(({ long }) => long);
    const known = new Set<unknown>([...EFFECTS.map(([flag]) => flag), ...ELSEWHERE, ...DATASET]);
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  });
});

/** Flags for datasets, which have tests of their own. */
const DATASET = ['--subset', '--filter', '--limit', '--only', '--shard', '--label-map'];

describe('a flag that would change nothing is refused', () => {
  it.each<[ModelName, string[], string]>([
    [
      'classifier',
      ['--box', '1,2,3,4'],
      '--box is for detectors: this model is a classifier, choose with --top-k or --classes.',
    ],
    ['classifier', ['--match', 'iou'], '--match is for detectors: this model is a classifier, leave it out.'],
    ['classifier', ['--iou', '0.5'], '--iou is for detectors: this model is a classifier, leave it out.'],
    ['classifier', ['--nms', '0.5'], '--nms is for detectors: this model is a classifier, leave it out.'],
    ['classifier', ['--conf', '0.5'], '--conf is for detectors: this model is a classifier, leave it out.'],
    ['classifier', ['--max-boxes', '3'], '--max-boxes is for detectors: this model is a classifier, leave it out.'],
    ['classifier', ['--top-k', '2', '--classes', '0'], '--top-k and --classes both choose classes: give one of them.'],
    [
      'detector',
      ['--top-k', '2'],
      '--top-k is for classifiers: this model is a detector, choose with --classes or --conf.',
    ],
    ['detector', ['--iou', '0.5'], '--iou is for --match iou: give that too, or leave it out.'],
    [
      'detector',
      ['--max-boxes', '2', '--box', '1,2,3,4'],
      '--max-boxes has no effect with --box, which explains that box alone: leave it out.',
    ],
  ])('%s: %j', async (model, given, message) => {
    const error: unknown = await result(model, given).catch((thrown: unknown) => thrown);
    if (!(error instanceof DatumError)) throw new Error('it was not refused', { cause: error });
    expect({ kind: error.kind, message: error.say(flagName) }).toEqual({ kind: 'usage', message });
  });

  it('a batch size that a model with a fixed one cannot take', async () => {
    const fixed = folder.write(
      'fixed.onnx',
      plantedClassifier({ width: 48, height: 32, batch: 1 }, { x: 0, y: 0, width: 9, height: 9 }),
    );
    const args = ['explain', photo, '-m', fixed, 'rise', '-s', '8', '--workers', '1', '-b', '4'];
    const { code, stderr } = await datum(args);
    expect(code).toBe(2);
    expect(stderr).toContain('datum: --batch-size cannot be 4: this model takes one image a run, leave it out.\n');
  });
});

it('more classes than the model has are said to be too many', async () => {
  const { notes, targets } = await explain(open.get('classifier')!, photo, { maxSamples: 4, topK: 2000 });
  expect(notes).toContainEqual({ kind: 'fewer-classes', asked: 2000, classes: targets.length });
  expect(notes.map((note) => sayOptions(noteSentence(note), flagName))).toContain(
    `--top-k 2000 is more than the model has: all of its ${targets.length} classes are explained.`,
  );
});

describe('a flag of the launcher changes how the model is fed, read or opened', () => {
  const script = folder.write(
    'prepares.mjs',
    'export const processOutputs = () => [[{ id: 0 }]]; export const preprocess = (image) => image;',
  );
  const labels = ['--labels', folder.write('labels.json', '["a", "b", "c"]')];
  it.each<[string, ModelName, readonly string[], readonly string[]]>([
    ['--labels', 'detector', labels, []],
    ['--color', 'detector', ['--color', 'gray'], []],
    ['--mean', 'classifier', ['--mean', '0.1,0.2,0.3'], []],
    ['--std', 'classifier', ['--std', '1/2'], []],
    ['--scale', 'classifier', ['--scale', '1/300'], []],
    ['--resize', 'detector', ['--resize', 'center-crop'], []],
    ['--pad', 'classifier', ['--resize', 'letterbox', '--pad', '255'], ['--resize', 'letterbox']],
  ])('%s', async (_flag, model, given, reference) => {
    const changed = await commandResult(model, given);
    expect(changed.code).toBe(0);
    expect(changed.targets).not.toEqual((await commandResult(model, reference)).targets);
  });

  it.each<[ModelName, string[], RegExp]>([
    ['classifier', ['--weights', 'w.bin'], /--weights/],
    ['classifier', ['--engine', 'onnx'], /--engine/],
    ['classifier', ['--mean', '1,2'], /^--mean takes one number, or 3 for this model's channels, not 2\.$/],
    ['classifier', ['--pad', '255', '--resize', 'stretch'], /^--pad is for --resize letterbox/],
    ['detector', ['-i', script, '--mean', '1'], /^--mean has no effect: the script .* prepares the image itself/],
  ])('%s: %j is refused', async (model, given, message) => {
    const { code, said } = await commandResult(model, given);
    expect(code).toBe(2);
    expect(said).toMatch(message);
  });

  it('and every one has a long name and a description', () => {
    for (const { long, description } of launcherCommand().options) {
      expect(long).toMatch(/^--[a-z-]+$/);
      expect(description).not.toBe('');
    }
  });
});
