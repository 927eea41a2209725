import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { writableFormats } from '../../datasets/registry.js';
import { DatumError } from '../../errors.js';
import { makeFolder } from '../../files.js';
import { markResults } from '../../own-results.js';
import { countText } from '../count-text.js';
import { flagName } from '../flag-names.js';
import { QUIET, quietly, type Io } from '../io.js';
import { launcherCommand, launcherFlags } from '../launcher-flags.js';
import { readNumber } from '../schema-flags.js';

interface RunFlags {
  readonly model?: string;
  readonly outputDir?: string;
  readonly overwrite?: boolean;
  readonly project: string;
  readonly format: string;
  readonly conf: string;
  readonly topK: string;
  readonly workers?: string;
  readonly quiet?: boolean;
}

/** `datum model run`: a model's answers to a dataset, as a dataset. */
export function modelRunCommand(io: Io, launcherArgs: readonly string[]): Command {
  return new Command('run')
    .argument('[target]', "a dataset or a source (default: the project's sources)")
    .usage('[TARGET] -m MODEL -o DIR [options] -- LAUNCHER_ARGS')
    .description(
      "write a model's answers to a dataset as a dataset; LAUNCHER_ARGS are listed by 'datum model run -- -h'",
    )
    .option('-m, --model <model>', 'a registered model, or the path of a model file')
    .option('-o, --output-dir <dir>', 'folder of the new dataset')
    .option('--overwrite', 'write into a folder that is not empty')
    .option('-f, --format <format>', writableFormats().join(' or '), 'coco')
    .option('--conf <x>', 'boxes with a lower score are left out', '0.25')
    .option('--top-k <k>', 'classes given for an image', '1')
    .option('--workers <n>', 'threads, each with the model (default: the cores)')
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--quiet', QUIET)
    .action((target: string | undefined, flags: RunFlags) => run(io, target, flags, launcherArgs));
}

async function run(
  loud: Io,
  name: string | undefined,
  { model: modelName, outputDir, overwrite = false, project, format, conf, topK, workers, quiet }: RunFlags,
  launcherArgs: readonly string[],
): Promise<void> {
  const io = quiet === true ? quietly(loud) : loud;
  if (modelName === undefined) {
    throw new DatumError('usage', 'name the model with -m: a registered one, or the path of a model file.');
  }
  if (outputDir === undefined) throw new DatumError('usage', 'name the folder of the new dataset with -o.');
  const { describeReading, ReadingCounter, withLeft, writeDataset } = await import('../../datasets/index.js');
  const { datasetView } = await import('../dataset-progress.js');
  const { resolveTarget } = await import('../explain-target.js');
  const { describeFacts } = await import('../../report/words/model-facts.js');
  const { openNamedModel } = await import('../named-model.js');
  const formats = writableFormats();
  if (!formats.includes(format)) {
    throw new DatumError('usage', `--format ${format}: predictions are written as ${formats.join(' or ')}.`);
  }
  const options = { detConfThresh: share(conf, '--conf'), topK: whole(topK, '--top-k') };
  const target = await resolveTarget(name, project);
  if (target.kind === 'image') {
    throw new DatumError('usage', `${target.path} is not a dataset: name a folder, a dataset or a source.`);
  }
  const { refuseDatasetFolder } = await import('../../runs/dataset/refuse-dataset-folder.js');
  await refuseDatasetFolder(outputDir, target.dataset);
  await checkFolder(outputDir, overwrite);
  const flags = launcherFlags(launcherCommand().exitOverride().parse(launcherArgs, { from: 'user' }));
  const { predictDataset } = await import('../../runs/dataset/predict-dataset.js');
  const model = await openNamedModel(modelName, project, flags, {
    workers: workers === undefined ? undefined : whole(workers, '--workers'),
    signal: io.signal,
  });
  const view = datasetView(io.stderr);
  try {
    for (const fact of describeFacts(model.info.facts, flagName)) io.stderr.line(fact);
    if (model.info.labels === null) {
      throw new DatumError(
        'usage',
        'a dataset has names for its classes, and the model has none: give them with --labels.',
      );
    }
    const { dataset } = target;
    for (const note of dataset.notes) io.stderr.line(note);
    await markResults(outputDir, 'predictions');
    const counter = new ReadingCounter();
    let failed = 0;
    const answers = predictDataset(model, dataset, {
      ...options,
      signal: io.signal,
      onFailure(item, error) {
        failed++;
        // An error, though the others go on.
        loud.stderr.line(`${item.id} is left out: ${error.say(flagName)}`);
      },
      onRead: (item) => {
        counter.add(item);
      },
      onProgress: (done) => {
        if (dataset.count !== null) view.update({ done, total: dataset.count, before: 0, failed });
      },
    });
    const { items, boxes, labels } = await writeDataset(format, outputDir, answers, model.info.labels, {
      info: { model: model.info.name, sha256: model.info.sha256 },
      signal: io.signal,
    });
    view.end();
    const reading = await withLeft(counter.reading, dataset);
    for (const sentence of describeReading(dataset, reading)) io.stderr.line(sentence);
    io.stdout.write(
      `Wrote ${countText(items, 'item')} with ${countText(boxes, 'box', 'boxes')} and ${countText(labels, 'label')} to ${resolve(outputDir)}.\n`,
    );
  } finally {
    view.end();
    await model.close();
  }
}

async function checkFolder(path: string, overwrite: boolean): Promise<void> {
  await makeFolder(path);
  if (!overwrite && (await readdir(path)).length > 0) {
    throw new DatumError('output', `${path} is not empty: use --overwrite to write into it, or choose another folder.`);
  }
}

function share(text: string, flag: string): number {
  const value = readNumber(text, flag);
  if (value < 0 || value > 1) throw new DatumError('usage', `${flag} takes a number between 0 and 1, not '${text}'.`);
  return value;
}

const MOST = 1_000_000;

function whole(text: string, flag: string): number {
  const value = readNumber(text, flag);
  if (!Number.isInteger(value) || value < 1 || value > MOST) {
    throw new DatumError('usage', `${flag} takes a whole number from 1 to ${MOST}, not '${text}'.`);
  }
  return value;
}
