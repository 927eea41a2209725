import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatumError, messageOf } from '../errors.js';
import type {
  ElementType,
  Launcher,
  LauncherEntry,
  LaunchOptions,
  PreparedModel,
  Session,
  Signature,
  Tensor,
} from './types.js';

/** A tensor that a model takes or gives, as the author of a launcher declares it. */
export interface DeclaredTensor {
  readonly name: string;
  /** Sizes; a name where any size goes (`'N'` for the batch). */
  readonly shape: readonly (number | string)[];
  /** `float32` where absent. */
  readonly type?: ElementType | undefined;
}

/** An opened model, as the author of a launcher gives it. */
export interface PluginSession {
  readonly signature: {
    readonly inputs: readonly DeclaredTensor[];
    readonly outputs: readonly DeclaredTensor[];
    /** What the model's file says of itself, as text. */
    readonly metadata?: Readonly<Record<string, string>> | undefined;
  };
  /**
   * Runs the model once, at once or later.
   *
   * @param feeds every input by its name, float32. They are written again for the next run.
   * @returns every output by its name, float32; it may be written again in the next run.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
  ): Readonly<Record<string, Tensor>> | Promise<Readonly<Record<string, Tensor>>>;
  /** Frees what it holds; called once. */
  close?(): void | Promise<void>;
}

/** What an author's `prepare` may find out; the rest has defaults. */
export type PluginPreparation = Partial<Pick<PreparedModel, 'model' | 'metadata' | 'engine' | 'files'>>;

/**
 * A launcher as its author writes it. Given by the path of its module it is opened in every worker thread; given as a value it
 * runs in the main thread, in one session.
 */
export interface LauncherPlugin {
  readonly name: string;
  /** What it opens, for help; its name where absent. */
  readonly title?: string | undefined;
  /** Endings of the files that it opens, with the dot. */
  readonly extensions?: readonly string[] | undefined;
  /** The options `weights` and `engine`, where it has them. */
  readonly options?: LauncherEntry['options'] | undefined;
  /** Runs that may be under way at once in one session, where it lives in the main thread; 1 where absent. */
  readonly lanes?: number | undefined;
  /** Work that is done once, in the main thread, before the model is opened in each thread. What it returns is plain data. */
  prepare?(options: LaunchOptions): PluginPreparation | Promise<PluginPreparation>;
  /** Opens the model in this thread, to be run with `threads` threads of the runtime's own at most. */
  open(options: LaunchOptions, opening: PluginOpening): PluginSession | Promise<PluginSession>;
}

/** What a launcher's `open` is told beside the options. */
export interface PluginOpening {
  readonly threads: number;
  /** What `prepare` returned, completed. */
  readonly prepared: PreparedModel;
}

/** Whether a value has what a launcher must have. */
export function isLauncherPlugin(value: object): value is LauncherPlugin {
  return 'name' in value && typeof value.name === 'string' && 'open' in value && typeof value.open === 'function';
}

/**
 * A launcher of an author's, with all that the house relies on: what was left out has its default, and what it answers is
 * checked.
 *
 * @param place the path of its module; null where it is a value of the caller's.
 */
export function completeLauncher(plugin: LauncherPlugin, place: string | null): Launcher {
  const { name, options = {}, lanes } = plugin;
  return {
    name,
    options,
    lanes,
    async prepare(given) {
      const prepared = (await trying(name, given, 'prepares', () => plugin.prepare?.(given))) ?? {};
      return {
        launcher: place ?? name,
        model: prepared.model ?? { path: given.description },
        options: given,
        metadata: prepared.metadata ?? {},
        engine: prepared.engine ?? name,
        files: prepared.files ?? (await filesAt(given.description)),
      };
    },
    async open(prepared, threads) {
      const session = await trying(name, prepared.options, 'opens', () =>
        plugin.open(prepared.options, { prepared, threads }),
      );
      return completeSession(session, name, prepared);
    },
  };
}

function completeSession(session: PluginSession, launcher: string, prepared: PreparedModel): Session {
  const file = prepared.options.description;
  const signature = signatureOf(session, launcher, prepared);
  let closed = false;
  return {
    signature,
    async run(feeds) {
      const outputs = await trying(launcher, prepared.options, 'runs', () => session.run(feeds));
      return Object.fromEntries(
        signature.outputs.map(({ name }) => [name, checkedTensor(outputs[name], name, launcher, file)]),
      );
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.close?.();
    },
  };
}

function signatureOf(session: unknown, launcher: string, { options, metadata }: PreparedModel): Signature {
  const file = options.description;
  const refuse = (what: string): DatumError =>
    new DatumError(
      'model',
      `the launcher ${launcher} opened ${file} ${what}: open() returns { signature, run(feeds) }.`,
      {
        file,
        option: 'launcher',
      },
    );
  if (!isSession(session)) throw refuse('without a signature or without run()');
  const { inputs, outputs } = session.signature;
  if (![...inputs, ...outputs].every(isDeclaredTensor)) {
    throw refuse('with inputs or outputs that are not { name, shape }');
  }
  const complete = ({ name, shape, type = 'float32' }: DeclaredTensor) => ({ name, shape, type });
  const wanted = options.outputLayers;
  const missing = wanted?.find((name) => outputs.every((output) => output.name !== name));
  if (missing !== undefined) throw refuse(`without an output '${missing}'`);
  return {
    inputs: inputs.map(complete),
    outputs: outputs.map(complete).filter(({ name }) => wanted === undefined || wanted.includes(name)),
    metadata: { ...metadata, ...session.signature.metadata },
  };
}

function isSession(value: unknown): value is PluginSession {
  if (typeof value !== 'object' || value === null || !('signature' in value) || !('run' in value)) return false;
  const { signature, run } = value;
  if (typeof run !== 'function' || typeof signature !== 'object' || signature === null) return false;
  return (
    'inputs' in signature &&
    Array.isArray(signature.inputs) &&
    'outputs' in signature &&
    Array.isArray(signature.outputs)
  );
}

function isDeclaredTensor(value: unknown): value is DeclaredTensor {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('shape' in value)) return false;
  return typeof value.name === 'string' && Array.isArray(value.shape);
}

function checkedTensor(tensor: Tensor | undefined, name: string, launcher: string, file: string): Tensor {
  const refuse = (what: string): DatumError =>
    new DatumError(
      'model',
      `the launcher ${launcher} ${what} for ${file}: run() returns { data, shape } for every output.`,
      {
        file,
        option: 'launcher',
      },
    );
  if (tensor === undefined) throw refuse(`gave no output '${name}'`);
  const { data, shape } = tensor;
  if (!(data instanceof Float32Array)) throw refuse(`gave an output '${name}' whose data is no Float32Array`);
  if (!Array.isArray(shape) || data.length !== shape.reduce((product, size) => product * size, 1)) {
    throw refuse(`gave ${data.length} values of '${name}' in the shape [${String(shape)}]`);
  }
  return tensor;
}

/** Calls the author's code; what it throws is the user's to mend. */
async function trying<T>(
  launcher: string,
  { description }: LaunchOptions,
  does: string,
  call: () => T | Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof DatumError) throw cause;
    const reason = messageOf(cause).split('\n')[0]?.replace(/\.$/, '') ?? '';
    throw new DatumError('model', `the launcher ${launcher} failed where it ${does} ${description}: ${reason}.`, {
      cause,
      file: description,
      option: 'launcher',
    });
  }
}

/** The file of that path, or all files of the folder, in a fixed order; none where it is an address of something else. */
async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() === true) return [path];
  if (found?.isDirectory() !== true) return [];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
