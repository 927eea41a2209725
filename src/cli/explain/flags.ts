import { Command, Option } from 'commander';
import { z } from 'zod';
import { DatumError } from '../../errors.js';
import { resolveOptions, withoutSampleSeed, type Method } from '../../explain/method.js';
import { METHODS, noSuchMethod } from '../../explain/methods.js';
import { commonOptionsSchema } from '../../explain/options.js';
import { entryNamed } from '../../plugins/entry.js';
import { colonBeforeModule, isModulePath } from '../../plugins/module-path.js';
import { SAVED } from '../../report/save-explanation.js';
import { loadMethod } from '../../runs/load-method.js';
import {
  addSchemaFlags,
  checkFlags,
  readNumber,
  readNumbers,
  type FlagReader,
  type FlagSchema,
} from '../schema-flags.js';
import { QUIET } from '../io.js';
import { readTypedBox } from '../read-box.js';
import { datasetFlagsSchema, type DatasetFlags } from './dataset-flags.js';
import { METHOD_FLAGS } from './method-flags.js';
import { grouped } from './option-groups.js';
import { refuseUnwritten, SAVE_VALUES } from './refuse-unwritten.js';
import { shortHelp } from './short-help.js';

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
  /** All that stands before `--`, as it was typed. */
  readonly typed: readonly string[];
  readonly target: string | undefined;
  readonly model: string;
  readonly outputDir: string | undefined;
  readonly project: string;
  readonly json: boolean;
  /** Whether only results and errors are to be said. */
  readonly quiet: boolean;
  readonly run: z.output<typeof runFlagsSchema>;
  /** Which items of a dataset, and what is measured. */
  readonly dataset: DatasetFlags;
  readonly method: Method;
  /** The options of the method that were given. */
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * The command that parses everything before `--`, for the method that its arguments name: the method's own options are flags
 * of the command.
 *
 * @throws DatumError (`usage`) where there is no such method.
 */
export async function explainCommand(
  args: readonly string[],
  action: (request: ExplainRequest) => Promise<void>,
): Promise<Command> {
  const word = methodWord(args);
  const method = await loadMethod(word ?? METHODS[0].name);
  refuseTakenNames(method);
  const command = commandWith(commonOptionsSchema.extend(method.options.shape), method.without);
  // Not an option: it is said beside --help alone.
  if (!args.includes('--all')) {
    const own = Object.keys(method.options.shape).filter((name) => !(name in commonOptionsSchema.shape));
    const named = method.name === METHODS[0].name ? null : { name: method.name, own };
    command.configureHelp({ formatHelp: (self, { helpWidth }) => shortHelp(self, helpWidth, named) });
  }
  return command.action((words: string[], flags: Record<string, unknown>) =>
    action({ typed: args, ...requestOf(method, word, words, flags) }),
  );
}

/**
 * @param schema of the method's options, the common ones among them
 * @param without those that the method refuses
 */
function commandWith(schema: FlagSchema, without: readonly string[] = []): Command {
  const command = new Command('explain')
    .usage('[TARGET] [-t TARGET] -m MODEL [-o DIR] [-p DIR] [--json] [METHOD] [METHOD_ARGS] [-- LAUNCHER_ARGS]')
    .description(
      `show which pixels made a model answer what it answered; METHOD is ${methodChoice()}; LAUNCHER_ARGS are listed by 'datum explain -- -h'`,
    )
    .argument('[words...]');
  const readers = { boxes: readBox, fill: readFill, topK: readTopK, stopAt: readStopAt, timeBudget: readTime };
  const all = new Command()
    .option('-m, --model <model>', 'a registered model, or the path of a model file')
    .option('-t, --target <target>', 'an image or a dataset (the same as TARGET)')
    .option('-o, --output-dir <dir>', 'where to write the maps')
    .option('-p, --project <dir>', "the project's folder", '.')
    .option('--json', 'print the result as JSON')
    .option('--quiet', QUIET);
  addSchemaFlags(all, schema, readers, METHOD_FLAGS, without);
  addSchemaFlags(all, runFlagsSchema);
  addSchemaFlags(all, datasetFlagsSchema);
  for (const option of grouped(all.options)) command.addOption(option);
  return command.addHelpOption(
    new Option('-h, --help', 'print the short help; with --all, this one').helpGroup('Help:'),
  );
}

function methodChoice(): string {
  const [first, ...others] = METHODS.map(({ name, title }) => `${name} (${title})`);
  return `${[`${first ?? ''}, the default`, ...others].join('; ')}; or the path of a module`;
}

/**
 * The word that names the method: the path of a module, or a built-in one in the last place. It is looked for before anything
 * is parsed, since the flags depend on it; those of a module stand behind it.
 */
function methodWord(args: readonly string[]): string | undefined {
  const command = commandWith(commonOptionsSchema);
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) words.push(arg);
    else if (command.options.find(({ short, long }) => arg === short || arg === long)?.required === true) i++;
  }
  const last = words.findLast((word) => entryNamed(METHODS, word) !== undefined);
  return words.find(isMethodModule) ?? last;
}

/** `data:./format.js` is a dataset and its format. */
function isMethodModule(word: string): boolean {
  return isModulePath(word) && colonBeforeModule(word) < 0;
}

/** @throws DatumError (`usage`) where a method's option would be a flag that the command has already. */
function refuseTakenNames({ name, options }: Method): void {
  const taken = [...OWN_FLAGS, ...Object.keys(runFlagsSchema.shape), ...Object.keys(datasetFlagsSchema.shape)];
  const twice = Object.keys(options.shape).find((own) => taken.includes(own));
  if (twice === undefined) return;
  throw new DatumError(
    'usage',
    `the method ${name} has an option ${twice}, and --${twice} is a flag of every method: give it another name.`,
    { option: 'method' },
  );
}

const OWN_FLAGS: readonly string[] = ['target', 'model', 'outputDir', 'project', 'json', 'quiet', 'help', 'all'];

function requestOf(
  method: Method,
  word: string | undefined,
  words: readonly string[],
  flags: Record<string, unknown>,
): Omit<ExplainRequest, 'typed'> {
  const positional = targetOf(word, words);
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
  const quiet = flags['quiet'] === true;
  if (quiet) refuseLoud(run);
  refuseUnwritten(run.save, { outputDir, metrics: dataset.metrics });
  const given = methodFlags(method, flags);
  // Checked before anything is read; the model may still have no use for some of it.
  resolveOptions(method, dataset.limit === undefined ? given : withoutSampleSeed(method, given));
  return {
    target: named ?? positional,
    model,
    outputDir,
    project: text(flags['project']) ?? '.',
    json: flags['json'] === true,
    quiet,
    run,
    dataset,
    method,
    given,
  };
}

/** @throws DatumError (`usage`) where the run is to be watched, and nothing to be said of it. */
function refuseLoud({ progressive, display }: z.output<typeof runFlagsSchema>): void {
  const watched = progressive ? '--progressive' : display ? '--display' : null;
  if (watched === null) return;
  throw new DatumError(
    'usage',
    `${watched} shows a run while it goes on, and --quiet leaves only its results: give one of the two.`,
  );
}

/** The target in `[TARGET] [METHOD]`. A target may be called like a method. */
function targetOf(method: string | undefined, words: readonly string[]): string | undefined {
  const isLast = method !== undefined && words.at(-1) === method;
  const [target, second, third] = isLast ? words.slice(0, -1) : words;
  const tooMany = isLast ? second : third;
  if (tooMany !== undefined) {
    throw new DatumError('usage', `'${tooMany}' is one word too many: [TARGET] [METHOD] is expected.`);
  }
  if (second !== undefined) {
    throw noSuchMethod(second, 'give the path of a module');
  }
  return target;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The flags of the method that were given; what was not is left to the method's own defaults. */
function methodFlags({ options }: Method, flags: Record<string, unknown>): Record<string, unknown> {
  const { shape } = commonOptionsSchema.extend(options.shape);
  return Object.fromEntries(Object.entries(flags).filter(([name, value]) => name in shape && value !== undefined));
}

const readBox: FlagReader = (value, previous) => [
  ...(Array.isArray(previous) ? (previous as unknown[]) : []),
  readTypedBox(value, '--box'),
];

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
