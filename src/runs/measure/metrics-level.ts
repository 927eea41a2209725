import { curveCounts, fewCounts } from '../../explain/metrics/curve.js';

/**
 * How much is measured:
 *
 * - `none`: nothing that needs more runs of the model;
 * - `fast`: curves at nine shares of the pixels and boundaries to a 256th part of the image or so; together no more runs
 *   than the explanation took;
 * - `full`: the curves of the original code, with a step of one row of the input, and boundaries to the pixel.
 *
 * With both it is judged whether maps are faithful (explain/faithfulness.ts), which is counted apart.
 */
export const METRICS_LEVELS = ['none', 'fast', 'full'] as const;
export type MetricsLevel = (typeof METRICS_LEVELS)[number];

/** How finely a target is measured, in pixels. */
export interface MetricsPlan {
  /** Numbers of pixels at which the curves are measured. */
  readonly counts: readonly number[];
  /** Pixels to which boundaries are narrowed down. */
  readonly precision: number;
  /** How many of the targets are measured, the first ones. */
  readonly targets: number;
}

/** Parts of the image that boundaries are narrowed down to, the finest first. */
const FAST_PARTS = [256, 64, 32];

/** Images that all targets share: all zero, all filled, all blurred. */
const SHARED = 3;

/** What of a target's runs depends on the model and on the options. */
export interface RunCosts {
  /** Tried at once in a boundary search. */
  readonly points: number;
  /** Whether removing pixels is deleting them, so that runs of the curve tell of the boundary too. */
  readonly fillIsZero: boolean;
}

/**
 * The finest plan whose runs stay within those of the explanation.
 *
 * @param targets number of targets that could be measured
 * @param samples masked runs of the explanation
 * @param pixels of the image's area
 */
export function fastPlan(targets: number, samples: number, pixels: number, costs: RunCosts): MetricsPlan | null {
  const budget = samples - SHARED;
  const counts = fewCounts(pixels);
  for (const parts of FAST_PARTS) {
    const affordable = Math.floor(budget / mostRuns(counts, pixels, parts, costs));
    const last = parts === FAST_PARTS.at(-1);
    if (affordable < targets && !(last && affordable > 0)) continue;
    return { counts, precision: Math.max(1, Math.floor(pixels / parts)), targets: Math.min(targets, affordable) };
  }
  return null;
}

/** The plan of the original code. */
export function fullPlan(targets: number, width: number, pixels: number): MetricsPlan {
  return { counts: curveCounts(pixels, width), precision: 1, targets };
}

/** Most runs that a target can take: two curves, and two searches of a number of rounds. */
function mostRuns(counts: readonly number[], pixels: number, parts: number, { points, fillIsZero }: RunCosts): number {
  const rounds = (share: number): number => Math.ceil(Math.log(share * parts) / Math.log(points + 1) - 1e-9);
  const within = counts.length - 2;
  const curves = 2 * within;
  const widest = Math.max(...counts.slice(1).map((count, i) => count - counts[i]!)) / pixels;
  // The boundary is first looked for at the steps of the curve.
  const removed = (rounds(widest) + 1) * points + (fillIsZero ? 0 : within);
  // What suffices is looked for at six shares first, of which the last step is the largest: from a half to all.
  return curves + removed + 6 + (rounds(1 / 2) + 1) * points;
}
