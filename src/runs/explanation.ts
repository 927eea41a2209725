import type { Box } from '../annotations/index.js';
import { mapToImage, type Placement } from '../image/index.js';
import type { RiseOptions } from '../explain/rise/options.js';
import type { Target } from '../explain/targets.js';
import type { ModelInfo } from '../models/model.js';

/** Why a run ended. */
export type Stopped = 'max-samples' | 'interrupted';

/** A picture explained, as far as the runs went. */
export interface Explanation {
  readonly image: ExplainedImage;
  readonly model: ModelInfo;
  readonly method: { readonly name: 'rise'; readonly options: RiseOptions };
  readonly run: {
    /** Masks scored. */
    readonly samples: number;
    /** Images that went through the model, the whole one included. */
    readonly forwards: number;
    readonly seconds: number;
    readonly workers: number;
    readonly stopped: Stopped;
  };
  readonly targets: readonly ExplainedTarget[];
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** The picture and the size of its maps. */
export interface ExplainedImage {
  /** Null where the picture did not come from a file. */
  readonly path: string | null;
  readonly width: number;
  readonly height: number;
  /** Map pixels for one picture pixel along each axis; below 1 for very large pictures. */
  readonly mapScale: number;
  readonly mapWidth: number;
  readonly mapHeight: number;
}

/** The maps of a run that goes on. */
export interface Snapshot {
  readonly samples: number;
  /** Masks that the run will score at most. */
  readonly maxSamples: number;
  readonly image: ExplainedImage;
  readonly targets: readonly ExplainedTarget[];
}

/** One output of the model with its map. */
export class ExplainedTarget {
  readonly index: number;
  readonly target: Target;
  readonly label: { readonly id: number; readonly name: string } | null;
  /** In pixels of the picture, clipped to it; null for a class. */
  readonly bbox: Box | null;
  /** The model's score on the whole picture. */
  readonly score: number;
  /** Saliency over the area that the model saw, `[area.height, area.width]`, in score units. */
  readonly areaMap: Float32Array;
  readonly #placement: Placement;
  readonly #image: ExplainedImage;

  constructor(
    fields: Pick<ExplainedTarget, 'index' | 'target' | 'label' | 'bbox' | 'score' | 'areaMap'>,
    placement: Placement,
    image: ExplainedImage,
  ) {
    this.index = fields.index;
    this.target = fields.target;
    this.label = fields.label;
    this.bbox = fields.bbox;
    this.score = fields.score;
    this.areaMap = fields.areaMap;
    this.#placement = placement;
    this.#image = image;
  }

  get kind(): Target['kind'] {
    return this.target.kind;
  }

  /**
   * The saliency map at the picture's size, `[mapHeight, mapWidth]` float32, in score units: what a pixel adds to the
   * score when it is kept. Computed at each call, so that many maps need not be held at once.
   */
  renderMap(): Float32Array {
    return mapToImage(this.areaMap, this.#placement, { width: this.#image.mapWidth, height: this.#image.mapHeight });
  }
}
