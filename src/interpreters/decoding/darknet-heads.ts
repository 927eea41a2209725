import { anchorHeads, type AnchorHeads } from './anchor-heads.js';
import type { Evidence } from '../contract/types.js';

/** Raw heads of three anchors on the grids that darknet's models have. */
export interface DarknetHeads extends AnchorHeads {
  /** Only the grids of 16 and 32 px, as Tiny YOLO has them; else that of 8 px too. */
  readonly tiny: boolean;
}

/** A model's outputs as the raw heads of YOLOv3 or YOLOv4; null where they are not. */
export function darknetHeads(evidence: Evidence): DarknetHeads | null {
  const heads = anchorHeads(evidence, 3);
  if (heads === null || heads.layout === 'anchors-first') return null;
  const tiny = heads.strides.join() === '16,32';
  return tiny || heads.strides.join() === '8,16,32' ? { ...heads, tiny } : null;
}
