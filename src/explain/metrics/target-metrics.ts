import type { Curve } from './curve.js';

/** Where a decision flips, as shares of the image's pixels in falling order of saliency. */
export interface BoundaryShare {
  /** The smallest share known to flip it. */
  readonly share: number;
  /** The largest share below that is known not to. */
  readonly below: number;
}

/** The decision boundary of a target that the model finds. */
export interface Boundary {
  /**
   * The smallest share whose removal makes the prediction flip, and the class that it flips to (-1: nothing is found);
   * null where it stays even with all removed.
   */
  readonly removed: (BoundaryShare & { readonly to: number }) | null;
  /** The smallest share that suffices for the prediction when all else is filled. */
  readonly sufficient: BoundaryShare;
  /** The pixels that suffice, of the area that the model saw, `[area.height, area.width]`: 0 or 1. */
  readonly evidence: Uint8Array;
}

/** What was measured on a target with runs of its own. */
export interface TargetMetrics {
  readonly deletion: Curve;
  readonly insertion: Curve;
  /** Null where the model does not find the target in the whole image, and where the boundary was not looked for. */
  readonly boundary: Boundary | null;
  /** Whether the boundary was looked for: there may be runs for the curves alone. */
  readonly searched: boolean;
}
