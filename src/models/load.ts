import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { DatumError, option } from '../errors.js';
import type { RgbImage } from '../image/index.js';
import type { ScriptInterpreter } from '../interpreters/script/script.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import type { PreprocessingFacts } from '../interpreters/contract/facts.js';
import { usualInputSize } from '../interpreters/contract/usual-size.js';
import { launcherForFile, launcherNames, loadLauncher } from '../launchers/registry.js';
import type { PreparedModel } from '../launchers/types.js';
import { describeOptionError } from '../schema-issues.js';
import { chooseInterpreter } from './choose-interpreter.js';
import { modelConfigSchema, type ModelConfig } from './config.js';
import { resolveInput, type InputSpec } from './input.js';
import { readLabels } from './labels.js';
import { Model } from './model.js';
import { SessionPool } from './threads/pool.js';
import { threadRuntime } from './threads/runtime.js';
import { openDecoder } from './open-decoder.js';
import { sampleRun } from './sample-run.js';
import type { CustomPreprocess } from './scene.js';

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
export async function loadModel(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  const config = configOf(source);
  const launcher = await loadLauncher(config.launcher);
  const prepared = await launcher.prepare(checkedLaunchOptions(launcher.options, config));
  const pool = new SessionPool(prepared, options.workers ?? availableParallelism());
  try {
    return await unlessAborted(open(config, prepared, pool, options), options.signal);
  } catch (error) {
    await pool.close();
    throw error;
  }
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
): Promise<Model> {
  const signature = await pool.run({ type: 'signature' });
  const labels = config.labels === undefined ? null : await readLabels(config.labels);
  const run = sampleRun(config, signature, pool, options.image ?? null);
  const choice = await chooseInterpreter(config, signature, labels, run);
  const { interpreter, recognition, script } = choice;
  const input = resolveInput(
    signature,
    {
      layout: config.layout,
      size: config.inputSize,
      usualSize: usualInputSize(signature, interpreter) ?? undefined,
    },
    config.description,
  );
  const preprocessing = withChoices(choice.preprocessing, config, input, script);
  const decoder = {
    id: 0,
    interpreter: script === null ? { name: interpreter.name } : { script: script.path },
    input,
    context: {
      signature,
      input: { name: input.name, width: input.width, height: input.height, channels: input.channels },
      labels: choice.labels,
      options: recognition.options,
    },
  };
  const identity = await hashFiles(prepared.files);
  return new Model(
    {
      name: options.name ?? basename(config.description),
      path: config.description,
      sha256: identity,
      launcher: config.launcher,
      engine: prepared.engine,
      interpreter: interpreter.name,
      interpreterOptions: recognition.options,
      task: interpreter.task,
      signature,
      input,
      preprocessing,
      labels: choice.labels,
      facts: {
        ...choice.facts,
        preprocessing: preprocessingFacts(choice.facts.preprocessing, config, preprocessing, script),
        // The launcher fills this in where it has a choice of engines.
        engine: prepared.options.engine === undefined ? null : prepared.engine,
      },
      truncated: interpreter.truncated,
      nms: interpreter.nms,
    },
    threadRuntime(pool, { signature, identity, engine: prepared.engine }),
    { spec: decoder, open: () => openDecoder(decoder), wantsPixels: script !== null },
    script?.preprocess == null ? null : customPreprocess(script.preprocess, input),
  );
}

/** How the preprocessing is known, as the user's options leave it. */
function preprocessingFacts(
  inferred: PreprocessingFacts,
  { color, mean, std, scale, layout, resize, pad }: ModelConfig,
  preprocessing: Preprocessing,
  script: ScriptInterpreter | null,
): PreprocessingFacts {
  const options: Partial<Record<keyof Preprocessing, unknown>> = { color, mean, std, scale, layout, resize, pad };
  const facts = script === null || script.preprocess === null ? inferred : PREPARED_BY_SCRIPT;
  return {
    ...preprocessing,
    by: facts.by,
    source: facts.source,
    given: PARTS.filter((part) => options[part] !== undefined),
  };
}

const PARTS: readonly (keyof Preprocessing)[] = ['color', 'mean', 'std', 'scale', 'layout', 'resize', 'pad'];
const PREPARED_BY_SCRIPT = { by: 'given', source: 'the script prepares the image itself' } as const;

function withChoices(
  defaults: Preprocessing,
  config: ModelConfig,
  input: InputSpec,
  script: ScriptInterpreter | null,
): Preprocessing {
  const { color, mean, std, scale, resize, pad } = config;
  if (script !== null && script.preprocess !== null) {
    const [name] = Object.entries({ mean, std, scale }).find(([, value]) => value) ?? [];
    if (name !== undefined) {
      throw new DatumError(
        'usage',
        `${option(name)} has no effect: the script ${script.path} prepares the image itself, leave it out.`,
      );
    }
  }
  for (const [name, values] of Object.entries({ mean, std })) {
    if (values !== undefined && values.length !== 1 && values.length !== input.channels) {
      throw new DatumError(
        'usage',
        `${option(name)} takes one number, or ${input.channels} for this model's channels, not ${values.length}.`,
      );
    }
  }
  if (pad !== undefined && !(resize ?? defaults.resize).startsWith('letterbox')) {
    throw new DatumError(
      'usage',
      `${option('pad')} is for ${option('resize', 'letterbox')} and letterbox-top-left: leave it out.`,
    );
  }
  if (color !== undefined && color !== 'gray' && input.channels === 1) {
    throw new DatumError('usage', `${option('color')} cannot be ${color}: this model takes one channel, gray.`);
  }
  return {
    color: color ?? (input.channels === 1 ? 'gray' : defaults.color),
    mean: mean ?? defaults.mean,
    std: std ?? defaults.std,
    scale: scale ?? defaults.scale,
    layout: input.layout,
    resize: resize ?? defaults.resize,
    pad: pad ?? defaults.pad,
  };
}

function customPreprocess(
  preprocess: NonNullable<ScriptInterpreter['preprocess']>,
  input: InputSpec,
): CustomPreprocess {
  return async (pixels, width, height) => {
    const result = await preprocess({ data: pixels, shape: [height, width, 3] });
    return arrange(result, input);
  };
}

/** Brings `[H, W, C]` or `[C, H, W]` to the input's layout. */
function arrange(tensor: { data: Float32Array; shape: readonly number[] }, input: InputSpec): Float32Array {
  const { channels, height, width, layout } = input;
  const planar = tensor.shape[0] === channels && tensor.shape[1] === height && tensor.shape[2] === width;
  if (planar === (layout === 'nchw')) return tensor.data;
  const pixels = height * width;
  const out = new Float32Array(tensor.data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < pixels; i++) {
      if (layout === 'nchw') out[channel * pixels + i] = tensor.data[i * channels + channel]!;
      else out[i * channels + channel] = tensor.data[channel * pixels + i]!;
    }
  }
  return out;
}

async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
