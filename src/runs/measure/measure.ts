import { doublingGrid, smallestCrossing } from '../../explain/boundary.js';
import { isFound, NOTHING } from '../../explain/decision.js';
import type { Faithfulness, JudgedScores } from '../../explain/faithfulness.js';
import { fewCounts } from '../../explain/metrics/curve.js';
import { orderBySaliency } from '../../explain/metrics/saliency-order.js';
import type { Boundary, TargetMetrics } from '../../explain/metrics/target-metrics.js';
import type { OpenModel } from '../../models/open-model.js';
import type { ExplainedTarget } from '../../results/explanation.js';
import type { Answer } from '../answer.js';
import { curvesOf, Judging, runsOfCurves } from './judging.js';
import { fastPlan, fullPlan, type MetricsLevel } from './metrics-level.js';
import { Perturbation } from './perturbation.js';

/** What of an explained target is measured. */
export interface MeasurableTarget extends Pick<ExplainedTarget, 'planned' | 'areaMap'> {
  /** What is known of its scores, where it is to be judged whether the map is faithful; null where it is not. */
  readonly judged?: JudgedScores | null | undefined;
}

export interface Measurement {
  /** By target; null for those that were not measured. */
  readonly targets: readonly (TargetMetrics | null)[];
  /** By target; null for those that were not judged. */
  readonly faithfulness: readonly (Faithfulness | null)[];
  /** Changed images that went through the model for what was measured. */
  readonly forwards: number;
  /** Those that went through it to judge maps. */
  readonly judgingForwards: number;
}

/**
 * Measures explained targets with runs in which their most salient pixels are changed: deletion and insertion curves,
 * and the decision boundary. With `fast`, boxes are measured before classes of a detector, and the first targets where
 * the runs do not suffice for all; of others that are to be judged there are curves alone.
 *
 * @param targets with maps of this answer
 * @param samples masked runs of the explanation
 * @throws DatumError: `interrupted` when the signal aborts; `model`, `interpreter` when they fail.
 */
export async function measure(
  model: OpenModel,
  answer: Answer,
  targets: readonly MeasurableTarget[],
  { level, samples, signal }: { level: MetricsLevel; samples: number; signal?: AbortSignal | undefined },
): Promise<Measurement> {
  const none = { targets: targets.map(() => null), faithfulness: targets.map(() => null) };
  if (level === 'none') return { ...none, forwards: 0, judgingForwards: 0 };
  const { area } = answer.scene.placement;
  const pixels = area.width * area.height;
  // A fixed batch costs the same whatever it holds.
  const points = model.info.input.batch ?? 1;
  // What is in one place comes first: a detector's class is that of its best box.
  const boxes = targets.filter(({ planned }) => planned.box !== null);
  const eligible = level === 'full' || boxes.length === 0 ? targets : boxes;
  const costs = { points, fillIsZero: answer.scene.fill === null };
  const plan =
    level === 'full'
      ? fullPlan(eligible.length, area.width, pixels)
      : fastPlan(eligible.length, samples, pixels, costs);
  const chosen = eligible.slice(0, plan?.targets ?? 0);
  const others = targets.filter((target) => target.judged != null && !chosen.includes(target));
  const all = [...chosen, ...others];
  if (all.length === 0) return { ...none, forwards: 0, judgingForwards: 0 };
  const orders = all.map(({ areaMap }) => orderBySaliency(areaMap));
  const runs = new Perturbation(
    model,
    answer,
    all.map(({ planned }) => planned.target),
    orders,
    signal,
  );
  const measured = await Promise.all(
    chosen.map(async (_, i): Promise<TargetMetrics> => {
      const { counts, precision } = plan!;
      return {
        ...(await curvesOf(runs, i, counts)),
        boundary: await findBoundary(runs, i, orders[i]!, counts.slice(1), precision, points),
        searched: true,
      };
    }),
  );
  const forwards = runs.forwards;
  const few = fewCounts(pixels);
  const more = await Promise.all(
    others.map(async (_, i): Promise<TargetMetrics> => ({
      ...(await curvesOf(runs, chosen.length + i, few)),
      boundary: null,
      searched: false,
    })),
  );
  const judging = new Judging({ model, answer, runs, signal });
  const judged: (Faithfulness | null)[] = [];
  // One after the other: the orders of shifted copies take as much memory as the maps.
  for (const [i, { judged: scores, areaMap }] of all.entries()) {
    const spent = i < chosen.length ? 0 : runsOfCurves(few);
    judged.push(scores == null ? null : await judging.judge(i, areaMap, scores, spent));
  }
  const metrics = [...measured, ...more];
  return {
    targets: targets.map((target) => metrics[all.indexOf(target)] ?? null),
    faithfulness: targets.map((target) => judged[all.indexOf(target)] ?? null),
    forwards,
    judgingForwards: runs.forwards - forwards + judging.forwards,
  };
}

async function findBoundary(
  perturbation: Perturbation,
  index: number,
  order: Uint32Array,
  grid: readonly number[],
  precision: number,
  points: number,
): Promise<Boundary | null> {
  const { pixels, targets } = perturbation;
  const target = targets[index]!;
  if (!isFound(target, await perturbation.wholeDecision(index))) return null;
  const found = async (mode: 'remove' | 'keep', counts: readonly number[]): Promise<boolean[]> =>
    (await perturbation.at(index, mode, counts)).decisions.map((decision) => isFound(target, decision));
  const search = { pixels, precision, points };
  const removed = await smallestCrossing({
    ...search,
    grid,
    crossed: async (counts) => (await found('remove', counts)).map((still) => !still),
  });
  // With all pixels kept the target is found, so the search ends there at the latest.
  const sufficient = (await smallestCrossing({
    ...search,
    grid: [0, ...doublingGrid(pixels)],
    crossed: (counts) => found('keep', counts),
  })) ?? { count: pixels, below: 0 };
  const to = removed === null ? NOTHING : (await perturbation.at(index, 'remove', [removed.count])).decisions[0]!;
  const evidence = new Uint8Array(pixels);
  for (const pixel of order.subarray(0, sufficient.count)) evidence[pixel] = 1;
  return {
    removed: removed === null ? null : { share: removed.count / pixels, below: removed.below / pixels, to },
    sufficient: { share: sufficient.count / pixels, below: sufficient.below / pixels },
    evidence,
  };
}
