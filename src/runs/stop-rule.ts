import type { Analysis } from '../explain/rise/analysis.js';
import type { RiseOptions } from '../explain/rise/options.js';
import type { ScoreTable } from '../explain/rise/scores.js';
import { isReliable, nextCheckpoint } from '../explain/rise/stopping.js';
import type { Stopped } from './explanation.js';

/**
 * When a run ends: at the reliability asked for, looked at after fixed numbers of masks, so that the end does not
 * depend on how the work was cut; at the most masks; or when the time is up.
 */
export class StopRule {
  readonly #options: Pick<RiseOptions, 'stopAt' | 'maxSamples' | 'timeBudget'>;
  readonly #started: number;
  readonly #analyse: (scores: ScoreTable) => Analysis;
  readonly #auxiliary: ReadonlySet<number>;
  #checkpoint = nextCheckpoint(0);

  /**
   * @param started moment from which the time budget counts, as of `performance.now()`.
   * @param auxiliary indices of targets whose reliability is not waited for
   */
  constructor(
    options: Pick<RiseOptions, 'stopAt' | 'maxSamples' | 'timeBudget'>,
    started: number,
    analyse: (scores: ScoreTable) => Analysis,
    auxiliary: ReadonlySet<number> = new Set(),
  ) {
    this.#options = options;
    this.#started = started;
    this.#analyse = analyse;
    this.#auxiliary = auxiliary;
  }

  /**
   * Adds scores as far as the rule lets them in.
   *
   * @param chunk `[masks, targets]`
   * @returns why the run ends here, or null where it goes on; scores behind the end are dropped.
   */
  append(scores: ScoreTable, chunk: Float32Array): Stopped | null {
    const { stopAt, maxSamples, timeBudget } = this.#options;
    let from = 0;
    while (from < chunk.length) {
      const room = stopAt === 'off' ? Infinity : (this.#checkpoint - scores.count) * scores.targets;
      const part = chunk.subarray(from, Math.min(chunk.length, from + room));
      scores.append(part);
      from += part.length;
      if (stopAt !== 'off' && scores.count === this.#checkpoint) {
        this.#checkpoint = nextCheckpoint(scores.count);
        if (isReliable(this.#analyse(scores), stopAt, this.#auxiliary)) return 'reliability';
      }
    }
    if (scores.count >= maxSamples) return 'max-samples';
    const over = timeBudget !== undefined && performance.now() - this.#started >= timeBudget * 1000;
    return over ? 'time-budget' : null;
  }
}
