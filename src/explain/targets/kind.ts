import type { Box, Detection, Prediction } from '../../annotations/index.js';
import type { Placement } from '../../image/placement.js';
import type { Note } from '../note.js';
import type { CommonOptions } from '../options.js';
import type { PredictionView } from './prediction-view.js';
import type { DecisionOptions, ScoringOptions, SelectedTarget, Target } from './target.js';

/** The model's answer to the whole image, as kinds of targets select from it. */
export interface AnsweredImage {
  readonly prediction: Prediction;
  /** All boxes that the model found in the image, best first, in pixels of the model's input. */
  readonly detections: readonly Detection[];
  /** Names of the classes, where known. */
  readonly labels: readonly string[] | null;
  /** How the image lies in the model's input. */
  readonly placement: Placement;
}

/** What a kind selected, and what the user should know of it. */
export interface Selection<T extends Target = Target> {
  readonly targets: readonly SelectedTarget<T>[];
  readonly notes: readonly Note[];
}

/** The score of one target in a prediction, in the model's units. */
export type TargetScorer = (view: PredictionView) => number;

/**
 * A kind of target: what of an answer is explained, how masked runs are scored for it, and what is decided in its place.
 * One file a kind in this folder, one line in `kinds.ts`; callers may bring their own as a value.
 */
export interface TargetKind<T extends Target = Target> {
  readonly kind: string;
  /**
   * The targets of this kind in an answer, in the order in which they are shown.
   *
   * @throws DatumError (`usage`) for a target that the user names and that there is not.
   */
  select(answer: AnsweredImage, options: CommonOptions): Selection<T>;
  /** Makes the scorer of one target; it is called for every masked run. */
  scorer(target: T, options: ScoringOptions): TargetScorer;
  /**
   * What the model decides in the target's place: the index of a class, or NOTHING (decision.ts). The target is found
   * while this is its own class.
   */
  decide(target: T, view: PredictionView, options: DecisionOptions): number;
  /** The same place with the class that comes second there; null where there is none. */
  rival(target: T, prediction: Prediction): T | null;
  /** Where it lies, in pixels of the model's input; null for what is not in one place. */
  box(target: T): Box | null;
}
