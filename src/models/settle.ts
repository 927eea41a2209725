import { DatumError, option } from '../errors.js';
import type { RgbImage } from '../image/index.js';
import type { PreprocessingFacts } from '../interpreters/contract/facts.js';
import { modelInfoThresholds } from '../interpreters/contract/model-info.js';
import { normalisationGiven } from '../interpreters/contract/preprocessing.js';
import type { DecoderContext, Preprocessing } from '../interpreters/contract/types.js';
import type { SampleRun } from '../interpreters/infer/infer.js';
import { usualInputSize } from '../interpreters/contract/usual-size.js';
import type { OwnInterpreter } from '../interpreters/script/own.js';
import { chooseInterpreter, type Choice, type ChoiceOptions } from './choose-interpreter.js';
import type { ModelConfig } from './config.js';
import { resolveInput, type InputSpec } from './input.js';
import { OpenModel, type ModelReader } from './open-model.js';
import { openDecoder } from './open-decoder.js';
import type { ModelFacts } from './facts.js';
import type { PairRun } from './pair-run.js';
import { customOf, ownWay, placedAsPrepared, type OwnWay } from './own-way.js';
import type { Runtime } from './runtime.js';

/** What is known of a model beside its configuration and its runtime. */
export interface SettleOptions extends ChoiceOptions {
  readonly name: string;
  /** The engine that runs it, where there was a choice; else null. */
  readonly engine: string | null;
  /** The launcher, for reports; as the configuration names it where absent. */
  readonly launcher?: string | undefined;
  /** Files beside the model that seem to hold names of classes. */
  readonly beside?: readonly { readonly file: string; readonly names: number }[] | undefined;
  /** The image that the model is opened for, on which a preprocessing of its own is checked. */
  readonly image?: RgbImage | null | undefined;
}

/**
 * Settles how a model is fed and read, whatever runs it.
 *
 * @param tryOut runs the model once, where its shapes do not tell how its outputs are to be read
 * @throws DatumError (`model`, `interpreter`, `usage`)
 */
export async function settleModel(
  config: ModelConfig,
  runtime: Runtime,
  tryOut: TryOut,
  options: SettleOptions,
): Promise<OpenModel> {
  const { signature } = runtime;
  const tried: { pair?: PairRun | null } = {};
  const tryAndKeep: SampleRun = async (request) => {
    const shown = await tryOut(request);
    if (request.hidden !== true) tried.pair = shown.pair;
    return shown;
  };
  const choice = await chooseInterpreter(config, runtime, options, tryAndKeep);
  const { interpreter, recognition, own } = choice;
  const declared = resolveInput(
    signature,
    {
      layout: config.layout,
      size: config.inputSize,
      usualSize: usualInputSize({ signature, image: options.image ?? null }, interpreter) ?? undefined,
    },
    config.description,
  );
  const way = ownWay(own, runtime, config.description);
  const convention = await placedAsPrepared(choice.preprocessing, way, declared, options.image ?? null);
  const preprocessing = withChoices(convention, config, declared, way);
  // Small images are run many at once, and others where the user says so: whether the model takes them so is to be known.
  if (tried.pair === undefined && declared.batch === null) await tryAndKeep({ preprocessing, size: declared });
  const batch = batchFact(tried.pair ?? null, signature);
  const input = batch === null ? declared : { ...declared, batch: 1 };
  const context: DecoderContext = {
    signature,
    input: { name: input.name, width: input.width, height: input.height, channels: input.channels },
    labels: choice.labels,
    options: recognition.options,
  };
  return new OpenModel(
    {
      name: options.name,
      path: config.description,
      sha256: runtime.identity,
      launcher: options.launcher ?? config.launcher,
      engine: runtime.engine,
      interpreter: interpreter.name,
      interpreterOptions: recognition.options,
      task: interpreter.task,
      signature,
      input,
      preprocessing,
      inferredPreprocessing: choice.preprocessing,
      labels: choice.labels,
      facts: {
        ...choice.facts,
        preprocessing: preprocessingFacts(choice.facts.preprocessing, config, preprocessing, own, way),
        labels: withFileBeside(ofScript(choice.facts.labels, options, own), options.beside ?? []),
        thresholds: interpreter.task === 'detection' ? thresholdsOf(signature, interpreter.nms) : undefined,
        engine: options.engine,
        batch,
        size: sizeFact(signature, config, declared, options.image ?? null),
      },
      truncated: interpreter.truncated,
      nms: interpreter.nms,
    },
    runtime,
    readerOf(choice, context, input),
    customOf(way, input),
  );
}

/** What is not in a file cannot be opened in worker threads. */
function readerOf({ interpreter, own }: Choice, context: DecoderContext, input: InputSpec): ModelReader {
  if (own !== null) {
    const { path: script, python } = own;
    const spec = script === null ? null : { id: 0, interpreter: { script, python }, input, context };
    return { spec, open: () => Promise.resolve(own.open(context)), wantsPixels: true, close: () => own.close?.() };
  }
  const spec = { id: 0, interpreter: { name: interpreter.name }, input, context };
  return { spec, open: () => openDecoder(spec), wantsPixels: false };
}

/** A trial run, and what a run of two images showed. */
export type TryOut = (
  request: Parameters<SampleRun>[0],
) => Promise<Awaited<ReturnType<SampleRun>> & { readonly pair: PairRun | null }>;

/** Why a model that leaves its batch open is given one image a run; null where it takes any number. */
function batchFact(pair: PairRun | null, { metadata }: Runtime['signature']): ModelFacts['batch'] {
  if (pair === null) return null;
  if (!pair.takesTwo) return 'fails';
  if (pair.independent) return null;
  if (!pair.repeatable) return 'random';
  return metadata['datum.dynamicScales'] === 'true' ? 'quantized' : 'depends';
}

/** How the size is known, where it was found by trying. */
function sizeFact(
  { metadata }: Runtime['signature'],
  config: Pick<ModelConfig, 'inputSize'>,
  { width, height }: InputSpec,
  image: RgbImage | null,
): ModelFacts['size'] {
  const by = metadata['datum.sized'];
  if (config.inputSize !== undefined) return undefined;
  if (by === 'any') return { width, height, by: image === null ? 'any' : 'image' };
  return by === 'guess' || by === 'tried' ? { width, height, by } : undefined;
}

/** The model's own thresholds; undefined where it has none. That of NMS says nothing where the model has done it. */
function thresholdsOf({ metadata }: Runtime['signature'], nms: number | null): ModelFacts['thresholds'] {
  const { detConfThresh, nmsIouThresh } = modelInfoThresholds(metadata);
  const own = {
    ...(detConfThresh === undefined ? {} : { detConfThresh }),
    ...(nmsIouThresh === undefined || nms === null ? {} : { nmsIouThresh }),
  };
  return Object.keys(own).length === 0 ? undefined : own;
}

/** Names that nobody gave but the script itself are said to be its own. */
function ofScript(
  labels: ModelFacts['labels'],
  options: Pick<SettleOptions, 'labels'>,
  own: OwnInterpreter | null,
): ModelFacts['labels'] {
  return labels.by === 'given' && options.labels === null && own?.categories != null
    ? { ...labels, script: true }
    : labels;
}

/** Mentions a file of names where none are known: one that has as many as the model has classes. */
function withFileBeside(
  labels: ModelFacts['labels'],
  files: NonNullable<SettleOptions['beside']>,
): ModelFacts['labels'] {
  if (labels.by !== null) return labels;
  const { classes } = labels;
  const beside = files.find(({ names }) => classes === null || names === classes);
  return beside === undefined ? labels : { ...labels, beside };
}

/** How the preprocessing is known, as the user's options leave it. */
function preprocessingFacts(
  inferred: PreprocessingFacts,
  { color, mean, std, scale, layout, resize, pad }: ModelConfig,
  preprocessing: Preprocessing,
  own: OwnInterpreter | null,
  way: OwnWay | null,
): PreprocessingFacts {
  const options: Partial<Record<keyof Preprocessing, unknown>> = { color, mean, std, scale, layout, resize, pad };
  const group = Object.keys(normalisationGiven({ scale, mean, std })).length > 0 ? NORMALISATION : [];
  const facts = way === null ? (own?.fed ?? inferred) : preparedBy(way === own);
  return {
    ...preprocessing,
    by: facts.by,
    source: facts.source,
    given: PARTS.filter((part) => options[part] !== undefined),
    replaced: group.filter((part) => options[part] === undefined),
  };
}

const PARTS: readonly (keyof Preprocessing)[] = ['color', 'scale', 'mean', 'std', 'layout', 'resize', 'pad'];
const NORMALISATION = ['scale', 'mean', 'std'] as const;

function preparedBy(script: boolean): Pick<PreprocessingFacts, 'by' | 'source'> {
  const source = script
    ? 'the script prepares the image itself'
    : "what the model's own preprocess was found to do, which prepares the image";
  return { by: 'given', source };
}

function withChoices(
  defaults: Preprocessing,
  config: ModelConfig,
  input: InputSpec,
  way: OwnWay | null,
): Preprocessing {
  const { color, mean, std, scale, resize, pad } = config;
  if (way !== null) {
    // What is laid over a whole image's result must lie where the image does.
    const laid = way.prepare == null ? {} : { color, resize, pad };
    const [name] = Object.entries({ mean, std, scale, ...laid }).find(([, value]) => value !== undefined) ?? [];
    if (name !== undefined) {
      throw new DatumError(
        'usage',
        `${option(name)} has no effect: ${way.called} prepares the image itself, leave it out.`,
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
    ...defaults,
    ...normalisationGiven({ scale, mean, std }),
    color: color ?? (input.channels === 1 ? 'gray' : defaults.color),
    layout: input.layout,
    resize: resize ?? defaults.resize,
    pad: pad ?? defaults.pad,
  };
}
