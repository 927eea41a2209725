import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { DatumError, option } from '../errors.js';
import { chunksOf } from '../files.js';
import type { RgbImage } from '../image/index.js';
import { ownInterpreter, type InterpreterPlugin, type ReadOutputs } from '../interpreters/script/own.js';
import { completeLauncher, type LauncherPlugin } from '../launchers/plugin.js';
import { checkLaunchOptions, launcherForFile, LAUNCHERS, loadLauncher } from '../launchers/registry.js';
import type { Launcher, LaunchOptions, PreparedModel, Session, Signature } from '../launchers/types.js';
import { namesOf } from '../plugins/entry.js';
import { isScriptPath } from '../plugins/module-path.js';
import { describeOptionError } from '../schema-issues.js';
import { modelConfigSchema, type ModelConfig } from './config.js';
import { labelsBeside } from './labels/beside.js';
import { readLabels } from './labels/read-labels.js';
import type { OpenModel } from './open-model.js';
import type { KnownOfRuntime, Runtime } from './runtime.js';
import { UnknownPlacement } from './recognise-placement.js';
import { sampleRun } from './sample-run.js';
import { sessionRuntime } from './session-runtime.js';
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
  /** A launcher of the caller's own, in place of a name; the model then runs in this thread. */
  readonly launcher?: LauncherPlugin | undefined;
  /** A family of the caller's own, or a function that reads the outputs, in place of a name; it runs in this thread. */
  readonly interpreter?: InterpreterPlugin | ReadOutputs | undefined;
  /** Names of the classes, in place of a file of them. */
  readonly labels?: readonly string[] | undefined;
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
  const own = options.launcher === undefined ? null : completeLauncher(options.launcher, null);
  const config = configOf(source, own?.name);
  const launcher = own ?? (await loadLauncher(config.launcher));
  const launch = launchOptionsOf(config);
  checkLaunchOptions(launcher, launch);
  try {
    return await openWith(launch, config, launcher, options);
  } catch (error) {
    const script = config.interpreter !== undefined && isScriptPath(config.interpreter);
    if (!(error instanceof UnknownPlacement) || script) throw error;
    // The model's own preprocessing does more than masks could be laid over: it is given masked images then.
    return openWith({ ...launch, masked: 'images' }, config, launcher, options);
  }
}

async function openWith(
  launch: LaunchOptions,
  config: ModelConfig,
  launcher: Launcher,
  options: LoadOptions,
): Promise<OpenModel> {
  const workers = workersOf(options);
  const prepared = await launcher.prepare(launch);
  const sessions = Math.min(workers, prepared.workers ?? workers);
  const opened =
    options.launcher === undefined
      ? inThreads(new SessionPool(prepared, sessions, Math.max(1, Math.floor(workers / sessions)), options.image))
      : inThisThread(
          await unlessAborted(launcher.open(prepared, workers, options.image), options.signal),
          launcher.lanes ?? 1,
        );
  try {
    return await unlessAborted(settle(config, launcher, prepared, opened, options), options.signal);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A model that is open somewhere. */
interface Opened {
  readonly signature: () => Promise<Signature>;
  readonly runtime: (known: KnownOfRuntime) => Runtime;
  readonly close: () => Promise<void>;
}

function inThreads(pool: SessionPool): Opened {
  return {
    signature: () => pool.run({ type: 'signature' }),
    runtime: (known) => threadRuntime(pool, known),
    close: () => pool.close(),
  };
}

function inThisThread(session: Session, lanes: number): Opened {
  return {
    signature: () => Promise.resolve(session.signature),
    runtime: (known) => sessionRuntime(session, lanes, known),
    close: () => session.close(),
  };
}

/** Each has the model in memory. */
const MOST_WORKERS = 256;

function workersOf({ workers = Math.min(MOST_WORKERS, availableParallelism()) }: LoadOptions): number {
  if (Number.isSafeInteger(workers) && workers > 0 && workers <= MOST_WORKERS) return workers;
  throw new DatumError('usage', `${option('workers')} takes a whole number from 1 to ${MOST_WORKERS}, not ${workers}.`);
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

/** @param own name of a launcher that is a value */
function configOf(source: ModelSource, own: string | undefined): ModelConfig {
  const given = typeof source === 'string' ? { description: source } : source;
  const description = placeOf(given.description);
  const launcher = own ?? given.launcher ?? launcherForFile(description)?.name;
  if (launcher === undefined) {
    throw new DatumError(
      'usage',
      `the ending of ${description} belongs to no launcher: name one with ${option('launcher')} (${namesOf(LAUNCHERS)}).`,
      { file: description, option: 'launcher' },
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

/** A path in full; an address (`http://...`), which launchers of callers' own may take, stays as it is. */
function placeOf(description: string): string {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(description) ? description : resolve(description);
}

function launchOptionsOf(config: ModelConfig): LaunchOptions {
  const { description, weights, device, engine, outputLayers, python, timeout, arg, plugin, inputSize } = config;
  return { description, weights, device, engine, outputLayers, python, timeout, arg, plugin, size: inputSize };
}

async function settle(
  config: ModelConfig,
  launcher: Launcher,
  prepared: PreparedModel,
  opened: Opened,
  options: LoadOptions,
): Promise<OpenModel> {
  const signature = withLayers(await opened.signature(), config);
  const list = config.labels === undefined || options.labels !== undefined ? null : await readLabels(config.labels);
  const labels = options.labels ?? list?.names ?? null;
  const identity = await hashOf(prepared);
  const runtime = opened.runtime({ signature, identity, engine: prepared.engine, images: prepared.images });
  return settleModel(config, runtime, (guess) => sampleRun(config, runtime, options.image ?? null, guess), {
    name: options.name ?? basename(config.description),
    labels,
    labelForm: list,
    beside: labels === null ? await labelsBeside(config.description) : [],
    image: options.image ?? null,
    launcher: launcher.name,
    interpreter: options.interpreter === undefined ? null : ownInterpreter(options.interpreter),
    // Which engine runs the model, where its launcher has more than one.
    engine: prepared.options.engine === undefined ? null : prepared.engine,
  });
}

/** Says in the metadata that outputs were chosen: scripts of Datumaro read them by name then. */
function withLayers(signature: Signature, { outputLayers }: ModelConfig): Signature {
  if (outputLayers === undefined) return signature;
  return { ...signature, metadata: { ...signature.metadata, 'datum.outputLayers': outputLayers.join(',') } };
}

/** A hash of the files that a model is read from, and of the one of them that runs it; of its name where it has none. */
async function hashOf({ files, launcher, options }: PreparedModel): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of chunksOf(file, 1 << 16)) hash.update(chunk);
  if (options.plugin !== undefined) hash.update(JSON.stringify([options.plugin.name, options.plugin.options]));
  if (files.length === 0) hash.update(`${launcher} ${options.description}`);
  return hash.digest('hex');
}
