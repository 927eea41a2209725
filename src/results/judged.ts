import type { Outcome } from '../explain/outcomes.js';
import type { MeasuredExplanation, MeasuredTarget } from './explanation.js';
import type { ExplanationRecord, TruthRecord } from './schema/explanation.js';

/** How a target stands against the truth. */
export interface TargetJudgement {
  /** Null where there is no truth, or where the target is no answer: a class of a detector, a class below the first. */
  readonly outcome: Outcome | null;
  /** Index of the object (boxes) or class (labels) of the truth that it is compared with. */
  readonly truth: number | null;
  /** IoU of the two boxes; null for classes. */
  readonly iou: number | null;
}

/** Where a target's saliency lies. Needs no run of the model. */
export interface Energies {
  /**
   * Whether the peak lies within 15 pixels of the object: the one that the target is compared with, else any object of
   * the target's class. Null where there is none.
   */
  readonly pointing: boolean | null;
  /** Share of positive saliency inside the object, as above; null also for a map without positive saliency. */
  readonly energyInObject: number | null;
  /** Share outside: one minus it. */
  readonly energyOutside: number | null;
  /** Share of the image under the object, as above. */
  readonly objectArea: number | null;
  /** Share inside the target's own box; null for classes. */
  readonly energyInBox: number | null;
  /** Share inside each object of the truth, by its index; objects without any are left out. */
  readonly energyByObject: readonly { readonly truth: number; readonly energy: number }[];
  /** The map's means over a grid of 16 x 16 cells on the image, row-major. */
  readonly coarse: readonly number[];
  /** The same of the contrast against the second class; null where there is none. */
  readonly coarseContrast: readonly number[] | null;
}

/** A measured target, compared with the truth. */
export interface JudgedTarget {
  readonly measured: MeasuredTarget;
  readonly judgement: TargetJudgement;
  readonly energies: Energies;
}

/** An item of a dataset: explained, measured, and compared with its truth. */
export interface JudgedItem {
  readonly measured: MeasuredExplanation;
  readonly targets: readonly JudgedTarget[];
  readonly item: NonNullable<ExplanationRecord['item']>;
  /** Null where nobody annotated the image. */
  readonly truth: TruthRecord | null;
  readonly outcomes: ExplanationRecord['outcomes'];
}
