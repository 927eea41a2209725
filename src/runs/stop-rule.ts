import type { Design, Estimates, MethodOptions } from '../explain/method.js';
import type { ScoreTable } from '../explain/rise/scores.js';
import type { Stopped } from '../results/explanation.js';

/**
 * When a run ends: at the reliability asked for, looked at after fixed numbers of masks, so that the end does not
 * depend on how the work was cut; at the most masks; or when the time is up.
 */
export class StopRule {
  readonly #options: Pick<MethodOptions, 'stopAt' | 'timeBudget'>;
  readonly #design: Design;
  readonly #started: number;
  readonly #estimate: (scores: ScoreTable) => Estimates;
  readonly #auxiliary: ReadonlySet<number>;
  #checkpoint: number;
  #reliability: number | null = null;

  /**
   * @param started moment from which the time budget counts, as of `performance.now()`.
   * @param auxiliary indices of targets whose reliability is not waited for
   */
  constructor(
    options: Pick<MethodOptions, 'stopAt' | 'timeBudget'>,
    design: Design,
    started: number,
    estimate: (scores: ScoreTable) => Estimates,
    auxiliary: ReadonlySet<number> = new Set(),
  ) {
    this.#options = options;
    this.#design = design;
    this.#started = started;
    this.#estimate = estimate;
    this.#auxiliary = auxiliary;
    this.#checkpoint = design.nextCheckpoint(0);
  }

  /** That of the least reliable target when it was last looked at, 0..1; null before, and where nobody asks for any. */
  get reliability(): number | null {
    return this.#reliability;
  }

  /**
   * Adds scores as far as the rule lets them in.
   *
   * @param chunk `[masks, targets]`
   * @returns why the run ends here, or null where it goes on; scores behind the end are dropped.
   */
  append(scores: ScoreTable, chunk: Float32Array): Stopped | null {
    const { stopAt, timeBudget } = this.#options;
    let from = 0;
    while (from < chunk.length) {
      const room = stopAt === 'off' ? Infinity : (this.#checkpoint - scores.count) * scores.targets;
      const part = chunk.subarray(from, Math.min(chunk.length, from + room));
      scores.append(part);
      from += part.length;
      if (stopAt !== 'off' && scores.count === this.#checkpoint) {
        this.#checkpoint = this.#design.nextCheckpoint(scores.count);
        const estimates = this.#estimate(scores);
        this.#reliability = this.#leastReliability(estimates);
        if (this.#design.isSettled(estimates, stopAt, this.#auxiliary)) return 'reliability';
      }
    }
    if (scores.count >= this.#design.most) return 'max-samples';
    const over = timeBudget !== undefined && performance.now() - this.#started >= timeBudget * 1000;
    return over ? 'time-budget' : null;
  }

  #leastReliability(estimates: Estimates): number | null {
    let least: number | null = null;
    for (let target = 0; target < estimates.targets; target++) {
      if (this.#auxiliary.has(target)) continue;
      const reliability = estimates.reliability(target);
      if (reliability !== null) least = Math.min(least ?? 1, reliability);
    }
    return least;
  }
}
