/**
 * How much is measured:
 *
 * - `none`: nothing that needs more runs of the model;
 * - `fast`: curves of a few steps and boundaries to a 256th part of the image or so; together no more runs than the
 *   explanation took;
 * - `full`: the curves of the original code, with a step of one row of the input, and boundaries to the pixel.
 */
export const METRICS_LEVELS = ['none', 'fast', 'full'] as const;
export type MetricsLevel = (typeof METRICS_LEVELS)[number];

/** How finely a target is measured, in pixels. */
export interface MetricsPlan {
  /** Pixels a step of the curves. */
  readonly step: number;
  /** Pixels to which boundaries are narrowed down. */
  readonly precision: number;
  /** How many of the targets are measured, the first ones. */
  readonly targets: number;
}

/** Steps of the curves, and parts of the image that boundaries are narrowed down to, the finest first. */
const FAST = [
  { steps: 16, parts: 256 },
  { steps: 8, parts: 64 },
  { steps: 4, parts: 32 },
];

/** Images that all targets share: all zero, all filled, all blurred. */
const SHARED = 3;

/**
 * The finest plan whose runs stay within those of the explanation.
 *
 * @param targets number of targets that could be measured
 * @param samples masked runs of the explanation
 * @param pixels of the image's area
 * @param points tried at once in a boundary search
 */
export function fastPlan(targets: number, samples: number, pixels: number, points: number): MetricsPlan | null {
  const budget = samples - SHARED;
  for (const { steps, parts } of FAST) {
    const cost = mostRuns(steps, parts, points);
    const affordable = Math.floor(budget / cost);
    const last = steps === FAST.at(-1)!.steps;
    if (affordable < targets && !(last && affordable > 0)) continue;
    return {
      step: Math.max(1, Math.ceil(pixels / steps)),
      precision: Math.max(1, Math.floor(pixels / parts)),
      targets: Math.min(targets, affordable),
    };
  }
  return null;
}

/** The plan of the original code. */
export function fullPlan(targets: number, width: number): MetricsPlan {
  return { step: width, precision: 1, targets };
}

/** Most runs that a target can take: two curves, and two searches of a number of rounds. */
function mostRuns(steps: number, parts: number, points: number): number {
  const rounds = (share: number): number => Math.ceil(Math.log(share * parts) / Math.log(points + 1) - 1e-9);
  const curves = 2 * (steps - 1);
  // What suffices is looked for at six shares first, of which the last step is the largest: from a half to all.
  return curves + (rounds(1 / steps) + 1) * points + 6 + (rounds(1 / 2) + 1) * points;
}
