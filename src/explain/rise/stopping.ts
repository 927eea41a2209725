import type { Verdict } from '../verdict.js';
import type { MaskField } from './mask-field.js';

/** Fewest masks after which a run may stop. */
const FIRST_CHECKPOINT = 64;
/** A target whose scores look like noise may hold a run up until so many times the first checkpoint. */
const PATIENCE = 4;

/** What the rule asks of an analysis. */
export interface Progress {
  readonly targets: number;
  verdict(target: number): Verdict;
  reliability(target: number): number;
}

/**
 * The numbers of masks at which a run asks whether to stop: 64, 96, 128, 192, 256, 384 and so on, from the first that
 * is no less than the grid's cells. Each is at least a third more than the one before, so that a run has few chances
 * to stop by luck, and analysing costs little beside masked runs. They depend on nothing but the masks, so a run stops
 * at the same one whatever its threads and batches.
 */
export function* checkpoints(field: MaskField): Generator<number, never, void> {
  const first = firstCheckpoint(field);
  for (let power = FIRST_CHECKPOINT; ; power *= 2) {
    if (power >= first) yield power;
    if (power * 1.5 >= first) yield power * 1.5;
  }
}

/**
 * Whether to stop: every target whose map is `ok` has the reliability asked for, and there is one. A target that still
 * looks like noise may only lack runs, and holds the run up for a while; `lost` ones are not waited for.
 *
 * Reliability has been calibrated with this rule in use (docs/method.md).
 *
 * @param samples number of masks that the analysis rests on
 * @param level expected correlation with the converged map, 0..1
 */
export function isConverged(progress: Progress, field: MaskField, samples: number, level: number): boolean {
  let converged = 0;
  for (let target = 0; target < progress.targets; target++) {
    const verdict = progress.verdict(target);
    if (verdict === 'lost') continue;
    if (verdict === 'noise') {
      if (samples < PATIENCE * firstCheckpoint(field)) return false;
      continue;
    }
    if (progress.reliability(target) < level) return false;
    converged++;
  }
  return converged > 0;
}

function firstCheckpoint({ y, x }: MaskField): number {
  const cells = Math.ceil(y.pixels / y.offsets) * Math.ceil(x.pixels / x.offsets);
  return Math.max(FIRST_CHECKPOINT, cells);
}
