import type { Box } from '../annotations/index.js';
import { mapToImage, type Placement } from '../image/index.js';
import type { Belief } from '../explain/belief.js';
import type { Analysis } from '../explain/rise/analysis.js';
import type { RiseOptions } from '../explain/rise/options.js';
import type { Target } from '../explain/targets.js';
import type { Verdict } from '../explain/verdict.js';
import type { ModelInfo } from '../models/model.js';

/** Why a run ended. */
export type Stopped = 'reliability' | 'max-samples' | 'time-budget' | 'interrupted';

/** A picture explained, as far as the runs went. */
export interface Explanation {
  readonly image: ExplainedImage;
  readonly model: ModelInfo;
  readonly method: { readonly name: 'rise'; readonly options: RiseOptions };
  readonly run: {
    /** Masks scored. */
    readonly samples: number;
    /** Images that went through the model: the masked ones, the whole one and the fill alone. */
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

/** A size in pixels. */
export interface MapSize {
  readonly width: number;
  readonly height: number;
}

/** The maps of a run that goes on. */
export interface Snapshot {
  readonly samples: number;
  /** Masks that the run will score at most. */
  readonly maxSamples: number;
  readonly image: ExplainedImage;
  readonly targets: readonly ExplainedTarget[];
}

/** The belief interval of a target: its score with all of the picture, with parts of it, and with none. */
export interface BeliefInterval extends Belief {
  /** On the whole picture. */
  readonly baseline: number;
  /** On the fill alone. */
  readonly filled: number;
}

/** What the model says of a target without any mask. */
export interface TargetFields {
  readonly index: number;
  readonly target: Target;
  readonly label: { readonly id: number; readonly name: string } | null;
  /** In pixels of the picture, clipped to it; null for a class. */
  readonly bbox: Box | null;
  /** The model's score on the whole picture. */
  readonly score: number;
  /** As the scorer scores it, on the whole picture and on the fill alone. */
  readonly baseline: number;
  readonly filled: number;
}

/** One output of the model with its map, and how far the map may be trusted. */
export class ExplainedTarget {
  readonly index: number;
  readonly target: Target;
  readonly label: { readonly id: number; readonly name: string } | null;
  /** In pixels of the picture, clipped to it; null for a class. */
  readonly bbox: Box | null;
  /** The model's score on the whole picture. */
  readonly score: number;
  /** Expected correlation of the map with the one that endless masked runs would give, 0..1. */
  readonly reliability: number;
  readonly verdict: Verdict;
  readonly belief: BeliefInterval;
  readonly #analysis: Analysis;
  readonly #placement: Placement;
  readonly #image: ExplainedImage;

  constructor(fields: TargetFields, analysis: Analysis, placement: Placement, image: ExplainedImage) {
    this.index = fields.index;
    this.target = fields.target;
    this.label = fields.label;
    this.bbox = fields.bbox;
    this.score = fields.score;
    this.reliability = analysis.reliability(fields.index);
    this.verdict = analysis.verdict(fields.index);
    this.belief = { baseline: fields.baseline, ...analysis.belief(fields.index), filled: fields.filled };
    this.#analysis = analysis;
    this.#placement = placement;
    this.#image = image;
  }

  get kind(): Target['kind'] {
    return this.target.kind;
  }

  /** Saliency over the area that the model saw, `[area.height, area.width]`, in score units. */
  get areaMap(): Float32Array {
    return this.#analysis.map(this.index);
  }

  /** Mean standard error of the map over the area that the model saw, in score units. */
  meanStandardError(): number {
    return this.#analysis.meanStandardError(this.index);
  }

  /**
   * The saliency map at the picture's size, `[mapHeight, mapWidth]` float32, in score units: what a pixel adds to the
   * score when it is kept. Computed at each call, so that many maps need not be held at once.
   *
   * @param size of the map, where it is not wanted at `[mapHeight, mapWidth]`
   */
  renderMap(size: MapSize = this.#mapSize): Float32Array {
    return this.#toImage(this.areaMap, size);
  }

  /** Standard error of every pixel of the map, `[mapHeight, mapWidth]` float32, in score units. */
  renderStandardError(size: MapSize = this.#mapSize): Float32Array {
    return this.#toImage(this.#analysis.standardError(this.index), size);
  }

  /** Pixels whose effect differs from zero beyond doubt, `[mapHeight, mapWidth]`, 0 or 1. */
  renderSignificant(size: MapSize = this.#mapSize): Uint8Array {
    const shares = this.#toImage(this.#analysis.significant(this.index), size);
    const significant = new Uint8Array(shares.length);
    for (let i = 0; i < shares.length; i++) significant[i] = shares[i]! >= 0.5 ? 1 : 0;
    return significant;
  }

  get #mapSize(): MapSize {
    return { width: this.#image.mapWidth, height: this.#image.mapHeight };
  }

  #toImage(map: ArrayLike<number>, size: MapSize): Float32Array {
    return mapToImage(map, this.#placement, size);
  }
}
