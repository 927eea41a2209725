import { z } from 'zod';
import { DatumError, messageOf } from '../errors.js';
import { checkOptions } from '../explain/check-options.js';
import { preprocessingOf } from '../interpreters/contract/preprocessing.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import {
  interpreterOption,
  ownInterpreter,
  type InterpreterPlugin,
  type ReadOutputs,
} from '../interpreters/script/own.js';
import type { Signature } from '../launchers/types.js';
import { modelConfigSchema } from './config.js';
import type { InputSpec } from './input.js';
import type { OpenModel } from './open-model.js';
import type { Batch, Outputs, Runtime } from './runtime.js';
import { checkedOutputs } from './function-outputs.js';
import { createScene } from './scene.js';
import { Feeder } from './scoring/batch-scorer.js';
import { WholeSource } from './scoring/whole-source.js';
import { sampleRun } from './sample-run.js';
import { settleModel, type TryOut } from './settle.js';
import { plainImage } from '../image/index.js';

/** What a function takes: how an image becomes its input. */
export interface FunctionInput extends Partial<Omit<Preprocessing, 'layout' | 'mean' | 'std'>> {
  /** One number, or one a channel; 0 where absent. */
  readonly mean?: number | readonly number[] | undefined;
  /** One number, or one a channel; 1 where absent. */
  readonly std?: number | readonly number[] | undefined;
  readonly width: number;
  readonly height: number;
  /** 3 where absent. */
  readonly channels?: 1 | 3 | undefined;
  /** `nchw` where absent. */
  readonly layout?: 'nchw' | 'nhwc' | undefined;
  /** Images a call; any number where absent. */
  readonly batch?: number | undefined;
}

/** A model that is a function of the caller's. */
export interface FunctionModelOptions {
  readonly input: FunctionInput;
  /**
   * Answers a batch, at once or later.
   *
   * @param data `[N, C, H, W]` or `[N, H, W, C]`, normalized; with `takes: 'pixels'` `[N, H, W, C]` in 0..255. It is
   *   written again for the next call.
   * @param signal aborts when nobody waits for the answer any more
   * @returns outputs by name
   */
  readonly run: (data: Float32Array, shape: readonly number[], signal?: AbortSignal) => Outputs | Promise<Outputs>;
  /** What the function wants: `tensors` where absent. */
  readonly takes?: 'tensors' | 'pixels' | undefined;
  /** Names of the classes. */
  readonly labels?: readonly string[] | undefined;
  /** Name of a built-in interpreter, path of a module, a family, or a function that reads the outputs; inferred where absent. */
  readonly interpreter?: string | InterpreterPlugin | ReadOutputs | undefined;
  /** What reports call it. */
  readonly name?: string | undefined;
  /** What makes it the same model again, for runs that go on. */
  readonly identity?: string | undefined;
  /** Calls that may be under way at once; 1 where absent. */
  readonly lanes?: number | undefined;
}

const LONGEST_SIDE = 16_384;
const side = z.number().int().min(1).max(LONGEST_SIDE);
/** One number, or one a channel. */
const perChannel = z
  .union([z.number(), z.array(z.number()).min(1).max(3)])
  .transform((value) => (typeof value === 'number' ? [value] : value));
const isFunction = (value: unknown): boolean => typeof value === 'function';

/** What is checked of options, which callers in plain JavaScript may get wrong. */
const optionsSchema = z.strictObject({
  input: z.strictObject({
    width: side,
    height: side,
    channels: z.union([z.literal(1), z.literal(3)]).optional(),
    batch: z.number().int().min(1).optional(),
    color: modelConfigSchema.shape.color,
    layout: modelConfigSchema.shape.layout,
    resize: modelConfigSchema.shape.resize,
    scale: z.number().optional(),
    pad: z.number().min(0).max(255).optional(),
    mean: perChannel.optional(),
    std: perChannel.refine((values) => !values.includes(0), 'must not be 0').optional(),
  }),
  run: z.custom<FunctionModelOptions['run']>(isFunction, 'must be a function'),
  takes: z.enum(['tensors', 'pixels']).optional(),
  labels: z.array(z.string()).optional(),
  interpreter: interpreterOption.optional(),
  name: z.string().min(1).optional(),
  identity: z.string().min(1).optional(),
  lanes: z.number().int().min(1).max(1024).optional(),
});

/** The name that the input of a function has. */
const INPUT = 'image';

/**
 * A model out of a function. The function is called in this thread, once to see its outputs, and then as often as masks
 * are scored.
 *
 * @throws DatumError (`model`, `interpreter`) where it fails, or where its outputs cannot be read; `usage` for options that
 *   make no sense.
 */
export async function functionModel(given: FunctionModelOptions): Promise<OpenModel> {
  const options = checkOptions(optionsSchema, given);
  const { interpreter, labels = null, name = 'function' } = options;
  const input = inputOf(options.input);
  const preprocessing = preprocessingOfInput(options.input, input);
  const runtime = functionRuntime(options, await signatureOf(options, input, preprocessing));
  const { color, mean, std, scale, resize, pad, layout } = preprocessing;
  const named = interpreter === undefined || typeof interpreter === 'string';
  const config = modelConfigSchema.parse({
    launcher: 'function',
    description: name,
    interpreter: named ? interpreter : undefined,
    color,
    scale,
    resize,
    layout,
    mean: [...mean],
    std: [...std],
    pad: resize.startsWith('letterbox') ? pad : undefined,
    inputSize: { width: input.width, height: input.height },
  });
  const tryOut: TryOut = (guess) => sampleRun(config, runtime, null, guess);
  return settleModel(config, runtime, tryOut, {
    name,
    labels,
    engine: null,
    interpreter: named ? null : ownInterpreter(interpreter),
  });
}

type CheckedOptions = z.output<typeof optionsSchema>;

function inputOf({ width, height, channels = 3, layout = 'nchw', batch }: CheckedOptions['input']): InputSpec {
  return { name: INPUT, layout, channels, width, height, batch: batch ?? null, rank: 4 };
}

function preprocessingOfInput(given: CheckedOptions['input'], { layout, channels }: InputSpec): Preprocessing {
  const { color, mean, std, scale, resize, pad } = preprocessingOf({});
  return {
    color: given.color ?? (channels === 1 ? 'gray' : color),
    mean: given.mean ?? mean,
    std: given.std ?? std,
    scale: given.scale ?? scale,
    resize: given.resize ?? resize,
    pad: given.pad ?? pad,
    layout,
  };
}

function functionRuntime(options: CheckedOptions, signature: Signature): Runtime {
  const { takes = 'tensors', lanes = 1, name = 'function' } = options;
  const layouts = new Map<string, string>();
  return {
    signature,
    identity: options.identity ?? name,
    engine: 'function',
    takes,
    lanes,
    run: (batch, signal) => answer(options, layouts, batch, signal),
    close: () => Promise.resolve(),
  };
}

async function answer(
  { run, takes, name }: CheckedOptions,
  layouts: Map<string, string>,
  batch: Batch,
  signal?: AbortSignal,
): Promise<Outputs> {
  const called = name === undefined ? 'the function' : `the function ${name}`;
  const tensor = takes === 'pixels' ? batch.pixels() : batch.tensors()[INPUT];
  if (tensor === undefined) throw new Error(`there is no input '${INPUT}'`);
  let answered: unknown;
  try {
    answered = await run(tensor.data, tensor.shape, signal);
  } catch (cause) {
    if (cause instanceof DatumError) throw cause;
    throw new DatumError('model', `${called} failed: ${messageOf(cause)}.`, { cause });
  }
  return checkedOutputs(called, answered, layouts);
}

/** What the function's outputs are, found out by calling it. */
async function signatureOf(
  options: CheckedOptions,
  input: InputSpec,
  preprocessing: Preprocessing,
): Promise<Signature> {
  const { width, height, channels, layout, batch } = input;
  const wantsPixels = options.takes === 'pixels';
  const settings = { input, preprocessing, custom: null, wantsPixels, fill: 'zero' } as const;
  const scene = await createScene(plainImage(width, height, [128, 128, 128]), settings);
  const count = batch ?? 1;
  const feeder = new Feeder(scene, input, { decode: () => [] }, new WholeSource(scene, input, count), count);
  const outputs = await answer(options, new Map(), feeder.batch(count, count));
  const first = batch ?? 'N';
  return {
    inputs: [
      {
        name: INPUT,
        type: 'float32',
        shape: layout === 'nchw' ? [first, channels, height, width] : [first, height, width, channels],
      },
    ],
    outputs: Object.entries(outputs).map(([name, { shape }]) => ({
      name,
      type: 'float32',
      shape: shape[0] === count ? [first, ...shape.slice(1)] : [...shape],
    })),
    metadata: {},
  };
}
