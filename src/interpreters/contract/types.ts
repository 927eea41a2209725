import type { z } from 'zod';
import type { Prediction } from '../../annotations/index.js';
import type { Signature, Tensor } from '../../launchers/types.js';
import type { LabelForm } from './label-list.js';

/** How an image becomes the model's input: `input = (pixel * scale - mean) / std`, pixel in 0..255. */
export interface Preprocessing {
  readonly color: 'rgb' | 'bgr' | 'gray';
  /** One value, or one a channel in the model's channel order. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly scale: number;
  readonly layout: 'nchw' | 'nhwc';
  /**
   * `stretch`: both axes scaled on their own; `letterbox`: scaled to fit, centred; `letterbox-top-left`: scaled to
   * fit, in the corner; `center-crop`: scaled to cover, middle kept.
   */
  readonly resize: 'stretch' | 'letterbox' | 'letterbox-top-left' | 'center-crop';
  /** Pixel value (0..255) of the letterbox's border. */
  readonly pad: number;
  /** Share of the scaled image's width and height that is kept, in the middle, where it is stretched or cropped; 1 where absent. */
  readonly kept?: number | undefined;
  /** Whether an image that shrinks is averaged, which it is where absent, or only sampled, as OpenCV does by default. */
  readonly antialias?: boolean | undefined;
}

/** Size of a model's input image in pixels. */
export interface InputSize {
  readonly width: number;
  readonly height: number;
}

/** What a decoder may know about the image behind the input. */
export interface ImagePlacement {
  /** Size of the image in pixels. */
  readonly imageWidth: number;
  readonly imageHeight: number;
  /** Input pixels for one image pixel, along x and y. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Where the image's corner lies, in input pixels; negative after a crop. */
  readonly offsetX: number;
  readonly offsetY: number;
}

/** What a decoder is built from, in every worker; plain data. */
export interface DecoderContext {
  readonly signature: Signature;
  /** Size of the model's input image in pixels. */
  readonly input: { readonly name: string; readonly width: number; readonly height: number; readonly channels: number };
  /** Names of the classes, where known. */
  readonly labels: readonly string[] | null;
  /** What inference or the user fixed for this interpreter, from its own schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The inputs of one run, for decoders that need more than the outputs (scripts). */
export interface DecodedBatch {
  readonly count: number;
  /** How the image lies in each input. */
  readonly placement: ImagePlacement;
  /** The inputs before normalisation, `[N, H, W, C]` in 0..255; computed when called. */
  readonly pixels: () => Tensor;
  /** What a script's own preprocessing learned of the image, in a form of its own; absent where there is none. */
  readonly told?: string | null;
  /** The order of the colors of `pixels`; red first where absent. */
  readonly color?: Preprocessing['color'];
}

/** Turns raw outputs into predictions, for one model in one thread. */
export interface Decoder {
  /**
   * @param outputs by name, each with the batch as the model lays it out.
   * @returns one prediction for each of the `batch.count` images. Boxes are in pixels of the model's input.
   * @throws DatumError (`interpreter`) when the outputs do not have the layout.
   */
  decode(outputs: Readonly<Record<string, Tensor>>, batch: DecodedBatch): Prediction[];
  /** Values for inputs other than the image (`scale_factor`, `orig_target_sizes`...). */
  extraInputs?(batch: { readonly count: number; readonly placement: ImagePlacement }): Record<string, Tensor>;
}

/** What an interpreter says of a model, from its signature and, where that is not enough, from one run. */
export interface Recognition {
  /** `certain`: names or metadata say so; `likely`: shapes fit this family only by convention; `possible`: may be. */
  readonly confidence: 'certain' | 'likely' | 'possible';
  /** Why, in words a user understands: "output [1, 84, 8400] is 4 + 80 classes by anchors". */
  readonly reason: string;
  /** Options that the recognition fixes for `create`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** True where a run on an image would settle the options better than names and shapes did. */
  readonly needsSample?: boolean;
  /** How the model numbers its classes, where the layout tells. */
  readonly classes?: Classes;
  /** True where nothing tells that the outputs are what they are read as, though nothing speaks against it. */
  readonly guess?: boolean;
  /** A sentence of what the user must say, where the family is plain and its columns may be two things. */
  readonly open?: string | null;
}

/** The numbers that a model has for its classes. */
export interface Classes {
  /** How many numbers there are, with the background where it has one; null where the layout does not tell. */
  readonly count: number | null;
  /** `zero`: from 0; `one`: from 1, 0 being the background. */
  readonly numbering: 'zero' | 'one';
  /** Names that belong to the family itself. */
  readonly names?: readonly string[];
  /** True where these are no names but outputs and numbers, such as `color 3`. */
  readonly unnamed?: boolean;
}

/** What inference can look at. */
export interface Evidence {
  readonly signature: Signature;
  /** Names of the classes that the user gives; those in the metadata are found there. */
  readonly labels: readonly string[] | null;
  /** What the file of those names says beside them; absent or null where they are from none. */
  readonly labelForm?: LabelForm | null;
  /** The outputs of a run on an image, with their real shapes; null before there was one. */
  readonly sample: Readonly<Record<string, Tensor>> | null;
  /** Whether an output's first axis counts images, by its name, as a run of two images showed; null where there was none. */
  readonly batched?: Readonly<Record<string, boolean>> | null;
  /** The outputs of a run on the same image with all of it hidden; absent where there was none. */
  readonly hidden?: Readonly<Record<string, Tensor>>;
  /** Size of the model's input image in pixels, where known. */
  readonly input: InputSize | null;
  /** Size in pixels of the image that is to be explained; null where there is none yet. */
  readonly image?: InputSize | null;
  /** Name of the model's file without its folder and ending, where it has one: a hint where nothing else tells. */
  readonly file?: string | null;
  /** Whether the user has chosen the interpreter: then it reads what it can, whatever it looks like. */
  readonly chosen?: boolean;
}

/** A family of output layouts: one file in `src/interpreters/families/`, one entry in `registry.ts`. */
export interface Interpreter {
  readonly name: string;
  /** `either`: a script's answers say. */
  readonly task: 'classification' | 'detection' | 'either';
  /**
   * True where the model has cut its proposals by its own NMS or top-k, so that maps of boxes are weaker than they
   * could be; said once to the user.
   */
  readonly truncated: boolean;
  /** What inference or the user may fix for it; every option has a default. */
  readonly options: z.ZodType;
  /**
   * Where models of this layout are fed in several ways that nothing tells apart: whose way the family's is, and why it
   * is only a guess. Absent where it is the convention.
   */
  readonly preprocessingIsGuess?: string;
  /** The family's preprocessing, before the user's options. */
  preprocessing(evidence: Evidence, options: Readonly<Record<string, unknown>>): Preprocessing;
  /** Input size for models of this family that take any; absent where the size is part of the training. */
  readonly usualSize?: InputSize;
  /** True where the model scales whatever image it is given itself: then it is given the image at its own size. */
  readonly sizedByImage?: boolean;
  /** NMS IoU threshold for choosing the boxes to explain; null where the model has done it. */
  readonly nms: number | null;
  /** Whether the model has this layout; null where it has not. */
  recognise(evidence: Evidence): Recognition | null;
  create(context: DecoderContext): Decoder;
}
