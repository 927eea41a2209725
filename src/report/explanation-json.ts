import type { BeliefInterval, ExplainedImage, Explanation, ExplainedTarget } from '../runs/explanation.js';
import { keptRegion, type KeptRegion } from './evidence-region.js';
import { renderedMap, type RenderedMap } from './rendered-map.js';

/** The files of one target, relative to the JSON; null where it was not asked for. */
export interface TargetFiles {
  readonly heatmap: string | null;
  readonly overlay: string | null;
  readonly raw: string | null;
  readonly error: string | null;
}

/** `<image>-explanation.json`, version 1 (a contract). Boxes and peaks are in pixels of the picture. */
export interface ExplanationJson {
  readonly version: 1;
  readonly image: {
    readonly path: string | null;
    readonly width: number;
    readonly height: number;
    readonly mapScale: number;
  };
  readonly model: {
    readonly name: string;
    readonly path: string;
    readonly sha256: string;
    readonly launcher: string;
    readonly engine: string;
    readonly interpreter: string;
    readonly input: { readonly width: number; readonly height: number };
    /** Whether the model cut its proposals itself, so that maps of boxes are weaker. */
    readonly proposalsCut: boolean;
  };
  readonly method: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly run: {
    readonly samples: number;
    readonly forwards: number;
    readonly seconds: number;
    readonly workers: number;
    readonly stopped: string;
  };
  readonly targets: readonly TargetJson[];
  readonly notes: readonly string[];
}

export interface TargetJson {
  readonly index: number;
  readonly kind: 'label' | 'bbox';
  readonly label: { readonly id: number; readonly name: string } | null;
  readonly bbox: readonly [number, number, number, number] | null;
  readonly score: number;
  readonly heatmap: string | null;
  readonly overlay: string | null;
  readonly raw: string | null;
  readonly error: string | null;
  readonly range: { readonly min: number; readonly max: number };
  readonly peak: { readonly x: number; readonly y: number };
  /** Expected correlation with the converged map, 0..1. */
  readonly reliability: number;
  /** Mean standard error of the map, in score units. */
  readonly meanStandardError: number;
  readonly verdict: 'ok' | 'noise' | 'lost';
  /** Where keeping pixels raises the score beyond doubt: what the white line of the overlay is around. */
  readonly significant: KeptRegion;
  /** The score on the whole picture, its 5, 50 and 95 % quantiles under masks, and on the fill alone. */
  readonly belief: BeliefInterval;
}

/** Nothing was written. */
const NO_FILES: TargetFiles = { heatmap: null, overlay: null, raw: null, error: null };

/** An explanation as the JSON that programs read. */
export function explanationJson(
  explanation: Explanation,
  targets: readonly TargetJson[] = explanation.targets.map((target) => targetJson(target, explanation.image)),
): ExplanationJson {
  const { image, model, method, run, notes } = explanation;
  return {
    version: 1,
    image: { path: image.path, width: image.width, height: image.height, mapScale: image.mapScale },
    model: {
      name: model.name,
      path: model.path,
      sha256: model.sha256,
      launcher: model.launcher,
      engine: model.engine,
      interpreter: model.interpreter,
      input: { width: model.input.width, height: model.input.height },
      proposalsCut: model.truncated,
    },
    method: { name: method.name, options: method.options },
    run,
    targets,
    notes,
  };
}

/** A target as programs read it. */
export function targetJson(
  target: ExplainedTarget,
  image: ExplainedImage,
  files: TargetFiles = NO_FILES,
  { range: { min, max, peakIndex } }: Pick<RenderedMap, 'range'> = renderedMap(target),
): TargetJson {
  return {
    index: target.index,
    kind: target.kind,
    label: target.label,
    bbox: target.bbox === null ? null : [target.bbox.x, target.bbox.y, target.bbox.w, target.bbox.h],
    score: target.score,
    ...files,
    range: { min, max },
    peak: {
      x: pixelAt(peakIndex % image.mapWidth, image.mapWidth, image.width),
      y: pixelAt(Math.floor(peakIndex / image.mapWidth), image.mapHeight, image.height),
    },
    reliability: target.reliability,
    meanStandardError: target.meanStandardError(),
    verdict: target.verdict,
    significant: keptRegion(target, image),
    belief: target.belief,
  };
}

/** The picture's pixel under the middle of a map pixel. */
function pixelAt(index: number, mapLength: number, length: number): number {
  return Math.min(length - 1, Math.floor(((index + 0.5) / mapLength) * length));
}
