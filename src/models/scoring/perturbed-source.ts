import type { Tensor } from '../../launchers/types.js';
import type { InputSpec } from '../input.js';
import type { BatchMasks, Behind } from '../runtime.js';
import type { Scene } from '../scene.js';
import type { PerturbMode, PerturbRequest } from '../work.js';
import { pixelShape, type InputSource } from './input-source.js';
import { PerturbedInput } from './perturbed-input.js';

const BEHIND: Readonly<Record<PerturbMode, Behind>> = { delete: 'zero', insert: 'blur', remove: 'fill', keep: 'fill' };

/** The image with its pixels changed in order of saliency. */
export class PerturbedSource implements InputSource<PerturbRequest> {
  readonly #scene: Scene;
  readonly #input: InputSpec;
  readonly #orders: readonly Uint32Array[];
  readonly #changed: PerturbedInput;
  readonly #requests: PerturbRequest[] = [];

  /** @param orders pixels of the image's area by falling saliency */
  constructor(scene: Scene, input: InputSpec, orders: readonly Uint32Array[], slots: number) {
    this.#scene = scene;
    this.#input = input;
    this.#orders = orders;
    this.#changed = new PerturbedInput(scene, input, slots);
  }

  get batch(): Float32Array {
    return this.#changed.batch;
  }

  write(slot: number, request: PerturbRequest): void {
    this.#requests[slot] = request;
    this.#changed.write(slot, request.mode, this.#orders[request.order]!, request.count);
  }

  /** Hidden pixels have the fill's color; blurred ones are shown as they are in the image. */
  pixels(count: number, filled: number): Tensor {
    const { width, height, channels } = this.#input;
    const { pixels, pixelFill, placement } = this.#scene;
    const { area } = placement;
    const size = width * height * channels;
    const data = new Float32Array(count * size);
    const tensor = { data, shape: pixelShape(this.#input, count) };
    if (pixels === null || pixelFill === null) return tensor;
    for (const [slot, request] of this.#requests.slice(0, filled).entries()) {
      data.set(pixels, slot * size);
      if (request.mode === 'insert') continue;
      for (const pixel of this.#hidden(request)) {
        const y = Math.floor(pixel / area.width) + area.y;
        const x = (pixel % area.width) + area.x;
        const at = (y * width + x) * channels;
        for (let channel = at; channel < at + channels; channel++) data[slot * size + channel] = pixelFill[channel]!;
      }
    }
    return tensor;
  }

  masks(count: number, filled: number): BatchMasks {
    const { width, height } = this.#scene.placement.area;
    const plane = width * height;
    const data = new Float32Array(count * plane).fill(1);
    const requests = this.#requests.slice(0, filled);
    for (const [slot, request] of requests.entries()) {
      for (const pixel of this.#hidden(request)) data[slot * plane + pixel] = 0;
    }
    return {
      data,
      shape: [count, height, width],
      behind: Array.from({ length: count }, (_, slot) => BEHIND[requests[slot]?.mode ?? 'keep']),
    };
  }

  /** The pixels of the area that are not the image's own. */
  #hidden({ mode, order, count }: PerturbRequest): Uint32Array {
    const pixels = this.#orders[order]!;
    return mode === 'keep' || mode === 'insert' ? pixels.subarray(count) : pixels.subarray(0, count);
  }
}
