import { cropImage, placeImage, resizeImage, type Placement, type RgbImage } from '../image/index.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import type { InputSpec } from './input.js';

/** An image scaled to the model's input; `[area.height, area.width, 3]` RGB, without its padding. */
export interface PlacedImage {
  readonly placement: Placement;
  readonly content: RgbImage;
}

/** The last size that an image was scaled to: what is tried with one image mostly differs in colors alone. */
const lastScaled = new WeakMap<RgbImage, { readonly antialias: boolean; readonly scaled: RgbImage }>();

/** As `resizeImage`; an image that is scaled to the same size again is not scaled anew. */
function scaledOnce(image: RgbImage, width: number, height: number, antialias = true): RgbImage {
  const last = lastScaled.get(image);
  if (last?.scaled.width === width && last.scaled.height === height && last.antialias === antialias) return last.scaled;
  const scaled = resizeImage(image, width, height, antialias);
  if (scaled !== image) lastScaled.set(image, { antialias, scaled });
  return scaled;
}

/** Scales, and where the mode says so crops, an image for a model's input. */
export function fitImage(
  image: RgbImage,
  input: InputSpec,
  { resize, kept, antialias }: Pick<Preprocessing, 'resize' | 'kept' | 'antialias'>,
): PlacedImage {
  const placement = placeImage(image, input, resize, kept);
  const { scaled, area } = placement;
  const resized = scaledOnce(image, scaled.width, scaled.height, antialias);
  const content = cropImage(resized, {
    x: area.x - placement.offsetX,
    y: area.y - placement.offsetY,
    width: area.width,
    height: area.height,
  });
  return { placement, content };
}

/**
 * The input before normalisation, as scripts see it: `[height, width, channels]`, 0..255, in the model's color
 * order, padding included.
 */
export function toPixels(
  { content, placement }: PlacedImage,
  { color, pad }: Preprocessing,
  channels: 1 | 3,
): Float32Array {
  const { area, input } = placement;
  const pixels = new Float32Array(input.width * input.height * channels).fill(pad);
  for (let y = 0; y < area.height; y++) {
    let from = y * area.width * 3;
    let to = ((y + area.y) * input.width + area.x) * channels;
    for (let x = 0; x < area.width; x++, from += 3, to += channels) {
      const red = content.data[from]!;
      const green = content.data[from + 1]!;
      const blue = content.data[from + 2]!;
      if (channels === 1) pixels[to] = 0.299 * red + 0.587 * green + 0.114 * blue;
      else if (color === 'gray') pixels.fill(0.299 * red + 0.587 * green + 0.114 * blue, to, to + 3);
      else {
        pixels[to] = color === 'bgr' ? blue : red;
        pixels[to + 1] = green;
        pixels[to + 2] = color === 'bgr' ? red : blue;
      }
    }
  }
  return pixels;
}

/**
 * `(pixel * scale - mean) / std`, rearranged to the model's layout.
 *
 * @param pixels `[height, width, channels]`
 * @returns `[channels, height, width]` or `[height, width, channels]`
 */
export function normalise(
  pixels: Float32Array,
  { mean, std, scale }: Pick<Preprocessing, 'mean' | 'std' | 'scale'>,
  { layout, channels }: Pick<InputSpec, 'layout' | 'channels'>,
): Float32Array {
  const out = new Float32Array(pixels.length);
  const plane = pixels.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const shift = mean[channel] ?? mean[0] ?? 0;
    const divisor = std[channel] ?? std[0] ?? 1;
    for (let i = 0; i < plane; i++) {
      const value = (pixels[i * channels + channel]! * scale - shift) / divisor;
      out[layout === 'nchw' ? channel * plane + i : i * channels + channel] = value;
    }
  }
  return out;
}

/** The pixel value (0..255) that normalizes to zero in each channel: what `fill: 'zero'` looks like. */
export function pixelOfZero({ mean, scale }: Pick<Preprocessing, 'mean' | 'scale'>, channel: number): number {
  return (mean[channel] ?? mean[0] ?? 0) / scale;
}
