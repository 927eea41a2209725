import { beliefOf, type Belief } from '../belief.js';
import { verdictOf, type Verdict } from '../verdict.js';
import { estimateMaps, type EstimatorName } from './estimators.js';
import { HeldOut } from './held-out.js';
import type { Estimates } from '../method.js';
import type { EstimateInput, MapEstimate } from './map-estimate.js';
import { NoiseTest } from './noise-test.js';
import { observe } from './observations.js';
import { Ridge } from './ridge.js';
import type { Sampler } from './sampler.js';
import type { ScoreTable } from './scores.js';
import { seenGrid, type SeenMasks } from './seen-masks.js';
import { significantPixels } from './significance.js';

export interface AnalysisOptions {
  /** How maps are made of what is observed. */
  readonly estimate: (input: EstimateInput) => MapEstimate;
  /**
   * Scores on the whole image, `[targets]`: whether a target is lost under masks is measured against it. Where it is
   * absent or smaller, against the largest score of a masked run.
   */
  readonly baseline?: ArrayLike<number> | undefined;
  /**
   * For each target that is analysed, the columns of the table with other classes of its softmax (none where it is not
   * a class of one). Targets are the first columns, as many as there are entries; all columns where this is absent.
   */
  readonly rivals?: readonly (readonly number[])[] | undefined;
}

/**
 * What the scores so far say of each target: a function of the masks and the table alone. Cheap beside the masked
 * runs it rests on (docs/research/fidelity.md), so a stopping rule may ask at every checkpoint. Nothing here is ever NaN: without
 * information maps and reliabilities are 0 and the verdict is `noise`.
 *
 * It speaks of the scores that the table had when it was made; make a new one after adding scores.
 */
export class Analysis implements Estimates {
  /** Number of masks that the analysis rests on. */
  readonly samples: number;
  readonly targets: number;
  readonly #places: number;
  readonly #columns: readonly Float64Array[];
  readonly #baseline: ArrayLike<number> | undefined;
  readonly #noise: NoiseTest;
  readonly #heldOut: HeldOut;
  readonly #estimateOnce: () => MapEstimate;
  #computed: MapEstimate | null = null;
  /** Of the target that was asked about last: several figures of a target rest on them. */
  #last: { readonly target: number; readonly errors: Float32Array; significant: Uint8Array | null } | null = null;

  readonly #maps = new Map<number, WeakRef<Float32Array>>();

  constructor(masks: SeenMasks, table: ScoreTable, { estimate, baseline, rivals }: AnalysisOptions) {
    const seen = masks.seen(table.count);
    const { parts: coarse } = seen;
    const all = Array.from({ length: table.targets }, (_, target) => table.column(target));
    const columns = rivals === undefined ? all : all.slice(0, rivals.length);
    const rivalColumns = columns.map((_, target) => (rivals?.[target] ?? []).map((column) => all[column]!));
    const observations = observe(
      {
        unit: masks.unit,
        size: coarse.size,
        addMeans: (index, out, start) => {
          seen.addMeans(index, out, start);
        },
      },
      columns,
    );
    this.samples = table.count;
    this.targets = columns.length;
    this.#places = masks.places;
    this.#columns = columns;
    this.#baseline = baseline;
    const ridge = new Ridge(observations.gram, observations.count, new Float64Array(coarse.size).fill(1));
    this.#noise = new NoiseTest(observations, ridge);
    this.#heldOut = new HeldOut(observations, coarse.size, masks.unit);
    this.#estimateOnce = () => estimate({ masks, columns, rivals: rivalColumns, coarse, observations, ridge });
  }

  /** Cells of the masks within the image. */
  get gridCells(): number {
    return this.#places;
  }

  /**
   * The saliency map over the masked area, `[height, width]`, in score units. Computed when it is asked for and kept
   * while there is room, so that a map for each of a thousand classes need not be held at once.
   */
  map(target: number): Float32Array {
    let map = this.#maps.get(target)?.deref();
    if (map === undefined) {
      map = this.#estimate().map(target);
      this.#maps.set(target, new WeakRef(map));
    }
    return map;
  }

  /** Standard error of the map at every pixel, `[height, width]`, in score units. */
  standardError(target: number): Float32Array {
    if (this.#last?.target !== target) {
      this.#last = { target, errors: this.#estimate().standardError(target), significant: null };
    }
    return this.#last.errors;
  }

  /** Mean of the standard error over the masked area. */
  meanStandardError(target: number): number {
    const errors = this.standardError(target);
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  }

  /**
   * Pixels whose effect on the score differs from zero beyond doubt, `[height, width]`, 0 or 1; see
   * significance.ts. For the paper's average the effect is the map less the mean score.
   */
  significant(target: number): Uint8Array {
    const errors = this.standardError(target);
    const last = this.#last!;
    if (last.significant === null) {
      const effect = this.#estimate().effect(target, this.map(target));
      last.significant = significantPixels(this.#places, effect, errors);
    }
    return last.significant;
  }

  /** Expected correlation of the map with the converged one, 0..1. */
  reliability(target: number): number {
    return this.#estimate().reliability(target);
  }

  verdict(target: number): Verdict {
    const column = this.#columns[target]!;
    const largest = column.reduce((most, score) => Math.max(most, score), 0);
    const reference = Math.max(largest, this.#baseline?.[target] ?? 0);
    return verdictOf({
      aboveChance: this.#noise.aboveChance(target),
      reliability: this.reliability(target),
      scores: column,
      reference,
      range: () => rangeOf(this.map(target)),
    });
  }

  /** How well a sum over the image predicts held-out scores, by rank; null where masks are too few. */
  heldOutCorrelation(target: number): number | null {
    return this.#heldOut.rankCorrelation(this.#columns[target]!);
  }

  /** Quantiles of the score over the masked runs. */
  belief(target: number): Belief {
    return beliefOf(this.#columns[target]!);
  }

  #estimate(): MapEstimate {
    this.#computed ??= this.#estimateOnce();
    return this.#computed;
  }
}

function rangeOf(map: Float32Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of map) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least;
}

/** How the masks of a sampler are analysed. */
export interface SamplerAnalysis extends Omit<AnalysisOptions, 'estimate'> {
  readonly estimator: EstimatorName;
}

/** Analyses the scores of masks 0..count-1 of a sampler. */
export function analyse(sampler: Sampler, table: ScoreTable, { estimator, ...options }: SamplerAnalysis): Analysis {
  return new Analysis(seenGrid(sampler), table, {
    ...options,
    estimate: (input) => estimateMaps(estimator, sampler, input),
  });
}
