import type { Tensor } from '../../launchers/types.js';
import type { InputSpec } from '../input.js';
import type { BatchMasks } from '../runtime.js';
import type { Scene } from '../scene.js';

/** Makes the inputs of runs on one image, in the slots of one batch. */
export interface InputSource<Item> {
  /** `[slots, ...input]`, normalized: what the model is fed. */
  readonly batch: Float32Array;
  /** Writes the input of an item to a slot. */
  write(slot: number, item: Item): void;
  /** The first slots before normalization, `[count, H, W, C]` in 0..255; slots behind `filled` are empty. */
  pixels(count: number, filled: number): Tensor;
  /** The masks of the first slots; those behind `filled` keep everything. */
  masks(count: number, filled: number): BatchMasks;
}

/** Shape of inputs before normalization. */
export function pixelShape({ height, width, channels }: InputSpec, count: number): number[] {
  return [count, height, width, channels];
}

/**
 * The image before normalization with a mask over its area: `pixels * M + fill * (1 - M)`.
 *
 * @param mask `[area.height, area.width]`
 * @param out receives `[H, W, C]` from `at` on
 */
export function maskPixels(
  { placement: { area }, pixels, pixelFill }: Scene,
  { width, channels }: InputSpec,
  mask: Float32Array,
  out: Float32Array,
  at: number,
): void {
  if (pixels === null || pixelFill === null) return;
  out.set(pixels, at);
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      const kept = mask[y * area.width + x]!;
      const first = ((y + area.y) * width + x + area.x) * channels;
      for (let channel = first; channel < first + channels; channel++) {
        out[at + channel] = pixels[channel]! * kept + pixelFill[channel]! * (1 - kept);
      }
    }
  }
}
