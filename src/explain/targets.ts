import type { Box } from '../annotations/index.js';

/** One output of the model that gets a saliency map. Plain data: workers score against it. */
export type Target = LabelTarget | BoxTarget;

/** A class: of the whole image for classifiers, over all its detections for detectors. */
export interface LabelTarget {
  readonly kind: 'label';
  readonly label: number;
}

/** A box with a class: one that the model found, or one that the user drew. */
export interface BoxTarget {
  readonly kind: 'bbox';
  /** Class of the box, or null where only its place matters. */
  readonly label: number | null;
  /** In pixels of the model's input. */
  readonly box: Box;
  /** Class probabilities of the box found by the model `[classes]`, where the layout has them. */
  readonly classScores: Float32Array | null;
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
