import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { DatumError, option } from '../errors.js';
import type { RgbImage } from '../image/index.js';
import { launcherForFile, launcherNames, loadLauncher } from '../launchers/registry.js';
import type { PreparedModel } from '../launchers/types.js';
import { describeOptionError } from '../schema-issues.js';
import { modelConfigSchema, type ModelConfig } from './config.js';
import { readLabels } from './labels.js';
import type { OpenModel } from './open-model.js';
import { sampleRun } from './sample-run.js';
import { settleModel } from './settle.js';
import { SessionPool } from './threads/pool.js';
import { threadRuntime } from './threads/runtime.js';

/** How to open a model. */
export interface LoadOptions {
  /** Worker threads, one session each; the machine's cores where absent. */
  readonly workers?: number | undefined;
  /** What reports call the model; its file name where absent. */
  readonly name?: string | undefined;
  /** An image to try the model on, where its shapes do not tell how its outputs are to be read. */
  readonly image?: RgbImage | undefined;
  /** Ends the loading with an error of kind `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

/** What a user may leave out of a model's configuration. */
export type ModelSource = string | (Partial<ModelConfig> & { readonly description: string });

/**
 * Opens a model.
 *
 * @param source path of a model file, or its configuration.
 * @throws DatumError (`model`, `interpreter`, `usage`, `interrupted`) saying what is wrong with which file or option.
 */
export async function openModel(source: ModelSource, options: LoadOptions = {}): Promise<OpenModel> {
  const workers = workersOf(options);
  const config = configOf(source);
  const launcher = await loadLauncher(config.launcher);
  const prepared = await launcher.prepare(checkedLaunchOptions(launcher.options, config));
  const pool = new SessionPool(prepared, workers);
  try {
    return await unlessAborted(open(config, prepared, pool, options), options.signal);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function workersOf({ workers = availableParallelism() }: LoadOptions): number {
  if (Number.isSafeInteger(workers) && workers > 0) return workers;
  throw new DatumError('usage', `${option('workers')} takes a whole number above 0, not ${workers}.`);
}

/** Waits for work, but not beyond the signal. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(new DatumError('interrupted', 'interrupted while the model was loading: nothing was written.'));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

function configOf(source: ModelSource): ModelConfig {
  const given = typeof source === 'string' ? { description: source } : source;
  const description = resolve(given.description);
  const launcher = given.launcher ?? launcherForFile(description);
  if (launcher === undefined) {
    throw new DatumError(
      'usage',
      `the ending of ${description} belongs to no launcher: name one with ${option('launcher')} (${launcherNames().join(', ')}).`,
      { file: description },
    );
  }
  const config = { ...given, description, launcher };
  const parsed = modelConfigSchema.safeParse(config);
  if (!parsed.success) {
    throw new DatumError(
      'usage',
      `the configuration of ${description} is wrong: ${describeOptionError(parsed.error, config, option)}`,
      { file: description },
    );
  }
  return parsed.data;
}

function checkedLaunchOptions(
  schema: {
    safeParse(value: unknown): { success: boolean; error?: { issues: readonly { message: string }[] } | undefined };
  },
  { description, weights, device, engine, outputLayers }: ModelConfig,
) {
  const launch = { description, weights, device, engine, outputLayers };
  const checked = schema.safeParse(launch);
  if (!checked.success) {
    throw new DatumError('usage', `${checked.error?.issues.map(({ message }) => message).join('; ') ?? ''}.`);
  }
  return launch;
}

async function open(
  config: ModelConfig,
  prepared: PreparedModel,
  pool: SessionPool,
  options: LoadOptions,
): Promise<OpenModel> {
  const signature = await pool.run({ type: 'signature' });
  const labels = config.labels === undefined ? null : await readLabels(config.labels);
  const identity = await hashFiles(prepared.files);
  const runtime = threadRuntime(pool, { signature, identity, engine: prepared.engine });
  return settleModel(config, runtime, (guess) => sampleRun(config, runtime, options.image ?? null, guess), {
    name: options.name ?? basename(config.description),
    labels,
    // Which engine runs the model, where its launcher has more than one.
    engine: prepared.options.engine === undefined ? null : prepared.engine,
  });
}

async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
