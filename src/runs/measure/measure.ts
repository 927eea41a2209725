import { doublingGrid, smallestCrossing } from '../../explain/boundary.js';
import { isFound, NOTHING } from '../../explain/decision.js';
import { curveCounts, curveOf } from '../../explain/metrics/curve.js';
import { orderBySaliency } from '../../explain/metrics/saliency-order.js';
import type { Boundary, TargetMetrics } from '../../explain/metrics/target-metrics.js';
import type { OpenModel } from '../../models/open-model.js';
import type { ExplainedTarget } from '../../results/explanation.js';
import type { Answer } from '../answer.js';
import { fastPlan, fullPlan, type MetricsLevel } from './metrics-level.js';
import { Perturbation } from './perturbation.js';

/** What of an explained target is measured. */
export type MeasurableTarget = Pick<ExplainedTarget, 'planned' | 'areaMap'>;

export interface Measurement {
  /** By target; null for those that were not measured. */
  readonly targets: readonly (TargetMetrics | null)[];
  /** Changed images that went through the model. */
  readonly forwards: number;
}

/**
 * Measures explained targets with runs in which their most salient pixels are changed: deletion and insertion curves,
 * and the decision boundary. With `fast`, boxes are measured before classes of a detector, and the first targets where
 * the runs do not suffice for all.
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
  const none = { targets: targets.map(() => null), forwards: 0 };
  if (level === 'none') return none;
  const { width, height } = answer.scene.placement.area;
  // A fixed batch costs the same whatever it holds.
  const points = model.info.input.batch ?? 1;
  // What is in one place comes first: a detector's class is that of its best box.
  const boxes = targets.filter(({ planned }) => planned.box !== null);
  const eligible = level === 'full' || boxes.length === 0 ? targets : boxes;
  const plan =
    level === 'full' ? fullPlan(eligible.length, width) : fastPlan(eligible.length, samples, width * height, points);
  if (plan === null || eligible.length === 0) return none;
  const chosen = eligible.slice(0, plan.targets);
  const orders = chosen.map(({ areaMap }) => orderBySaliency(areaMap));
  const targetsOnly = chosen.map(({ planned }) => planned.target);
  const perturbation = new Perturbation(model, answer, targetsOnly, orders, signal);
  const metrics = await Promise.all(
    orders.map(async (order, i): Promise<TargetMetrics> => {
      const counts = curveCounts(perturbation.pixels, plan.step);
      const [deletion, insertion] = await Promise.all([
        perturbation.at(i, 'delete', counts),
        perturbation.at(i, 'insert', counts),
      ]);
      return {
        deletion: curveOf(counts, perturbation.pixels, deletion.scores),
        insertion: curveOf(counts, perturbation.pixels, insertion.scores),
        boundary: await findBoundary(perturbation, i, order, counts.slice(1), plan.precision, points),
      };
    }),
  );
  return {
    targets: targets.map((target) => metrics[chosen.indexOf(target)] ?? null),
    forwards: perturbation.forwards,
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
