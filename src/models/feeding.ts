import type { ImagePlacement } from '../interpreters/contract/types.js';
import type { InputSpec } from './input.js';
import type { Scene } from './scene.js';

/** Tensor shape of a batch for the model's input. */
export function inputShape({ layout, channels, height, width, rank }: InputSpec, count: number): number[] {
  const image = layout === 'nchw' ? [channels, height, width] : [height, width, channels];
  return rank === 3 ? image : [count, ...image];
}

/** How the image lies in the input, as decoders want it. */
export function placementOf({ placement }: Scene): ImagePlacement {
  const { image, scaleX, scaleY, offsetX, offsetY } = placement;
  return { imageWidth: image.width, imageHeight: image.height, scaleX, scaleY, offsetX, offsetY };
}
