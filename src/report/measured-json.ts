import { NOTHING } from '../explain/decision.js';
import type { Curve } from '../explain/metrics/curve.js';
import type { BoundaryShare } from '../runs/metrics/measure.js';
import type { MeasuredExplanation, MeasuredTarget } from '../runs/metrics/explain-measured.js';
import { keptMap, type KeptMap } from './kept-map.js';

/** What was measured on a target; shares are of the picture's pixels in falling order of saliency. */
export interface MeasuredJson {
  readonly deletion: Curve | null;
  readonly insertion: Curve | null;
  readonly boundary: BoundaryJson | null;
  /** The second class, and the picture of where the decision between the two falls. */
  readonly contrast: {
    readonly label: { readonly id: number; readonly name: string };
    readonly file: string | null;
    /** Saliency of the target minus that of the second class, small. */
    readonly map: KeptMap;
  } | null;
  /** The picture of the evidence that suffices. */
  readonly evidence: string | null;
}

export interface BoundaryJson {
  /** Smallest share whose removal flips the prediction, and the class it flips to (null: nothing is found). */
  readonly removed: (BoundaryShare & { readonly to: { readonly id: number; readonly name: string } | null }) | null;
  /** Smallest share that suffices when all else is filled. */
  readonly sufficient: BoundaryShare;
}

/** Files of the pictures; null where they are not written. */
export interface MeasuredFiles {
  readonly contrast: string | null;
  readonly evidence: string | null;
}

/** What was measured, as the JSON that programs read. */
export function measuredJson(
  { metrics, contrast }: MeasuredTarget,
  files: MeasuredFiles,
  { explanation, answer }: MeasuredExplanation,
): MeasuredJson {
  return {
    deletion: metrics?.deletion ?? null,
    insertion: metrics?.insertion ?? null,
    boundary: boundaryJson(metrics?.boundary ?? null, explanation.model.labels),
    contrast:
      contrast === null
        ? null
        : {
            label: contrast.label,
            file: files.contrast,
            map: keptMap(contrast.areaMap, answer.scene.placement, explanation.image),
          },
    evidence: files.evidence,
  };
}

type Boundary = NonNullable<MeasuredTarget['metrics']>['boundary'];

function boundaryJson(boundary: Boundary, labels: readonly string[] | null): BoundaryJson | null {
  if (boundary === null) return null;
  const { removed, sufficient } = boundary;
  if (removed === null) return { removed, sufficient };
  const { share, below, to } = removed;
  const label = to === NOTHING ? null : { id: to, name: labels?.[to] ?? `class ${to}` };
  return { removed: { share, below, to: label }, sufficient };
}
