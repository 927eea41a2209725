import { Command } from 'commander';
import { z } from 'zod';
import { DatumError } from '../../errors.js';
import { resolveRiseOptions, riseOptionsSchema, type RiseInput } from '../../explain/rise/options.js';
import { SAVED } from '../../report/save-explanation.js';
import { addSchemaFlags, checkFlags, readNumber, readNumbers, type FlagReader } from '../schema-flags.js';
import { datasetFlagsSchema, type DatasetFlags } from './dataset-flags.js';
import { METHOD_FLAGS } from './method-flags.js';
import { refuseUnwritten, SAVE_VALUES } from './refuse-unwritten.js';

/** Methods by name; the first positional that names one ends the target. */
export const METHODS: readonly string[] = ['rise'];

/** How a run behaves, whatever the method. */
const runFlagsSchema = z.strictObject({
  progressive: z.boolean().default(false).meta({ flag: '--progressive', description: 'show the maps while they form' }),
  display: z.boolean().default(false).meta({ flag: '--display', description: 'open the live page in a browser' }),
  workers: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .meta({ flag: '--workers <n>', description: 'threads, each with the model (default: the cores)' }),
  save: z
    .array(z.enum(SAVE_VALUES))
    .optional()
    .meta({
      flag: '--save <a,b>',
      description: `write only these: ${SAVE_VALUES.join(', ')} (default: ${SAVED.join(',')},report; for a dataset json, with which small maps are kept, and its report always)`,
    }),
  fullSize: z
    .boolean()
    .default(false)
    .meta({ flag: '--full-size', description: 'maps at full size above 4 megapixels' }),
});

/** What `datum explain` was asked for. */
export interface ExplainRequest {
  readonly target: string | undefined;
  readonly model: string;
  readonly outputDir: string | undefined;
  readonly project: string;
  readonly json: boolean;
  readonly run: z.output<typeof runFlagsSchema>;
  /** Which items of a dataset, and what is measured. */
  readonly dataset: DatasetFlags;
  /** The method's options that were given. */
  readonly method: RiseInput;
}

/** The command that parses everything before `--`. */
export function explainCommand(action: (request: ExplainRequest) => Promise<void>): Command {
  const command = new Command('explain')
    .usage('[TARGET] [-t TARGET] -m MODEL [-o DIR] [-p DIR] [--json] rise [METHOD_ARGS] [-- LAUNCHER_ARGS]')
    .description(
      "show which pixels made a model answer what it answered; LAUNCHER_ARGS are listed by 'datum explain -- -h'",
    )
    .argument('[words...]')
    .option('-t, --target <target>', 'an image or a dataset (the same as TARGET)')
    .option('-m, --model <model>', 'a registered model, or the path of a model file')
    .option('-o, --output-dir <dir>', 'where to write the maps')
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--json', 'print the result as JSON');
  const readers = { boxes: readBox, fill: readFill, topK: readTopK, stopAt: readStopAt, timeBudget: readTime };
  addSchemaFlags(command, riseOptionsSchema, readers, METHOD_FLAGS);
  addSchemaFlags(command, runFlagsSchema);
  addSchemaFlags(command, datasetFlagsSchema);
  return command.action((words: string[], flags: Record<string, unknown>) => action(requestOf(words, flags)));
}

function requestOf(words: string[], flags: Record<string, unknown>): ExplainRequest {
  const positional = methodAndTarget(words);
  const named = text(flags['target']);
  if (named !== undefined && positional !== undefined && named !== positional) {
    throw new DatumError('usage', `two targets are named, ${positional} and ${named}: give one.`);
  }
  const model = text(flags['model']);
  if (model === undefined) {
    throw new DatumError('usage', 'name the model with -m: a registered one, or the path of a model file.');
  }
  const run = checkFlags(runFlagsSchema, flags);
  const outputDir = text(flags['outputDir']);
  const dataset = checkFlags(datasetFlagsSchema, flags);
  refuseUnwritten(run.save, { outputDir, metrics: dataset.metrics });
  const method: RiseInput = methodFlags(flags);
  // Checked before anything is read; the model may still have no use for some of it.
  resolveRiseOptions(method);
  return {
    target: named ?? positional,
    model,
    outputDir,
    project: text(flags['project']) ?? '.',
    json: flags['json'] === true,
    run,
    dataset,
    method,
  };
}

/** Splits `[TARGET] METHOD`. A target may be called like a method. */
function methodAndTarget(words: readonly string[]): string | undefined {
  const [first, second, ...more] = words;
  const method = second ?? first;
  if (more.length > 0)
    throw new DatumError('usage', `'${more[0] ?? ''}' is one word too many: [TARGET] METHOD is expected.`);
  if (method === undefined || !METHODS.includes(method)) {
    const hint = `name a method after the target: ${METHODS.join(', ')}`;
    throw new DatumError('usage', second === undefined ? `${hint}.` : `there is no method '${second}': ${hint}.`);
  }
  return second === undefined ? undefined : first;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The flags of the method that were given; what was not is left to the method's own defaults. */
function methodFlags(flags: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flags).filter(([name, value]) => name in riseOptionsSchema.shape && value !== undefined),
  );
}

const readBox: FlagReader = (value, previous) => {
  const [numbers = '', ...label] = value.split(':');
  const parts = numbers.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [x, y, width, height] = parts;
  if (parts.length !== 4 || parts.some((part) => !Number.isFinite(part))) {
    throw new DatumError('usage', `--box takes x,y,w,h in pixels, and a class after a colon, not '${value}'.`);
  }
  const box = { x, y, width, height, ...(label.length > 0 ? { label: label.join(':') } : {}) };
  return [...(Array.isArray(previous) ? (previous as unknown[]) : []), box];
};

const readFill: FlagReader = (value) => (/^[\d.,\s]+$/.test(value) ? readNumbers(value, '--fill') : value);

const readTopK: FlagReader = (value) => (value === 'all' ? value : readNumber(value, '--top-k'));

const readStopAt: FlagReader = (value) => (value === 'off' ? value : readNumber(value, '--stop-at'));

/** Seconds, from `10s`, `500ms`, `2m`, or a plain number of seconds. */
const readTime: FlagReader = (value) => {
  const [, number, unit = 's'] = /^([\d.]+)\s*(ms|s|m|min|h)?$/.exec(value.trim()) ?? [];
  const factor = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600 }[unit];
  const seconds = Number(number) * (factor ?? NaN);
  if (!Number.isFinite(seconds)) {
    throw new DatumError('usage', `--time-budget takes a time such as 10s, 500ms or 2m, not '${value}'.`);
  }
  return seconds;
};
