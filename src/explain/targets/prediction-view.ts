import {
  detectedRows,
  detectionsOf,
  ProposalReader,
  type Detection,
  type Prediction,
  type RowDetection,
} from '../../annotations/index.js';

/**
 * Detections below this are not counted in sums: thousands of background proposals of a raw layout would otherwise
 * outweigh the objects.
 */
export const SUM_FLOOR = 0.01;

/** Working memory that views of one prediction after another share. */
export class Scratch {
  #bounds = new Float32Array(0);

  /** At least `[count]`, with anything in it. */
  bounds(count: number): Float32Array {
    if (this.#bounds.length < count) this.#bounds = new Float32Array(count);
    return this.#bounds;
  }
}

/** A prediction with what several targets read out of it: each thing is computed once, when it is first asked for. */
export class PredictionView {
  readonly prediction: Prediction;
  readonly scratch: Scratch;
  #reader: ProposalReader | null = null;
  #rows: { readonly key: string; readonly found: readonly RowDetection[] } | null = null;
  #detections: { readonly key: string; readonly found: readonly Detection[] } | null = null;

  constructor(prediction: Prediction, scratch: Scratch = new Scratch()) {
    this.prediction = prediction;
    this.scratch = scratch;
  }

  /** Reads proposals; null where the model has none. */
  get reader(): ProposalReader | null {
    const { proposals } = this.prediction;
    if (proposals === null) return null;
    this.#reader ??= new ProposalReader(proposals);
    return this.#reader;
  }

  /** The objects that were detected, best first, without their class vectors (see `detectedRows`). */
  rows(confidence: number, nms: number | null): readonly RowDetection[] {
    const key = `${confidence} ${nms}`;
    if (this.#rows?.key !== key) {
      const { proposals } = this.prediction;
      this.#rows = { key, found: proposals === null ? [] : detectedRows(proposals, confidence, nms) };
    }
    return this.#rows.found;
  }

  /** The objects that were detected, best first (see `detectionsOf`). */
  detections(confidence: number, nms: number | null): readonly Detection[] {
    const key = `${confidence} ${nms}`;
    if (this.#detections?.key !== key) {
      const { proposals } = this.prediction;
      this.#detections = { key, found: proposals === null ? [] : detectionsOf(proposals, confidence, nms) };
    }
    return this.#detections.found;
  }
}
