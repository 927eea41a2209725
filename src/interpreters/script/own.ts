import type { Prediction } from '../../annotations/index.js';
import { asError, DatumError, messageOf } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';
import { z } from 'zod';
import { extraInputs } from '../contract/extra-inputs.js';
import type { PreprocessingFacts } from '../contract/facts.js';
import { adaptPreprocessing, preprocessingOf } from '../contract/preprocessing.js';
import type {
  DecodedBatch,
  Decoder,
  DecoderContext,
  Evidence,
  InputSize,
  Interpreter,
  Preprocessing,
  Recognition,
} from '../contract/types.js';
import { classifierConvention } from '../contract/classifier-convention.js';
import { predictionsOf, type Answering, type Answers } from './answers.js';

type Outputs = Readonly<Record<string, Tensor>>;

/** What a function that reads outputs is told of their batch. */
export interface ReadBatch {
  /** Images in the batch. */
  readonly count: number;
  /** The images before normalisation, `[N, H, W, C]` in 0..255; computed when called. */
  readonly pixels: () => Tensor;
  /** Size of the model's input in pixels, in which boxes are given. */
  readonly input: InputSize;
  /** Names of the classes, where known. */
  readonly labels: readonly string[] | null;
}

/**
 * An interpreter that is a function: it reads the outputs of a batch, by name, and gives for each image an array of
 * `{ label, score, box? }`, at once or later.
 */
export type ReadOutputs = (outputs: Outputs, batch: ReadBatch) => Answers | Promise<Answers>;

/** A decoder of an author's: it may answer later, and in any of the forms of `Answers`. */
export interface PluginDecoder {
  /** Reads the outputs of a batch, by name: an answer for each of its images. */
  decode(outputs: Outputs, batch: DecodedBatch): Answers | Promise<Answers>;
  /** Values for inputs other than the image, by name. */
  extraInputs?(...batch: Parameters<NonNullable<Decoder['extraInputs']>>): Record<string, Tensor>;
}

/** An interpreter as its author writes it; what is left out has a default. The built-in families are of this form too. */
export interface InterpreterPlugin {
  readonly name: string;
  /** `either` where absent: its answers say. */
  readonly task?: Interpreter['task'] | undefined;
  /** True where the model has cut its boxes by its own NMS or top-k. */
  readonly truncated?: boolean | undefined;
  /** NMS IoU threshold for choosing the boxes to explain; null where the model has done it; 0.5 where absent. */
  readonly nms?: number | null | undefined;
  readonly usualSize?: InputSize | undefined;
  /** What differs from RGB in 0..1, stretched; by the model's own hints where absent. */
  preprocessing?(evidence: Evidence, options: Readonly<Record<string, unknown>>): Partial<Preprocessing>;
  /** Whether a model has this layout, and the options that follow for `create`. */
  recognise?(evidence: Evidence): (Partial<Recognition> & Pick<Recognition, 'confidence'>) | null;
  /** Makes what reads the outputs of one model. */
  create(context: DecoderContext): PluginDecoder;
}

/** Reads outputs at once or later. */
export interface OwnReader {
  decode(outputs: Outputs, batch: DecodedBatch): Prediction[] | Promise<Prediction[]>;
  /** What its answers so far had otherwise than they should, and how they were taken: sentences for the user. */
  forgiven?(): readonly string[];
  extraInputs?(...batch: Parameters<NonNullable<Decoder['extraInputs']>>): Record<string, Tensor>;
}

/** An image as it is, `[height, width, 3]` RGB. */
export interface WholeImage extends InputSize {
  readonly data: Uint8Array;
}

/** Which Python runs a script in Python, and how many seconds any script may take for an answer. */
export interface PythonOptions {
  readonly python?: string | undefined;
  readonly timeout?: number | undefined;
}

/** An interpreter of an author's own, with all that the house relies on. */
export interface OwnInterpreter extends Interpreter {
  /** Absolute path of its module, by which worker threads open it; null where it is a value of the caller's. */
  readonly path: string | null;
  /** How sentences name it: `the script /x.js`. */
  readonly called: string;
  /** Names of the classes, or null where it has none. */
  readonly categories: readonly string[] | null;
  /**
   * Its own preprocessing, or null where it has none: given the image at the input's size `[H, W, 3]`, RGB in 0..255,
   * returns it as the model wants it, `[H, W, C]` or `[C, H, W]` (a leading 1 is dropped). Masks are applied to the result.
   *
   * @throws DatumError (`interpreter`) where it throws or returns anything else.
   */
  readonly preprocess: ((image: Tensor) => Promise<Tensor>) | null;
  /**
   * Its own way from the image itself to the model's input, `[H, W, C]` or `[C, H, W]`, and what it learned of the image; absent
   * where it has none. Masks are applied to the result.
   */
  readonly prepare?: ((image: WholeImage) => Promise<{ readonly input: Tensor; readonly told: string | null }>) | null;
  /** How it is known what the model is fed with, where that is the interpreter's own convention. */
  readonly fed?: Pick<PreprocessingFacts, 'by' | 'source'>;
  /** How long an answer may take, and which Python reads it where it is a script in Python. */
  readonly python?: PythonOptions;
  /** Frees what it holds; harmless when repeated. */
  close?(): void;
  /** As `create`, for readers that may take their time. */
  open(context: DecoderContext): OwnReader;
}

/** What an own interpreter has beside the reading of outputs. */
export type OwnParts = Pick<OwnInterpreter, 'path' | 'called' | 'categories' | 'preprocess'>;

export function isReadFunction(value: unknown): value is ReadOutputs {
  return typeof value === 'function';
}

/** Whether a value has what a family must have. */
export function isInterpreterPlugin(value: unknown): value is InterpreterPlugin {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && typeof value.name === 'string' && 'create' in value && typeof value.create === 'function';
}

/** The option `interpreter` of a caller's: a name, the path of a module, or a value. */
export const interpreterOption = z.custom<string | InterpreterPlugin | ReadOutputs>(
  (value) => typeof value === 'string' || isReadFunction(value) || isInterpreterPlugin(value),
  'must be a name, the path of a module, a function, or a family { name, create }',
);

/** The interpreter that a caller gives as a value. */
export function ownInterpreter(given: InterpreterPlugin | ReadOutputs): OwnInterpreter {
  const parts = { path: null, categories: null, preprocess: null };
  if (isReadFunction(given)) {
    const name = given.name === '' ? 'function' : given.name;
    return functionInterpreter(given, name, { ...parts, called: `the function ${name}` });
  }
  return pluginInterpreter(given, { ...parts, called: `the interpreter ${given.name}` });
}

/** A function as an interpreter. */
export function functionInterpreter(read: ReadOutputs, name: string, parts: OwnParts): OwnInterpreter {
  const from = { called: parts.called, file: parts.path };
  return readingInterpreter(name, parts, (context) => {
    const { width, height } = context.input;
    return answersOf(from, parts, (outputs, { count, pixels }) =>
      read(outputs, { count, pixels, input: { width, height }, labels: context.labels }),
    );
  });
}

/** A family of an author's as an interpreter. */
export function pluginInterpreter(plugin: InterpreterPlugin, parts: OwnParts): OwnInterpreter {
  const from = { called: parts.called, file: parts.path };
  const { name, task = 'either', truncated = false, nms = 0.5, usualSize } = plugin;
  const open = (context: DecoderContext): OwnReader => {
    const decoder = plugin.create(context);
    return {
      extraInputs: (batch) =>
        decoder.extraInputs?.(batch) ?? extraInputs(context.signature, context.input, batch.count, batch.placement),
      ...answersOf(from, parts, (outputs, batch) => decoder.decode(outputs, batch)),
    };
  };
  return {
    ...parts,
    name,
    task,
    truncated,
    nms,
    ...(usualSize === undefined ? {} : { usualSize }),
    options: z.record(z.string(), z.unknown()),
    preprocessing: (evidence, options) =>
      plugin.preprocessing === undefined
        ? preprocessingByHints(evidence)
        : adaptPreprocessing(evidence, preprocessingOf(plugin.preprocessing(evidence, options)), task).preprocessing,
    recognise: (evidence) => {
      const found = plugin.recognise?.(evidence) ?? null;
      return found === null ? null : { reason: `${parts.called} recognises it`, options: {}, ...found };
    },
    open,
    create: (context) => atOnce(open(context), parts.called, parts.path),
  };
}

/** An interpreter that reads whatever it is given: a script's `processOutputs`, or a function. */
export function readingInterpreter(
  name: string,
  parts: OwnParts,
  openReader: (context: DecoderContext) => Pick<OwnReader, 'decode' | 'forgiven'>,
): OwnInterpreter {
  const { called, categories } = parts;
  const open = (context: DecoderContext): OwnReader => ({
    extraInputs: ({ count, placement }) => extraInputs(context.signature, context.input, count, placement),
    ...openReader(context),
  });
  return {
    ...parts,
    name,
    task: 'either',
    truncated: false,
    nms: 0.5,
    options: z.object({}),
    preprocessing: preprocessingByHints,
    recognise: () => ({
      confidence: 'certain',
      reason: `${called} reads the outputs`,
      options: {},
      ...(categories === null ? {} : { classes: { count: null, numbering: 'zero', names: categories } }),
    }),
    open,
    create: (context) => atOnce(open(context), called, parts.path),
  };
}

/**
 * What author's code answers, checked.
 *
 * @param answer is given the outputs and the batch; what it throws is the user's to mend.
 * @param timed calls what reads an answer, which may be as long as it likes and run code of its own when it is read.
 */
export function answersOf(
  from: Answering,
  { categories }: Pick<OwnParts, 'categories'>,
  answer: (outputs: Outputs, batch: DecodedBatch) => unknown,
  timed: <T>(work: () => T) => T = (work) => work(),
): Pick<OwnReader, 'decode'> {
  // The longest vector of class scores so far: answers may name other classes in every run.
  let classes = categories?.length ?? 0;
  const read = (answers: unknown, count: number): Prediction[] => {
    let predictions: Prediction[];
    try {
      predictions = timed(() => predictionsOf(from, answers, count, classes));
    } catch (cause) {
      throw failureOf(from, cause);
    }
    for (const { scores } of predictions) classes = Math.max(classes, scores?.length ?? 0);
    return predictions;
  };
  return {
    decode(outputs, batch) {
      let answers: unknown;
      let later: Promise<unknown> | null;
      try {
        answers = answer(outputs, batch);
        later = answers instanceof Promise ? answers : null;
      } catch (cause) {
        throw failureOf(from, cause);
      }
      if (later === null) return read(answers, batch.count);
      return later.then(
        (value: unknown) => read(value, batch.count),
        (cause: unknown) => {
          throw failureOf(from, cause);
        },
      );
    },
  };
}

function failureOf({ called, file }: Answering, cause: unknown): DatumError {
  const error = asError(cause);
  if (error instanceof DatumError) return error;
  const reason = messageOf(error).split('\n')[0]?.replace(/\.$/, '') ?? '';
  return new DatumError('interpreter', `${called} failed: ${reason}.`, { cause: error, file: file ?? undefined });
}

/** A decoder that must answer at once. */
function atOnce(reader: OwnReader, called: string, file: string | null): Decoder {
  return {
    extraInputs: (batch) => reader.extraInputs?.(batch) ?? {},
    decode(outputs, batch) {
      const predictions = reader.decode(outputs, batch);
      if (!(predictions instanceof Promise)) return predictions;
      predictions.catch(() => undefined);
      throw new DatumError('interpreter', `${called} answers later, where it must answer at once.`, {
        file: file ?? undefined,
      });
    },
  };
}

/** As the model itself says, and else as classifiers usually are fed. */
function preprocessingByHints(evidence: Evidence): Preprocessing {
  return adaptPreprocessing(evidence, classifierConvention(evidence).preprocessing, taskOf(evidence)).preprocessing;
}

/** Author's code does not say what it reads; one row of values an image is that of a classifier. */
function taskOf({ signature: { outputs } }: Evidence): Interpreter['task'] {
  const [only, ...others] = outputs;
  const row = only !== undefined && only.shape.length >= 2 && only.shape.slice(2).every((length) => length === 1);
  return row && others.length === 0 ? 'classification' : 'either';
}
