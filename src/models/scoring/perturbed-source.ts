import { blurPlane } from '../../explain/metrics/blur.js';
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
  #blurred: Float32Array | null = null;

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

  pixels(count: number, filled: number): Tensor {
    const { width, height, channels } = this.#input;
    const { pixels } = this.#scene;
    const { area } = this.#scene.placement;
    const size = width * height * channels;
    const data = new Float32Array(count * size);
    const tensor = { data, shape: pixelShape(this.#input, count) };
    if (pixels === null) return tensor;
    for (const [slot, request] of this.#requests.slice(0, filled).entries()) {
      data.set(pixels, slot * size);
      const behind = this.#pixelsBehind(BEHIND[request.mode], pixels);
      for (const pixel of this.#hidden(request)) {
        const y = Math.floor(pixel / area.width) + area.y;
        const x = (pixel % area.width) + area.x;
        const at = (y * width + x) * channels;
        for (let channel = at; channel < at + channels; channel++) data[slot * size + channel] = behind(channel);
      }
    }
    return tensor;
  }

  /** What is behind hidden pixels, before normalization. */
  #pixelsBehind(behind: Behind, pixels: Float32Array): (at: number) => number {
    const { pixelFill, pixelZero } = this.#scene;
    const { channels } = this.#input;
    if (behind === 'blur') {
      this.#blurred ??= this.#blur(pixels);
      const blurred = this.#blurred;
      return (at) => blurred[at]!;
    }
    return (at) => (behind === 'zero' ? pixelZero[at % channels]! : (pixelFill?.[at] ?? 0));
  }

  /** The image blurred as its normalized values are: beyond its borders lie the pixels that normalize to zero. */
  #blur(pixels: Float32Array): Float32Array {
    const { width, channels } = this.#input;
    const { pixelZero, placement } = this.#scene;
    const { area } = placement;
    const out = pixels.slice();
    const places = Array.from(
      { length: area.width * area.height },
      (_, i) => ((Math.floor(i / area.width) + area.y) * width + (i % area.width) + area.x) * channels,
    );
    for (let channel = 0; channel < channels; channel++) {
      const zero = pixelZero[channel]!;
      const plane = Float32Array.from(places, (place) => pixels[place + channel]! - zero);
      const blurred = blurPlane(plane, area.height, area.width);
      for (const [i, place] of places.entries()) out[place + channel] = blurred[i]! + zero;
    }
    return out;
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
