import type { Box, Prediction } from '../annotations/index.js';
import type { Belief } from '../explain/belief.js';
import { judgedVerdict, type Faithfulness } from '../explain/faithfulness.js';
import type { Estimates, RecordedOptions } from '../explain/method.js';
import type { TargetMetrics } from '../explain/metrics/target-metrics.js';
import type { Note } from '../explain/note.js';
import { energyPointing } from '../explain/metrics/pointing.js';
import { regionOfBox } from '../explain/metrics/region.js';
import type { PlannedTarget, Target } from '../explain/targets/target.js';
import { orWeak, type Verdict } from '../explain/verdict.js';
import { mapToImage, type Placement } from '../image/placement.js';
import type { RgbImage } from '../image/types.js';
import type { ModelInfo } from '../models/open-model.js';

/** Why a run ended: as reliable as asked for, out of masks or time, or stopped. */
export type Stopped = 'reliability' | 'max-samples' | 'time-budget' | 'interrupted';

/** What a run over the masks of an image took, and why it ended. */
export interface RunFigures {
  /** Masks scored. */
  readonly samples: number;
  /** Images that went through the model: the masked ones, the whole one and the fill alone. */
  readonly forwards: number;
  readonly seconds: number;
  readonly workers: number;
  readonly stopped: Stopped;
}

/** An image explained, as far as the runs went. */
export interface Explanation {
  readonly image: ExplainedImage;
  readonly model: ModelInfo;
  readonly method: { readonly name: string; readonly options: RecordedOptions };
  readonly run: RunFigures;
  /** How the image lies in the model's input, and so under the maps. */
  readonly placement: Placement;
  readonly targets: readonly ExplainedTarget[];
  /** What the user should know. */
  readonly notes: readonly Note[];
}

/** The image and the size of its maps. */
export interface ExplainedImage {
  /** Null where the image did not come from a file. */
  readonly path: string | null;
  readonly width: number;
  readonly height: number;
  /** Map pixels for one pixel of the image along each axis; below 1 for very large images. */
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

/** The belief interval of a target: its score with all of the image, with parts of it, and with none. */
export interface BeliefInterval extends Belief {
  /** On the whole image. */
  readonly baseline: number;
  /** On the fill alone. */
  readonly filled: number;
}

/** A planned target with its map, and how far the map may be trusted. */
export class ExplainedTarget {
  /** What is known of it before any mask. */
  readonly planned: PlannedTarget;
  /** Expected correlation of the map with the one that endless masked runs would give, 0..1; null where unknown. */
  readonly reliability: number | null;
  /** What the scores of the masked runs say of the map; that it is unfaithful takes runs of its own (`verdictOn`). */
  readonly verdict: Verdict;
  /** The same, whatever the size of the scores: whether they depend on the masks, and how often the target was found. */
  readonly verdictByMasks: Verdict;
  readonly belief: BeliefInterval;
  readonly #estimates: Estimates;
  readonly #placement: Placement;
  readonly #image: ExplainedImage;

  constructor(planned: PlannedTarget, estimates: Estimates, placement: Placement, image: ExplainedImage) {
    const { index, baseline, filled } = planned;
    this.planned = planned;
    this.reliability = estimates.reliability(index);
    this.belief = { baseline, ...estimates.belief(index), filled };
    this.verdictByMasks = estimates.verdict(index);
    this.verdict = orWeak(this.verdictByMasks, this.belief);
    this.#estimates = estimates;
    this.#placement = placement;
    this.#image = image;
  }

  get index(): number {
    return this.planned.index;
  }

  get target(): Target {
    return this.planned.target;
  }

  get kind(): string {
    return this.planned.target.kind;
  }

  get label(): PlannedTarget['label'] {
    return this.planned.label;
  }

  /** In pixels of the image, clipped to it; null for a class. */
  get box(): Box | null {
    return this.planned.box;
  }

  /** The model's score on the whole image. */
  get score(): number {
    return this.planned.score;
  }

  /** Saliency over the area that the model saw, `[area.height, area.width]`, in score units. */
  get areaMap(): Float32Array {
    return this.#estimates.map(this.index);
  }

  /** How well a sum over the image predicts scores of held-out masks, by rank; null where the method does not tell. */
  heldOutCorrelation(): number | null {
    return this.#estimates.heldOutCorrelation?.(this.index) ?? null;
  }

  /** Share of the map's positive values in the target's box, 0..1; null for a class, and for a map without positive values. */
  energyInBox(): number | null {
    const { box } = this.planned;
    return box === null ? null : energyPointing(this.areaMap, regionOfBox(box, this.#placement));
  }

  /** Mean standard error of the map over the area that the model saw, in score units; null where unknown. */
  meanStandardError(): number | null {
    const errors = this.#estimates.standardError(this.index);
    return errors === null ? null : errors.reduce((sum, error) => sum + error, 0) / errors.length;
  }

  /**
   * The saliency map at the image's size, `[mapHeight, mapWidth]` float32, in score units: what a pixel adds to the
   * score when it is kept. Computed at each call, so that many maps need not be held at once.
   *
   * @param size of the map, where it is not wanted at `[mapHeight, mapWidth]`
   */
  renderMap(size: MapSize = this.#mapSize): Float32Array {
    return this.#toImage(this.areaMap, size);
  }

  /** Standard error of every pixel of the map, `[mapHeight, mapWidth]` float32, in score units; null where unknown. */
  renderStandardError(size: MapSize = this.#mapSize): Float32Array | null {
    const errors = this.#estimates.standardError(this.index);
    return errors === null ? null : this.#toImage(errors, size);
  }

  /** Pixels whose effect differs from zero beyond doubt, `[mapHeight, mapWidth]`, 0 or 1; null where unknown. */
  renderSignificant(size: MapSize = this.#mapSize): Uint8Array | null {
    const pixels = this.#estimates.significant(this.index);
    if (pixels === null) return null;
    const shares = this.#toImage(pixels, size);
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

/** The class that a target was compared with, and where the decision between the two falls. */
export interface Contrast {
  readonly label: { readonly id: number; readonly name: string };
  /** Saliency of the target minus that of the second class, over the area, in score units. */
  readonly areaMap: Float32Array;
}

/** An explained target with what was measured on it. */
export interface MeasuredTarget {
  readonly explained: ExplainedTarget;
  /** Null where it was not measured. */
  readonly metrics: TargetMetrics | null;
  /** Null where it was not judged: nobody asked for it, or the map is none to be judged. */
  readonly faithfulness: Faithfulness | null;
  /** Null where there is no second class. */
  readonly contrast: Contrast | null;
}

/** An image explained and measured. */
export interface MeasuredExplanation {
  readonly explanation: Explanation;
  readonly targets: readonly MeasuredTarget[];
  readonly image: RgbImage;
  /** The model's answer to the whole image. */
  readonly prediction: Prediction;
  /** Changed images that went through the model for the metrics. */
  readonly forwards: number;
  /** Those that went through it to judge whether maps are faithful. */
  readonly judgingForwards: number;
}

/** The verdict on a target, by all that is known of it. */
export function verdictOn({ explained, faithfulness = null }: RecordedTarget): Verdict {
  return judgedVerdict(explained.verdict, faithfulness);
}

/** A target of an image: explained, perhaps measured. */
export type RecordedTarget = Pick<MeasuredTarget, 'explained'> & Partial<MeasuredTarget>;

/** A map over the area that the model saw, at the size of the image's maps. */
export function renderArea(areaMap: Float32Array, placement: Placement, image: ExplainedImage): Float32Array {
  return mapToImage(areaMap, placement, { width: image.mapWidth, height: image.mapHeight });
}

/** What of a measured explanation is written. */
export type WrittenExplanation = Omit<MeasuredExplanation, 'prediction'>;
