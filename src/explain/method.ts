import type { z } from 'zod';
import type { Belief } from './belief.js';
import type { Note } from './note.js';
import { DatumError, option } from '../errors.js';
import type { RgbImage } from '../image/types.js';
import { checkOptions } from './check-options.js';
import type { Drawing } from './drawing.js';
import { commonOptionsSchema, type CheckedOptions, type CommonOptions, type Fill } from './options.js';
import type { ScoreTable } from './rise/scores.js';
import type { Verdict } from './verdict.js';

/** The part of the model's input that shows the image, in pixels: what masks cover. */
export interface MaskedArea {
  readonly width: number;
  readonly height: number;
}

/** Every option of an explanation, resolved: the common ones and the method's own. */
export type MethodOptions = CommonOptions & Readonly<Record<string, unknown>>;

/** What a model does, as far as masks depend on it; `either` where only its answers tell. */
export type MaskedTask = 'classification' | 'detection' | 'either';

/** Common options that not every method has a meaning for: how many masks there are, which, and when there are enough. */
export type Renounceable = 'maxSamples' | 'stopAt' | 'timeBudget' | 'seed';

/** The options that mean something to the method, as results hold them. */
export type RecordedOptions = Omit<CommonOptions, Renounceable> & Readonly<Record<string, unknown>>;

/**
 * A way to explain: which masks are scored, and how a table of scores becomes maps. Some are built in (`methods.ts`);
 * callers may bring their own as a value.
 */
export interface Method<Own extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** Its own options, beside the common ones (`options.ts`). */
  readonly options: Own;
  /** What stands where its masks hide the image, where nobody says; zero where absent. */
  readonly fill?: Fill | undefined;
  /** Common options that mean nothing to it: they are refused where they are given, and results do not hold them. */
  readonly without?: readonly Renounceable[] | undefined;
  /**
   * What options mean together, after each was checked.
   *
   * @param given as the caller wrote them
   * @param task of the model that is explained
   * @throws DatumError (`usage`) for options that contradict each other.
   */
  resolve?(options: MethodOptions, given: Readonly<Record<string, unknown>>, task: MaskedTask): MethodOptions;
  /**
   * The masks of one explanation, and what is made of their scores.
   *
   * @param image what the area shows, at its size: for masks that follow what is seen
   */
  plan(area: MaskedArea, options: MethodOptions, image: RgbImage): Design;
}

/** The masks of one explanation. */
export interface Design {
  /** Masks that are scored at most. */
  readonly most: number;
  /**
   * Writes mask `index` to `out`, `[height, width]`: 1 where the image is kept, 0 where it is hidden. A function of the
   * index alone, so that results do not depend on threads and batches.
   */
  draw(index: number, out: Float32Array): void;
  /** By which worker threads draw the same masks themselves; null where masks are drawn in the main thread alone. */
  readonly sampler: Drawing | null;
  /** Whether scores of other classes of a target's softmax help to estimate its map. */
  readonly wantsRivals: boolean;
  /** What the user should know of the masks. */
  readonly notes: readonly Note[];
  /** What the scores of masks 0..count-1 say; a pure function, cheap beside the masked runs that they come from. */
  estimate(table: ScoreTable, context: TableContext): Estimates;
  /**
   * Whether the maps are as reliable as asked for, so that the run may end.
   *
   * @param threshold expected correlation with the map of endless runs, 0..1
   * @param auxiliary indices of targets that are never waited for
   */
  isSettled(estimates: Estimates, threshold: number, auxiliary: ReadonlySet<number>): boolean;
  /** The first number of masks above `samples` at which to ask that: fixed numbers, so that ends do not depend on time. */
  nextCheckpoint(samples: number): number;
}

/** What is known of the columns of a table of scores. */
export interface TableContext {
  /**
   * Scores on the whole image, `[columns]`: whether a target is lost under masks is measured against it. Where it is
   * smaller, against the largest score of a masked run.
   */
  readonly baseline: ArrayLike<number>;
  /**
   * For each target, the columns of the table with other classes of its softmax (none where it is not a class of one).
   * Targets are the first columns, as many as there are entries.
   */
  readonly rivals: readonly (readonly number[])[];
}

/** What a table of scores says of each target. Maps are over the masked area, `[height, width]`, in score units. */
export interface Estimates {
  /** Masks that they rest on. */
  readonly samples: number;
  readonly targets: number;
  /** The saliency map: what a pixel adds to the score when it is kept. */
  map(target: number): Float32Array;
  /** Standard error of the map at every pixel; null where the method knows none. */
  standardError(target: number): Float32Array | null;
  /** Pixels whose effect differs from zero beyond doubt, 0 or 1; null where the method does not tell. */
  significant(target: number): Uint8Array | null;
  /** Expected correlation of the map with the one that endless masked runs would give, 0..1; null where unknown. */
  reliability(target: number): number | null;
  verdict(target: number): Verdict;
  /**
   * How well a sum over the image predicts scores of masks that it was not made from, as a rank correlation: a low one asks
   * for a closer look at whether the map explains the score (faithfulness.ts). Null or absent where the method does not
   * tell; the closer look is taken then.
   */
  heldOutCorrelation?(target: number): number | null;
  /** Quantiles of the score over the masked runs. */
  belief(target: number): Belief;
}

/**
 * Where the decision between two classes falls: saliency of the first minus that of the second, in score units. Positive
 * pixels speak for the first, negative ones for the second.
 */
export function contrastMap(first: Float32Array, second: Float32Array): Float32Array {
  return first.map((value, i) => value - second[i]!);
}

/**
 * Checks the options of an explanation and fills in what was left out.
 *
 * @param task of the model that is explained
 * @throws DatumError (`usage`) naming the option that is not valid, or two that contradict each other.
 */
export function resolveOptions(
  method: Method,
  given: Readonly<Record<string, unknown>>,
  task: MaskedTask = 'either',
): MethodOptions {
  const schema = commonOptionsSchema.extend(method.options.shape);
  const useless = method.without?.find((name) => given[name] !== undefined);
  if (useless !== undefined) {
    throw new DatumError('usage', `${option(useless)} means nothing to the method ${method.name}: leave it out.`);
  }
  const checked = { ...commonOptionsOf(given), ...checkOptions(schema, given) };
  const options: MethodOptions = { ...checked, fill: checked.fill ?? method.fill ?? 'zero' };
  return method.resolve?.(options, given, task) ?? options;
}

/** Options as the method takes them, where the seed is that of a sample of a dataset too: methods without chance leave it out. */
export function withoutSampleSeed(
  { without = [] }: Pick<Method, 'without'>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return without.includes('seed') ? { ...given, seed: undefined } : given;
}

/** What results hold of resolved options. */
export function recordedOptions({ without = [] }: Pick<Method, 'without'>, options: MethodOptions): RecordedOptions {
  const recorded: RecordedOptions = { ...options };
  for (const name of without) Reflect.deleteProperty(recorded, name);
  return recorded;
}

/** The common options alone, for their types: the whole schema's are those of a record. */
function commonOptionsOf(given: Readonly<Record<string, unknown>>): CheckedOptions {
  const names = Object.keys(commonOptionsSchema.shape);
  return checkOptions(
    commonOptionsSchema,
    Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))),
  );
}
