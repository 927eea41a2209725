import { DatumError } from '../errors.js';
import { blurImage, meanColor, plainImage, type Placement, type RgbImage } from '../image/index.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import { sharedMemory } from '../shared-memory.js';
import type { InputSpec } from './input.js';
import { fitImage, normalise, pixelOfZero, toPixels, type PlacedImage } from './preprocess.js';

/** What stands where a mask hides the image; a blur of one's own by its standard deviation over the longer side. */
export type Fill = 'zero' | 'mean' | 'blur' | readonly [number, number, number] | { readonly blur: number };

/** One image ready for masked runs; plain data in memory that workers share, the same for every worker. */
export interface Scene {
  readonly id: number;
  readonly placement: Placement;
  /** What the model is shown of the image, before normalisation and without padding: `[area.height, area.width, 3]`. */
  readonly shown: RgbImage;
  /** The normalised input, `[C, H, W]` or `[H, W, C]`. */
  readonly input: Float32Array;
  /** What replaces hidden pixels, in the same space and shape; null for zeros. */
  readonly fill: Float32Array | null;
  /** For scripts: both before normalisation, `[H, W, C]` in 0..255. */
  readonly pixels: Float32Array | null;
  readonly pixelFill: Float32Array | null;
  /** The pixel value (0..255) of each channel that normalizes to zero. */
  readonly pixelZero: readonly number[];
  /** What a script's own preprocessing learned of the image; null where there is none. */
  readonly told: string | null;
  /** The order of the colors of `pixels`. */
  readonly color: Preprocessing['color'];
  /** True where the fill stands in the place of the whole image. */
  readonly hidden?: boolean;
}

/** A script's own way to the model's input, in the input's layout. */
export type CustomPreprocess =
  /** From the image at the input's size: `[H, W, 3]` RGB 0..255. */
  | {
      readonly from: 'scaled';
      readonly run: (pixels: Float32Array, width: number, height: number) => Promise<Float32Array>;
    }
  /** From the image itself; `told` is what it learned of it. */
  | {
      readonly from: 'whole';
      readonly run: (image: RgbImage) => Promise<{ input: Float32Array; told: string | null }>;
    };

export interface SceneOptions {
  readonly input: InputSpec;
  readonly preprocessing: Preprocessing;
  readonly custom: CustomPreprocess | null;
  /** Whether the interpreter asks for pixels. */
  readonly wantsPixels: boolean;
  readonly fill: Fill;
}

let scenes = 0;

/** Brings an image and its fill to the model's input, once for all masked runs. */
export async function createScene(image: RgbImage, options: SceneOptions): Promise<Scene> {
  const { input, preprocessing, wantsPixels, custom } = options;
  const placed = fitImage(image, input, preprocessing);
  const filled = fillImage(placed, options.fill);
  const whole = custom?.from === 'whole' ? custom : null;
  const shown = await whole?.run(image);
  const fill = whole === null ? null : fillOf(image, options.fill);
  const behind = fill === null ? undefined : await whole?.run(fill);
  return {
    id: ++scenes,
    placement: placed.placement,
    shown: { ...placed.content, data: shareBytes(placed.content.data) },
    input: share(shown?.input ?? (await toInput(placed, options))),
    fill: filled === null ? null : share(behind?.input ?? (await toInput(filled, options))),
    told: shown?.told ?? null,
    color: preprocessing.color,
    pixels: wantsPixels ? share(toPixels(placed, preprocessing, input.channels)) : null,
    pixelZero: Array.from({ length: input.channels }, (_, channel) => pixelOfZero(preprocessing, channel)),
    pixelFill: wantsPixels
      ? share(filled === null ? zeroPixels(options) : toPixels(filled, preprocessing, input.channels))
      : null,
  };
}

/** The scene with every pixel of the image hidden; padding stays. */
export function fillScene(scene: Scene, spec: InputSpec): Scene {
  return {
    ...scene,
    id: ++scenes,
    hidden: true,
    input: share(hidden(scene.input, scene.fill, scene, spec, spec.layout)),
    // Pixels before normalisation are always interleaved.
    pixels: scene.pixels === null ? null : share(hidden(scene.pixels, scene.pixelFill, scene, spec, 'nhwc')),
  };
}

function hidden(
  values: Float32Array,
  fill: Float32Array | null,
  { placement: { area } }: Scene,
  { width, height, channels }: InputSpec,
  layout: InputSpec['layout'],
): Float32Array {
  const out = Float32Array.from(values);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = area.y; y < area.y + area.height; y++) {
      for (let x = area.x; x < area.x + area.width; x++) {
        const pixel = y * width + x;
        const at = layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel;
        out[at] = fill?.[at] ?? 0;
      }
    }
  }
  return out;
}

async function toInput(placed: PlacedImage, { input, preprocessing, custom }: SceneOptions): Promise<Float32Array> {
  if (custom?.from !== 'scaled')
    return normalise(toPixels(placed, preprocessing, input.channels), preprocessing, input);
  const rgb = toPixels(placed, { ...preprocessing, color: 'rgb' }, 3);
  const result = await custom.run(rgb, input.width, input.height);
  const expected = input.width * input.height * input.channels;
  if (result.length !== expected) {
    throw new DatumError(
      'interpreter',
      `the script's preprocess() returned ${result.length} values for an input of ${input.channels} x ${input.height} x ${input.width}: return the image at the size it was given.`,
    );
  }
  return result;
}

function fillImage({ content, placement }: PlacedImage, fill: Fill): PlacedImage | null {
  const filled = fillOf(content, fill);
  return filled === null ? null : { placement, content: filled };
}

/** What stands in an image's place; null for zeros of the model's own units. */
function fillOf(image: RgbImage, fill: Fill): RgbImage | null {
  const { width, height } = image;
  switch (fill) {
    case 'zero':
      return null;
    case 'mean':
      return plainImage(width, height, meanColor(image));
    case 'blur':
      // A twentieth of the longer side: colors stay, shapes are gone.
      return blurImage(image, Math.max(width, height) / 20);
    default:
      return 'blur' in fill ? blurImage(image, Math.max(width, height) * fill.blur) : plainImage(width, height, fill);
  }
}

function zeroPixels({ input, preprocessing }: SceneOptions): Float32Array {
  return Float32Array.from({ length: input.width * input.height * input.channels }, (_, i) =>
    pixelOfZero(preprocessing, i % input.channels),
  );
}

function shareBytes(values: Uint8Array): Uint8Array {
  const shared = new Uint8Array(sharedMemory(values.byteLength));
  shared.set(values);
  return shared;
}

/** A copy in memory that all workers read. */
function share(values: Float32Array): Float32Array {
  const shared = new Float32Array(sharedMemory(values.byteLength));
  shared.set(values);
  return shared;
}
