import { z } from 'zod';
import { DatumError, messageOf } from '../errors.js';
import type { RgbImage } from '../image/types.js';
import { beliefOf } from './belief.js';
import type { Design, Estimates, MaskedArea, Method, MethodOptions, TableContext } from './method.js';
import type { Note } from './note.js';
import type { ScoreTable } from './rise/scores.js';

/** The masks of one explanation, as an author gives them; what is left out has a default. */
export interface DesignPlugin extends Pick<Design, 'most' | 'draw'>, Partial<Pick<Design, 'sampler' | 'wantsRivals'>> {
  /** What the scores of masks 0..count-1 say; for methods that know more than a map. */
  readonly estimate?: Design['estimate'];
  /** Whether the maps are as reliable as asked for, so that the run may end; never before the last mask where absent. */
  readonly isSettled?: Design['isSettled'];
  /** The first number of masks above `samples` at which to ask that. */
  readonly nextCheckpoint?: Design['nextCheckpoint'];
  /**
   * The saliency map of one target, `[height, width]` in score units. Where absent, and there is no `estimate`: the average
   * score of the masks that keep a pixel less that of the masks that hide it.
   *
   * @param scores of masks 0..count-1: fewer than `most` while the run goes on
   * @param baseline score on the whole image
   */
  map?(scores: Float64Array, baseline: number): Float32Array;
  /** What the user should know of the masks. */
  readonly notes?: readonly (Note | string)[] | undefined;
}

/** A method as its author writes it. The built-in ones are of this form too. */
export interface MethodPlugin<Own extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** What it does, for help. */
  readonly title?: string | undefined;
  /** Its own options: a `z.object` of zod 4, with a description each; none where absent. */
  readonly options?: Own | undefined;
  /** What stands where its masks hide the image, where nobody says; zero where absent. */
  readonly fill?: Method['fill'];
  /** Common options that mean nothing to it, and are refused: `seed`, `stopAt`... */
  readonly without?: Method['without'];
  /** What options mean together, after each was checked. */
  resolve?: Method['resolve'];
  /**
   * The masks of one explanation. The common options (`seed`, `maxSamples`...) are among the options.
   *
   * @param image what the area shows, at its size: for masks that follow what is seen
   */
  plan(area: MaskedArea, options: MethodOptions & z.output<Own>, image: RgbImage): DesignPlugin;
}

/** Whether a value has what a method must have. */
export function isMethodPlugin(value: object): value is MethodPlugin {
  return 'name' in value && typeof value.name === 'string' && 'plan' in value && typeof value.plan === 'function';
}

/** A method of an author's, with all that the house relies on: what was left out has its default, and maps are checked. */
export function completeMethod(plugin: MethodPlugin): Method {
  const { resolve } = plugin;
  return {
    name: plugin.name,
    options: schemaOf(plugin),
    without: plugin.without,
    fill: plugin.fill,
    ...(resolve === undefined ? {} : { resolve: (options, given, task) => resolve.call(plugin, options, given, task) }),
    plan: (area, options, image) =>
      completeDesign(
        plugin.name,
        trying(plugin.name, () => plugin.plan(area, options, image)),
        area,
      ),
  };
}

/** The schema may be of another copy of zod: it is known by its parts. */
function schemaOf({ name, options }: MethodPlugin): z.ZodObject {
  if (options === undefined) return z.strictObject({});
  if ('_zod' in options && typeof options.shape === 'object') return options;
  throw new DatumError('usage', `the options of the method ${name} are no z.object({ ... }) of zod 4.`, {
    option: 'method',
  });
}

function completeDesign(name: string, design: DesignPlugin, area: MaskedArea): Design {
  const refuse = (what: string): DatumError =>
    new DatumError('usage', `the method ${name} ${what}: plan() returns { most, draw(index, out) }.`, {
      option: 'method',
    });
  const { most, notes = [] } = design;
  if (!Number.isSafeInteger(most) || most < 1) throw refuse(`plans ${String(most)} masks`);
  if (typeof design.draw !== 'function') throw refuse('draws no masks');
  const draw: Design['draw'] = (index, out) => {
    trying(name, () => {
      design.draw(index, out);
    });
    const wrong = out.find((value) => !(value >= 0 && value <= 1));
    if (wrong !== undefined) throw refuse(`drew ${wrong} in mask ${index}, where 1 keeps a pixel and 0 hides it`);
  };
  const checked = (map: Float32Array): Float32Array => {
    if (!(map instanceof Float32Array) || map.length !== area.width * area.height || !map.every(Number.isFinite)) {
      throw refuse(`made a map that is no Float32Array of ${area.width} x ${area.height} finite numbers`);
    }
    return map;
  };
  return {
    most,
    draw,
    sampler: design.sampler ?? null,
    wantsRivals: design.wantsRivals ?? false,
    notes: notes.map((note) => (typeof note === 'string' ? { kind: 'text', sentence: note } : note)),
    estimate: (table, context) =>
      design.estimate === undefined
        ? estimatesByMap(table, context, (scores, baseline) =>
            design.map === undefined
              ? averageOfMasks({ draw }, area, scores)
              : checked(trying(name, () => design.map?.(scores, baseline) ?? new Float32Array())),
          )
        : design.estimate(table, context),
    isSettled: (estimates, threshold, auxiliary) => design.isSettled?.(estimates, threshold, auxiliary) ?? false,
    nextCheckpoint: (samples) => design.nextCheckpoint?.(samples) ?? Infinity,
  };
}

/** Estimates of which nothing is known but the maps. */
export function estimatesByMap(
  table: ScoreTable,
  { baseline, rivals }: TableContext,
  mapOf: (scores: Float64Array, baseline: number) => Float32Array,
): Estimates {
  const maps = new Map<number, Float32Array>();
  return {
    samples: table.count,
    targets: rivals.length,
    map(target) {
      const map = maps.get(target) ?? mapOf(table.column(target), baseline[target] ?? 0);
      maps.set(target, map);
      return map;
    },
    standardError: () => null,
    significant: () => null,
    reliability: () => null,
    verdict: () => 'ok',
    belief: (target) => beliefOf(table.column(target)),
  };
}

/**
 * What masks say of every pixel by themselves: the average score of those that keep it less that of those that hide it,
 * each as far as it does. Pixels that no mask keeps or none hides have 0.
 *
 * @param scores of masks 0..count-1
 */
export function averageOfMasks(
  { draw }: Pick<Design, 'draw'>,
  { width, height }: MaskedArea,
  scores: Float64Array,
): Float32Array {
  const size = width * height;
  const mask = new Float32Array(size);
  const [kept, keptWeight, hidden, hiddenWeight] = [0, 0, 0, 0].map(() => new Float64Array(size));
  for (const [index, score] of scores.entries()) {
    draw(index, mask);
    for (let i = 0; i < size; i++) {
      const share = mask[i]!;
      kept![i]! += share * score;
      keptWeight![i]! += share;
      hidden![i]! += (1 - share) * score;
      hiddenWeight![i]! += 1 - share;
    }
  }
  return Float32Array.from({ length: size }, (_, i) =>
    keptWeight![i]! > 0 && hiddenWeight![i]! > 0 ? kept![i]! / keptWeight![i]! - hidden![i]! / hiddenWeight![i]! : 0,
  );
}

/** Calls the author's code; what it throws is the user's to mend. */
function trying<T>(name: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof DatumError) throw cause;
    const reason = messageOf(cause).split('\n')[0]?.replace(/\.$/, '') ?? '';
    throw new DatumError('usage', `the method ${name} failed: ${reason}.`, { cause, option: 'method' });
  }
}
