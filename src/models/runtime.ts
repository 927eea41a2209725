import type { Prediction } from '../annotations/index.js';
import type { RgbImage } from '../image/index.js';
import type { Signature, Tensor } from '../launchers/types.js';
import type { DecodedBatch, ImagePlacement } from '../interpreters/contract/types.js';
import type { Scene } from './scene.js';
import type { Answered, DecoderSpec, ScoredItems, ScoreItems, ScoreSpec } from './work.js';

/** Every output of a run by name, each with the batch as the model lays it out. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** What is behind the pixels that a mask hides: the fill, zeros in the model's own units, or the blurred image. */
export type Behind = 'fill' | 'zero' | 'blur';

/** Masks of the images of one batch. */
export interface BatchMasks {
  /** `[count, area.height, area.width]`: 1 where the image is kept, 0 where what is behind shows through. */
  readonly data: Float32Array;
  readonly shape: readonly [number, number, number];
  readonly behind: readonly Behind[];
}

/** Images for one run, in each of the forms that runtimes take; a form is made when it is asked for. */
export interface Batch {
  readonly count: number;
  /** The image that all of them are made from, and how it lies in the model's input. */
  readonly scene: Scene;
  /** Every input of the model by name, normalized; valid until the next batch of the same lane. */
  tensors(): Record<string, Tensor>;
  /** The images before normalization, `[count, H, W, C]` in 0..255. */
  pixels(): Tensor;
  masks(): BatchMasks;
}

/**
 * What answers batches: worker threads with sessions of a model file, a caller's function, a server. A runtime does not
 * know how its outputs are read.
 */
export interface Runtime {
  readonly signature: Signature;
  /** What makes it the same model again: a hash of its files, for those that have files. */
  readonly identity: string;
  /** What runs it, for the user. */
  readonly engine: string;
  /** Images of 256 x 256 pixels a run where nobody says how many; as many as suit ONNX Runtime where absent. */
  readonly images?: number | undefined;
  /** Which form of a batch it takes; the others need not be made. */
  readonly takes: 'tensors' | 'pixels' | 'masks';
  /** Batches that may be under way at once. */
  readonly lanes: number;
  /**
   * Runs the model once.
   *
   * @param signal aborts when nobody waits for the answer any more; a runtime may end early then, by throwing anything.
   * @returns outputs whose arrays are their own: the next run does not write over them.
   * @throws DatumError (`model`) when the model fails.
   */
  run(batch: Batch, signal?: AbortSignal): Promise<Outputs>;
  /** The model's own way from an image to its input, for models whose metadata say that they have one (`datum.prepares`). */
  prepare?(image: RgbImage): Promise<Tensor>;
  /** Where masks are drawn and outputs are read and scored beside the model; absent where only batches are answered. */
  readonly beside?: BesideModel;
  close(): Promise<void>;
}

/** What is known of a runtime when it is made. */
export type KnownOfRuntime = Pick<Runtime, 'signature' | 'identity' | 'engine' | 'images'>;

/** Work that a runtime does beside its model, so that only scores come back. */
export interface BesideModel {
  /** The model's answer to a whole image, and how long its run took. */
  predict(scene: Scene, decoder: DecoderSpec): Promise<Answered>;
  score(spec: ScoreSpec, items: ScoreItems): Promise<ScoredItems>;
}

/** Turns outputs into predictions, at once or later; an interpreter's decoder is one. */
export interface Reader {
  /** @returns one prediction for each of the `batch.count` images; boxes are in pixels of the model's input. */
  decode(outputs: Outputs, batch: DecodedBatch): Prediction[] | Promise<Prediction[]>;
  /** What its answers so far had otherwise than they should, and how they were taken: sentences for the user. */
  forgiven?(): readonly string[];
  /** Values for inputs other than the image. */
  extraInputs?(batch: { readonly count: number; readonly placement: ImagePlacement }): Record<string, Tensor>;
}
