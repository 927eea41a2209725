import { basename } from 'node:path';
import { Command } from 'commander';
import { DatumError } from '../../errors.js';
import type { OpenModel } from '../../models/open-model.js';
import type { AuditQuestion, NamedMap } from '../../runs/measure/audit.js';
import { QUIET, quietly, type Io } from '../io.js';
import { flagName } from '../flag-names.js';
import { launcherCommand, launcherFlags } from '../launcher-flags.js';
import { readTypedBox, type TypedBox } from '../read-box.js';
import { readNumber } from '../schema-flags.js';

interface CheckFlags {
  readonly image?: string;
  readonly model?: string;
  readonly label?: string;
  readonly box?: TypedBox;
  readonly truth?: readonly string[];
  readonly over: string;
  readonly methods: string;
  readonly workers?: number;
  readonly outputDir?: string;
  readonly project: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `datum check`: what maps of any tool are worth. Exit code 0, whatever they are. */
export function checkCommand(io: Io, launcherArgs: readonly string[]): Command {
  return new Command('check')
    .argument('<maps...>', 'saliency maps over one image: .npy (float, int; [height, width]) or gray .png, of any size')
    .usage('MAPS... --image IMAGE -m MODEL [--label NAME | --box x,y,w,h] [-o DIR] [options] [-- LAUNCHER_ARGS]')
    .description(
      "measure saliency maps of any tool on a model: deletion, insertion, advantage, pointing; beside our own and beside chance; LAUNCHER_ARGS are listed by 'datum check -- -h'",
    )
    .option('--image <image>', 'the image that the maps are of')
    .option('-m, --model <model>', 'a registered model, or the path of a model file')
    .option('--label <name>', "the class that they explain, by name or id (default: the model's first answer)")
    .option('--box <x,y,w,h[:label]>', 'the place that they explain, in pixels of the image: for detectors', (text) =>
      readTypedBox(text, '--box'),
    )
    .option(
      '--truth <x,y,w,h|dataset>',
      'where the object is: a box, which may be repeated, or a dataset that has the image (default: --box)',
      (text, before: readonly string[] | undefined) => [...(before ?? []), text],
    )
    .option('--over <what>', "what the maps lie over: image, or input (the model's, with its crop or padding)", 'image')
    .option('--methods <a,b>', 'maps made here to stand beside them: rise, occlusion, superpixels, or none', 'rise')
    .option('--workers <n>', 'threads, each with the model (default: the cores)', (text) => whole(text, '--workers'))
    .option('-o, --output-dir <dir>', 'write check.json and the curves as curves.svg')
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--json', 'print the result as JSON')
    .option('--quiet', QUIET)
    .action((maps: string[], flags: CheckFlags) =>
      check(flags.quiet === true ? quietly(io) : io, maps, flags, launcherArgs),
    );
}

async function check(
  io: Io,
  paths: readonly string[],
  { image: imagePath, model: modelName, label, box, truth, over, methods, workers, ...flags }: CheckFlags,
  launcherArgs: readonly string[],
): Promise<void> {
  const { outputDir, project, json = false } = flags;
  if (imagePath === undefined) throw new DatumError('usage', 'name the image that the maps are of with --image.');
  if (modelName === undefined) {
    throw new DatumError('usage', 'name the model with -m: a registered one, or the path of a model file.');
  }
  if (over !== 'image' && over !== 'input') {
    throw new DatumError('usage', `--over is image or input, not '${over}'.`);
  }
  if (label !== undefined && box?.label !== undefined) {
    throw new DatumError(
      'usage',
      '--label and the class behind the colon of --box both name a class: give one of them.',
    );
  }
  const launcher = launcherFlags(launcherCommand().exitOverride().parse(launcherArgs, { from: 'user' }));
  const { loadMethod } = await import('../../runs/load-method.js');
  const beside = await Promise.all(namesOf(methods).map((name) => loadMethod(name)));
  const { openImage } = await import('../../runs/open-image.js');
  const { readMap } = await import('../../results/read-map.js');
  const opened = await openImage(imagePath);
  const read = await Promise.all(paths.map(readMap));
  const maps = namedMaps(paths).map((name, i) => ({ name, map: read[i]! }));
  if (outputDir !== undefined) await (await import('../../files.js')).checkWritable(outputDir);
  const { openNamedModel } = await import('../named-model.js');
  const { describeFacts } = await import('../../report/words/model-facts.js');
  const { auditMaps } = await import('../../runs/measure/audit.js');
  const { checkRecord } = await import('../../runs/measure/check-record.js');
  const model = await openNamedModel(modelName, project, launcher, {
    workers,
    image: opened.pixels,
    signal: io.signal,
  });
  try {
    for (const fact of describeFacts(model.info.facts, flagName)) io.stderr.line(fact);
    const audit = await auditMaps(model, opened, {
      given: targetOf(label, box),
      maps,
      over,
      methods: beside,
      truth: await truthOf(truth, imagePath, model),
      signal: io.signal,
    });
    const record = checkRecord(audit, opened, model.info, over);
    for (const note of placeNotes(maps, over, audit.placement)) io.stderr.line(note);
    const text = `${JSON.stringify(record, null, 2)}\n`;
    if (outputDir !== undefined) {
      const { Staging } = await import('../../results/staging.js');
      const { curvesSvg } = await import('../../report/curves-svg.js');
      const staging = new Staging(outputDir);
      try {
        await staging.add('curves.svg', curvesSvg(record));
        await staging.add('check.json', text);
        await staging.publish();
      } finally {
        await staging.discard();
      }
    }
    if (json) {
      io.stdout.write(text);
      return;
    }
    const { checkSentences, checkTable } = await import('../check-text.js');
    const { target } = record;
    const place = target.bbox === null ? '' : ` at ${target.bbox.map(Math.round).join(',')}`;
    io.stdout.line(`${target.label?.name ?? 'the box'}${place}, score ${target.score.toFixed(3)}`);
    io.stdout.write(checkTable(record));
    io.stdout.write(checkSentences(record));
    if (outputDir !== undefined) io.stdout.line(`Written to ${outputDir}: check.json, curves.svg.`);
  } finally {
    await model.close();
  }
}

/** Options of an explanation that choose the target. */
function targetOf(label: string | undefined, box: TypedBox | undefined): Readonly<Record<string, unknown>> {
  if (box !== undefined) return { boxes: [{ ...box, ...(label === undefined ? {} : { label }) }] };
  return label === undefined ? {} : { classes: [label] };
}

function namesOf(methods: string): string[] {
  const names = methods.split(',').map((name) => name.trim());
  return names.length === 1 && names[0] === 'none' ? [] : names;
}

/** What maps are called: their files, with folders where two have one name. */
function namedMaps(paths: readonly string[]): string[] {
  const names = paths.map((path) => basename(path));
  return new Set(names).size === names.length ? names : [...paths];
}

/** Boxes of the object: those that were typed, or those of a dataset. */
async function truthOf(
  truth: readonly string[] | undefined,
  image: string,
  model: OpenModel,
): Promise<AuditQuestion['truth']> {
  if (truth === undefined) return undefined;
  if (truth.every((one) => /^[\d.,\s-]+$/.test(one))) {
    const boxes = truth.map((one) => readTypedBox(one, '--truth'));
    return () => boxes;
  }
  const [path, second] = truth;
  if (path === undefined || second !== undefined) {
    throw new DatumError('usage', '--truth takes boxes, x,y,w,h each, or one dataset.');
  }
  const { openDataset } = await import('../../datasets/index.js');
  const { annotatedBoxes } = await import('../../runs/dataset/annotated-boxes.js');
  return annotatedBoxes(await openDataset(path), image, model.info);
}

/** A map as large as the model's input, where that shows another part of the image, perhaps lies over the input. */
function placeNotes(
  maps: readonly NamedMap[],
  over: 'image' | 'input',
  { input, image, area }: { readonly input: Size; readonly image: Size; readonly area: Size },
): string[] {
  const isWhole = Math.abs(area.width / area.height / (image.width / image.height) - 1) < 0.02 && isSize(area, input);
  if (over === 'input' || isWhole) return [];
  return maps
    .filter(({ map }) => isSize({ width: map.shape[1], height: map.shape[0] }, input) && !isSize(image, input))
    .map(
      ({ name }) =>
        `${name} is as large as the model's input, ${input.width} x ${input.height}, and is taken to lie over the whole image: give --over input where it lies over what the model saw of it.`,
    );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function isSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

function whole(text: string, flag: string): number {
  const value = readNumber(text, flag);
  if (!Number.isInteger(value) || value < 1) {
    throw new DatumError('usage', `${flag} takes a whole number above 0, not '${text}'.`);
  }
  return value;
}
