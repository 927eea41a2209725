import {
  advantageOf,
  advantageScale,
  overallArea,
  shiftedCopies,
  wantsAdvantage,
  type Faithfulness,
  type JudgedScores,
} from '../../explain/faithfulness.js';
import { curveOf, fewCounts, type Curve } from '../../explain/metrics/curve.js';
import { orderBySaliency } from '../../explain/metrics/saliency-order.js';
import type { OpenModel } from '../../models/open-model.js';
import type { Answer } from '../answer.js';
import { Perturbation } from './perturbation.js';

/** What maps are judged with. */
export interface JudgingRuns {
  readonly model: OpenModel;
  readonly answer: Answer;
  /** Runs along the maps themselves. */
  readonly runs: Perturbation;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Judges whether maps are faithful. The one way to that verdict: of images, items of datasets, the live page, and maps of
 * any origin. Runs are a function of the maps and the scores alone.
 */
export class Judging {
  readonly #with: JudgingRuns;
  #forwards = 0;

  constructor(runs: JudgingRuns) {
    this.#with = runs;
  }

  /** Images that went through the model for shifted copies. */
  get forwards(): number {
    return this.#forwards;
  }

  /**
   * @param target index among the targets of the runs
   * @param map over the area that the model saw
   * @param spent runs that were made for the judgement already: of curves that nobody else asked for
   */
  async judge(target: number, map: Float32Array, scores: JudgedScores, spent: number): Promise<Faithfulness> {
    const { runs } = this.#with;
    const counts = fewCounts(runs.pixels);
    const before = runs.forwards;
    const scale = advantageScale(scores);
    const oa = areaOf(await curvesOf(runs, target, counts));
    const known = { rho: scores.rho, oa, scale };
    const curveRuns = spent + runs.forwards - before;
    if (!wantsAdvantage(scores.rho, oa, scale)) return { advantage: null, ...known, runs: curveRuns };
    const shifted = await this.#shiftedAreas(target, map, counts);
    return {
      advantage: advantageOf(oa, shifted, scale),
      ...known,
      runs: curveRuns + shifted.length * runsOfCurves(counts),
    };
  }

  async #shiftedAreas(target: number, map: Float32Array, counts: readonly number[]): Promise<number[]> {
    const { model, answer, runs, signal } = this.#with;
    const { width, height } = answer.scene.placement.area;
    const orders = shiftedCopies(map, height, width).map(orderBySaliency);
    const along = new Perturbation(model, answer, runs.targets, orders, signal, runs);
    const areas = await Promise.all(
      orders.map(async (_, order) => areaOf(await curvesOf(along, target, counts, order))),
    );
    this.#forwards += along.forwards;
    return areas;
  }
}

/** Runs of two curves: all kept and all removed are the same for all maps. */
export function runsOfCurves(counts: readonly number[]): number {
  return 2 * (counts.length - 2);
}

/** The curves of a target at numbers of pixels, in the order of its own map or of another. */
export async function curvesOf(
  runs: Perturbation,
  target: number,
  counts: readonly number[],
  order = target,
): Promise<{ readonly deletion: Curve; readonly insertion: Curve }> {
  const [deletion, insertion] = await Promise.all([
    runs.at(target, 'delete', counts, order),
    runs.at(target, 'insert', counts, order),
  ]);
  return {
    deletion: curveOf(counts, runs.pixels, deletion.scores),
    insertion: curveOf(counts, runs.pixels, insertion.scores),
  };
}

function areaOf({ deletion, insertion }: Awaited<ReturnType<typeof curvesOf>>): number {
  return overallArea(deletion, insertion);
}
