import type { Prediction } from '../annotations/index.js';
import { DatumError, option } from '../errors.js';
import type { TargetKind, TargetScorer } from './targets/kind.js';
import { kindOf } from './targets/kinds.js';
import { PredictionView, Scratch } from './targets/prediction-view.js';
import type { DecisionOptions, ScoringOptions, Target } from './targets/target.js';

/** Scores the predictions of masked runs for a fixed list of targets. */
export class Scorer {
  readonly #targets: readonly Target[];
  readonly #kinds: readonly TargetKind[];
  readonly #scorers: readonly TargetScorer[];
  readonly #scratch = new Scratch();

  /** @param kinds of a caller's own, beside those that are built in */
  constructor(targets: readonly Target[], options: ScoringOptions, kinds?: readonly TargetKind[]) {
    this.#targets = targets;
    this.#kinds = targets.map((target) => kindOf(target, kinds));
    this.#scorers = targets.map((target, i) => this.#kinds[i]!.scorer(target, options));
  }

  /**
   * Writes the score of every target to `out[offset + t]`.
   *
   * @throws DatumError (`model`) for a score that is not a finite number.
   */
  score(prediction: Prediction, out: Float32Array, offset: number): void {
    const view = new PredictionView(prediction, this.#scratch);
    for (const [index, scorer] of this.#scorers.entries()) {
      const score = scorer(view);
      if (!Number.isFinite(score)) {
        throw new DatumError(
          'model',
          `the model answers ${score} as a score under a mask: check its preprocessing (${option('mean')}, ${option('std')}, ${option('scale')}) and that its numbers do not overflow.`,
        );
      }
      out[offset + index] = score;
    }
  }

  /** The scores in one prediction, `[targets]`. */
  scoresOf(prediction: Prediction): Float32Array {
    const scores = new Float32Array(this.#scorers.length);
    this.score(prediction, scores, 0);
    return scores;
  }

  /**
   * What the model decides in each target's place, as the index of a class or NOTHING (decision.ts), `[targets]`. A
   * target is found while this is its own class; otherwise the prediction has flipped, to this.
   */
  decisionsOf(prediction: Prediction, options: DecisionOptions): Int32Array {
    const view = new PredictionView(prediction, this.#scratch);
    return Int32Array.from(this.#targets, (target, i) => this.#kinds[i]!.decide(target, view, options));
  }
}
