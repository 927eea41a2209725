import { nms } from './boxes.js';
import type { Proposals } from './prediction.js';
import { ProposalReader } from './proposal-reader.js';

/** A proposal that stood: one object, in pixels of the model's input. */
export interface Detection {
  readonly label: number;
  readonly score: number;
  /** Left and top edge, width and height; not clipped. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Class probabilities, where the layout has them. */
  readonly classScores: Float32Array | null;
}

/** A detection by its row, without its class probabilities. */
export type RowDetection = Omit<Detection, 'classScores'> & { readonly row: number };

/**
 * The objects among proposals, best first: those with a score of at least `confidence`, after non-maximum suppression
 * within each class where `nmsThreshold` is not null. Boxes without area are left out.
 */
export function detectionsOf(proposals: Proposals, confidence: number, nmsThreshold: number | null): Detection[] {
  const reader = new ProposalReader(proposals);
  return detectedRows(proposals, confidence, nmsThreshold).map(({ row, ...detection }) => ({
    ...detection,
    classScores: reader.vector(row),
  }));
}

/** The same as `detectionsOf` for callers that need no class probabilities. */
export function detectedRows(proposals: Proposals, confidence: number, nmsThreshold: number | null): RowDetection[] {
  const reader = new ProposalReader(proposals);
  const found: RowDetection[] = [];
  for (let row = 0; row < proposals.count; row++) {
    if (reader.bound(row) < confidence) continue;
    reader.best(row);
    if (!(reader.score >= confidence)) continue;
    const x = proposals.boxes[row * 4]!;
    const y = proposals.boxes[row * 4 + 1]!;
    const w = proposals.boxes[row * 4 + 2]! - x;
    const h = proposals.boxes[row * 4 + 3]! - y;
    if (w > 0 && h > 0) found.push({ row, label: reader.label, score: reader.score, x, y, width: w, height: h });
  }
  return nmsThreshold === null ? found.sort((a, b) => b.score - a.score) : nms(found, nmsThreshold);
}
