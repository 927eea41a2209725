import { outputCalled, shapeFits, type KnownOutput } from '../contract/evidence.js';

/** Names of the four outputs of a detector whose detections are parallel lists. */
export interface ParallelNames {
  readonly boxes: string;
  readonly scores: string;
  readonly labels: string;
  readonly counts: string | null;
}

/** Names that families give their outputs. */
interface Candidates {
  readonly boxes: readonly string[];
  readonly scores: readonly string[];
  readonly labels: readonly string[];
  readonly counts: readonly string[];
}

/** Finds parallel lists by their names: boxes `[N, K, 4]`, scores and labels `[N, K]`, perhaps counts. */
export function parallelByName(outputs: readonly KnownOutput[], candidates: Candidates): ParallelNames | null {
  const boxes = outputCalled(outputs, ...candidates.boxes);
  const scores = outputCalled(outputs, ...candidates.scores);
  const labels = outputCalled(outputs, ...candidates.labels);
  if (boxes === null || scores === null || labels === null) return null;
  if (!shapeFits(boxes.shape, [null, null, 4])) return null;
  if (scores.shape.length > 2 || labels.shape.length > 2) return null;
  return {
    boxes: boxes.name,
    scores: scores.name,
    labels: labels.name,
    counts: outputCalled(outputs, ...candidates.counts)?.name ?? null,
  };
}

/** The largest label in the sample run, or null where there was none. */
export function largestLabel(outputs: readonly KnownOutput[], name: string): number | null {
  const sample = outputs.find((output) => output.name === name)?.sample ?? null;
  return sample === null ? null : sample.data.reduce((largest, label) => Math.max(largest, label), 0);
}

/**
 * Whether labels up to `largest` speak for COCO's ids, which families of COCO-trained exports mostly have: then there
 * are 91, the background included. Few small labels may as well be a user's own classes.
 */
export function cocoCount(largest: number | null): number | null {
  return largest !== null && largest > 10 && largest <= 90 ? 91 : null;
}
