import type { Box } from '../../annotations/index.js';

/**
 * One output of the model that gets a saliency map: plain data, that worker threads score against. What a kind of target
 * is able to do stands in its own file beside this one (see TargetKind).
 */
export interface Target {
  /** Name of its kind: `label`, `bbox`, or that of a caller's own. */
  readonly kind: string;
  /** The model's number of its class; null where it is of any class. */
  readonly label: number | null;
}

/** Why a target is explained. */
export type Why =
  /** The model answered it. */
  | 'answer'
  /** The user named it. */
  | 'asked'
  /** The annotators say that it is there, and the model did not answer it. */
  | 'missed';

/** A target of an answer, before it has a place among the others. */
export interface SelectedTarget<T extends Target = Target> {
  readonly target: T;
  readonly why: Why;
  /** The model's own score on the whole image; null where only the scorer can tell (a user's box). */
  readonly score: number | null;
  /** Index among the answer's detections of the one that it is; null where it is none. */
  readonly detection: number | null;
}

/** A target with what is known of it before any mask. */
export interface PlannedTarget<T extends Target = Target> {
  readonly index: number;
  readonly target: T;
  readonly why: Why;
  readonly detection: number | null;
  readonly label: { readonly id: number; readonly name: string } | null;
  /** In pixels of the image, clipped to it; null for what is not in one place. */
  readonly box: Box | null;
  /** The model's score on the whole image. */
  readonly score: number;
  /** The score by which masked runs are scored, on the whole image and on the fill alone. */
  readonly baseline: number;
  readonly filled: number;
}

/** How outputs of masked runs are scored. */
export interface ScoringOptions {
  /**
   * `iou`: the sum of scores of detections with the same label and an IoU of at least `iouThreshold` (Datumaro).
   * `d-rise`: the best of `IoU * cosine(class vectors) * objectness` over proposals.
   */
  readonly match: 'iou' | 'd-rise';
  readonly iouThreshold: number;
  /** NMS threshold for counting detections in masked runs; null where the layout's boxes need none. */
  readonly nms: number | null;
}

/** What counts as found. */
export interface DecisionOptions {
  /** Smallest score of a detection. */
  readonly confidence: number;
  /** NMS threshold; null where the layout's boxes need none. */
  readonly nms: number | null;
}
