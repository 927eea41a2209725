import { inputSize, knownOutputs } from '../contract/evidence.js';
import { anchorHeads, type AnchorHeads } from './anchor-heads.js';
import { fastestLevels, isActivated } from './fastest-levels.js';
import type { Evidence } from '../contract/types.js';

/** Raw heads of three anchors on the grids that darknet's models have. */
export interface DarknetHeads extends AnchorHeads {
  /** Only the grids of 16 and 32 px, as Tiny YOLO has them; else that of 8 px too. */
  readonly tiny: boolean;
}

/** A model's outputs as the raw heads of YOLOv3 or YOLOv4; null where they are not. */
export function darknetHeads(evidence: Evidence): DarknetHeads | null {
  const heads = anchorHeads(evidence, 3);
  if (heads === null || heads.layout === 'anchors-first' || heads.landmarks === true) return null;
  const tiny = heads.strides.join() === '16,32';
  if (tiny && isFastest(evidence)) return null;
  return tiny || heads.strides.join() === '8,16,32' ? { ...heads, tiny } : null;
}

/** YOLO-FastestV2's two outputs look like Tiny YOLOv3's where they have three classes, or six...: its softmax tells. */
function isFastest(evidence: Evidence): boolean {
  const size = inputSize(evidence);
  const levels = size === null ? null : fastestLevels(knownOutputs(evidence), size);
  return levels?.joined === true && isActivated(levels) === true;
}
