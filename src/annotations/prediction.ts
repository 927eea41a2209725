/**
 * What one image's raw outputs mean, in the form that scoring works on. Decoders fill it without copying where they
 * can: the arrays may be views of the runtime's output and are valid until the next run of the same session.
 */
export interface Prediction {
  /** Scores of the image-level classes `[classes]`, or null where the model has none. */
  readonly scores: Float32Array | null;
  /** The questions that the scores answer; absent where they answer a single one, of one class in many. */
  readonly heads?: readonly ClassHead[];
  /** Detected objects before any confidence cut, or null where the model has none. */
  readonly proposals: Proposals | null;
}

/** A question to the whole image, such as the color of a car, and the classes that are its answers. */
export interface ClassHead {
  /** Index of its first class. */
  readonly first: number;
  /** Its classes, one after the other. */
  readonly count: number;
  /** `one`: one of its classes holds. `any`: each holds or not, whatever the others do. */
  readonly answer: 'one' | 'any';
}

/** Boxes that a detector proposes, as parallel arrays of `count` rows. */
export interface Proposals {
  readonly count: number;
  /** `[count, 4]`: x1, y1, x2, y2 in pixels of the model's input, not clipped to it. */
  readonly boxes: Float32Array;
  /**
   * `[count]`, 0..1: how likely there is any object; null where the layout has no such output, and then the best class
   * score stands for it.
   */
  readonly objectness: Float32Array | null;
  readonly classes: ClassVectors | SingleClasses;
}

/** Every proposal has a score for every class. */
export interface ClassVectors {
  readonly kind: 'vectors';
  /** Score of class c of proposal r, before `activation`: `data[offset + r * rowStride + c * columnStride]`. */
  readonly data: Float32Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Number of classes, without a background or no-object class. */
  readonly columns: number;
  /**
   * What makes `data` a probability; applied when read, since most rows never are. `softmax` runs over
   * `columns + softmaxExtra` neighbours (a no-object class behind the last).
   */
  readonly activation: 'none' | 'sigmoid' | 'softmax';
  readonly softmaxExtra: number;
}

/** Every proposal has one class: layouts that were decoded to label and score inside the model. */
export interface SingleClasses {
  readonly kind: 'single';
  /** `[count]` class indices. */
  readonly labels: Int32Array;
  /** `[count]` scores of those classes. */
  readonly scores: Float32Array;
}
