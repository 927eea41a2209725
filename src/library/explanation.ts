import type { Box } from '../annotations/index.js';
import { DatumError, libraryName, sayOptions } from '../errors.js';
import type { Belief } from '../explain/belief.js';
import type { RecordedOptions } from '../explain/method.js';
import type { Verdict } from '../explain/verdict.js';
import type { RgbImage } from '../image/types.js';
import type { ModelInfo } from '../models/open-model.js';
import { overlayOf } from '../report/overlay.js';
import {
  renderArea,
  type ExplainedImage,
  type ExplainedTarget as CoreTarget,
  type MeasuredExplanation,
  type MeasuredTarget,
  type RunFigures,
} from '../results/explanation.js';
import { noteRecord } from '../results/note-sentence.js';
import { contextOf, NOT_JUDGED, peakPixel, targetFacts, type TargetFacts } from '../results/records.js';
import { rangeOf } from '../results/scale.js';
import { targetSummary, type SummaryContext } from '../results/target-summary.js';
import type { PixelMask, SaliencyMap } from './saliency-map.js';

/** Something the user should know: facts by name, and the sentence that they make. */
export interface Note {
  readonly kind: string;
  readonly sentence: string;
}

/** An image explained, as far as the runs went. */
export interface Explanation {
  readonly image: Pick<ExplainedImage, 'path' | 'width' | 'height' | 'mapScale'>;
  readonly model: ModelInfo;
  readonly method: { readonly name: string; readonly options: RecordedOptions };
  readonly run: RunFigures & {
    /** Those of the images that went through the model to judge whether maps explain the scores. */
    readonly judgingForwards: number;
  };
  /** Empty where the model found nothing. */
  readonly targets: readonly ExplainedTarget[];
  readonly notes: readonly Note[];
}

/** An output of the model with its saliency map, and how far the map may be trusted. */
export interface ExplainedTarget {
  readonly index: number;
  /** `label`, `bbox`, or a kind of the caller's own. */
  readonly kind: string;
  /** Null for a box whose class does not matter. */
  readonly label: { readonly id: number; readonly name: string } | null;
  /** In pixels of the image, clipped to it; null for a class of the whole image. */
  readonly box: Box | null;
  /** The model's score on the whole image, usually 0..1. */
  readonly score: number;
  /** Why it is explained: the model answered it, it was asked for, or the model missed it. */
  readonly why: 'answer' | 'asked' | 'missed';
  /** Expected correlation of the map with the one that endless masked runs would give, 0..1; null where unknown. */
  readonly reliability: number | null;
  readonly verdict: Verdict;
  /** What it was judged by whether the map explains the score; null where it was not judged. */
  readonly faithfulness: TargetFacts['faithfulness'];
  /** What was found out about it, in one sentence or two. */
  readonly summary: string;
  /** Its score with all of the image, with parts of it (5, 50 and 95 % quantiles under masks), and with none. */
  readonly belief: Belief & { readonly baseline: number; readonly filled: number };
  /** Saliency of every pixel of the image, in score units. Computed at each access, so that many need not be held. */
  readonly map: SaliencyMap;
  /** Standard error of every pixel of the map, in score units; null where unknown. Computed at each access. */
  readonly standardError: SaliencyMap | null;
  /** Pixels whose effect differs from zero beyond doubt; null where unknown. Computed at each access. */
  readonly significant: PixelMask | null;
  /** Scores while pixels are removed in falling order of saliency; null where it was not measured. */
  readonly deletion: TargetFacts['deletion'];
  /** The same while pixels are put back into the blurred image. */
  readonly insertion: TargetFacts['insertion'];
  /** Where the decision flips, as shares of the image's pixels; null where it was not measured. */
  readonly boundary: TargetFacts['boundary'];
  /** The class that came second in the target's place, and saliency of the target minus that of it; null without one. */
  readonly contrast: {
    readonly label: { readonly id: number; readonly name: string };
    readonly map: SaliencyMap;
  } | null;
  /** The image with the saliency in color on top, as a PNG: stronger color where saliency is higher. */
  overlay(): Promise<Uint8Array>;
}

/** The maps of a run that goes on. */
export interface Snapshot {
  /** Masks scored so far. */
  readonly samples: number;
  /** Masks that will be scored at most. */
  readonly maxSamples: number;
  readonly targets: readonly ExplainedTarget[];
}

/** Makes a PNG of an image. */
export type EncodePng = (image: RgbImage) => Promise<Uint8Array>;

/** What a target is shown with. */
export interface TargetFrame {
  readonly image: ExplainedImage;
  readonly pixels: RgbImage;
  readonly labels: readonly string[] | null;
  readonly summary: SummaryContext;
  readonly encodePng: EncodePng;
}

/** The only kind of `Explanation`: it remembers what it was made of, to be written. */
export class LibraryExplanation implements Explanation {
  readonly image: Explanation['image'];
  readonly model: ModelInfo;
  readonly method: Explanation['method'];
  readonly run: Explanation['run'];
  readonly targets: readonly ExplainedTarget[];
  readonly notes: readonly Note[];
  readonly #measured: MeasuredExplanation;

  constructor(measured: MeasuredExplanation, encodePng: EncodePng) {
    const { explanation } = measured;
    const { path, width, height, mapScale } = explanation.image;
    const frame: TargetFrame = {
      image: explanation.image,
      pixels: measured.image,
      labels: explanation.model.labels,
      summary: contextOf(explanation).summary,
      encodePng,
    };
    this.image = { path, width, height, mapScale };
    this.model = explanation.model;
    this.method = explanation.method;
    const { forwards, judgingForwards } = measured;
    this.run = {
      ...explanation.run,
      forwards: explanation.run.forwards + forwards + judgingForwards,
      judgingForwards,
    };
    this.targets = measured.targets.map(
      (target) =>
        new LibraryTarget(target, frame, (areaMap) => renderArea(areaMap, explanation.placement, explanation.image)),
    );
    this.notes = explanation.notes.map(noteRecord);
    this.#measured = measured;
  }

  /**
   * What an explanation of the library is made of.
   *
   * @throws DatumError (`usage`) for what is none.
   */
  static measuredOf(explanation: unknown): MeasuredExplanation {
    if (typeof explanation === 'object' && explanation !== null && #measured in explanation)
      return explanation.#measured;
    throw new DatumError('usage', 'this is no explanation: use what explain gives.');
  }
}

/** A target that was not measured, with its map. */
export function explainedTarget(explained: CoreTarget, frame: TargetFrame): ExplainedTarget {
  return new LibraryTarget(
    { explained, metrics: null, faithfulness: null, contrast: null },
    frame,
    (areaMap) => areaMap,
  );
}

/** A target of the library: everything that is large is computed when it is asked for. */
class LibraryTarget implements ExplainedTarget {
  readonly index: number;
  readonly kind: string;
  readonly label: ExplainedTarget['label'];
  readonly box: Box | null;
  readonly score: number;
  readonly why: ExplainedTarget['why'];
  readonly reliability: number | null;
  readonly verdict: Verdict;
  readonly faithfulness: ExplainedTarget['faithfulness'];
  readonly belief: ExplainedTarget['belief'];
  readonly deletion: ExplainedTarget['deletion'];
  readonly insertion: ExplainedTarget['insertion'];
  readonly boundary: ExplainedTarget['boundary'];
  readonly #facts: TargetFacts;
  readonly #core: CoreTarget;
  readonly #contrast: MeasuredTarget['contrast'];
  readonly #frame: TargetFrame;
  readonly #render: (areaMap: Float32Array) => Float32Array;

  /**
   * @param render brings a map over the area that the model saw to the image's size
   */
  constructor(target: MeasuredTarget, frame: TargetFrame, render: (areaMap: Float32Array) => Float32Array) {
    const { explained } = target;
    const facts = targetFacts(target, frame.labels);
    this.index = explained.index;
    this.kind = explained.kind;
    this.label = explained.label;
    this.box = explained.box;
    this.score = explained.score;
    this.why = explained.planned.why;
    this.reliability = explained.reliability;
    this.verdict = facts.verdict;
    this.faithfulness = facts.faithfulness;
    this.belief = explained.belief;
    this.deletion = facts.deletion;
    this.insertion = facts.insertion;
    this.boundary = facts.boundary;
    this.#facts = facts;
    this.#core = explained;
    this.#contrast = target.contrast;
    this.#frame = frame;
    this.#render = render;
  }

  get summary(): string {
    const { image, summary } = this.#frame;
    const peak = peakPixel(rangeOf(this.#core.renderMap()).peakIndex, image);
    const energyInBox = this.#core.energyInBox();
    return sayOptions(targetSummary({ ...NOT_JUDGED, ...this.#facts, energyInBox, peak }, summary), libraryName);
  }

  get map(): SaliencyMap {
    return this.#shaped(this.#core.renderMap());
  }

  get standardError(): SaliencyMap | null {
    const errors = this.#core.renderStandardError();
    return errors === null ? null : this.#shaped(errors);
  }

  get significant(): PixelMask | null {
    const pixels = this.#core.renderSignificant();
    return pixels === null ? null : this.#shaped(pixels);
  }

  get contrast(): ExplainedTarget['contrast'] {
    if (this.#contrast === null) return null;
    const { label, areaMap } = this.#contrast;
    return { label, map: this.#shaped(this.#render(areaMap)) };
  }

  overlay(): Promise<Uint8Array> {
    const { pixels, image, encodePng } = this.#frame;
    return encodePng(overlayOf(pixels, this.#core, image));
  }

  #shaped<Data>(data: Data): { data: Data; shape: [height: number, width: number] } {
    const { mapWidth, mapHeight } = this.#frame.image;
    return { data, shape: [mapHeight, mapWidth] };
  }
}
