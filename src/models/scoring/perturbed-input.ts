import { blurPlane } from '../../explain/metrics/blur.js';
import type { InputSpec } from '../input.js';
import type { Scene } from '../scene.js';
import type { PerturbMode } from '../work.js';

/**
 * Writes inputs in which pixels are changed in order of saliency into the slots of one batch. The padding around the
 * image is never changed.
 */
export class PerturbedInput {
  /** `[slots, ...input]`, fed to the model. */
  readonly batch: Float32Array;
  readonly #scene: Scene;
  readonly #spec: InputSpec;
  /** Where the first channel of each pixel of the image's area stands in an input, `[area.height * area.width]`. */
  readonly #places: Uint32Array;
  /** From one channel of a pixel to the next. */
  readonly #stride: number;
  readonly #zero: Float32Array;
  #blurred: Float32Array | null = null;

  constructor(scene: Scene, spec: InputSpec, slots: number) {
    this.#scene = scene;
    this.#spec = spec;
    this.#stride = spec.layout === 'nchw' ? spec.width * spec.height : 1;
    this.#places = places(scene, spec);
    this.batch = new Float32Array(slots * scene.input.length);
    this.#zero = scene.input.slice();
    for (let channel = 0; channel < spec.channels; channel++) {
      for (const place of this.#places) this.#zero[place + channel * this.#stride] = 0;
    }
  }

  /**
   * @param order pixels of the image's area by falling saliency, `[area.height * area.width]`
   * @param count how many of them are the most salient ones
   */
  write(slot: number, mode: PerturbMode, order: Uint32Array, count: number): void {
    const [first, others] = this.#sources(mode);
    this.#mix(slot, first, others, order, count);
  }

  /** What stands in the most salient pixels, and what in the others. */
  #sources(mode: PerturbMode): readonly [first: Float32Array, others: Float32Array] {
    const { input, fill } = this.#scene;
    switch (mode) {
      case 'delete':
        return [this.#zero, input];
      case 'insert':
        return [input, this.#blur()];
      case 'remove':
        return [fill ?? this.#zero, input];
      case 'keep':
        return [input, fill ?? this.#zero];
    }
  }

  /** The first pixels from one input, the others from another; of the two, the fewer are moved one by one. */
  #mix(slot: number, first: Float32Array, others: Float32Array, order: Uint32Array, count: number): void {
    const start = slot * this.#scene.input.length;
    const few = 2 * count <= order.length;
    this.batch.set(few ? others : first, start);
    const from = few ? first : others;
    const [low, high] = few ? [0, count] : [count, order.length];
    for (let channel = 0; channel < this.#spec.channels; channel++) {
      const shift = channel * this.#stride;
      for (let i = low; i < high; i++) {
        const at = this.#places[order[i]!]! + shift;
        this.batch[start + at] = from[at]!;
      }
    }
  }

  /** The image blurred as the insertion curve asks; made when it is first needed. */
  #blur(): Float32Array {
    if (this.#blurred !== null) return this.#blurred;
    const { area } = this.#scene.placement;
    const out = this.#scene.input.slice();
    for (let channel = 0; channel < this.#spec.channels; channel++) {
      const shift = channel * this.#stride;
      const plane = Float32Array.from(this.#places, (place) => this.#scene.input[place + shift]!);
      const blurred = blurPlane(plane, area.height, area.width);
      for (let i = 0; i < blurred.length; i++) out[this.#places[i]! + shift] = blurred[i]!;
    }
    this.#blurred = out;
    return out;
  }
}

function places({ placement: { area } }: Scene, { width, layout, channels }: InputSpec): Uint32Array {
  const step = layout === 'nchw' ? 1 : channels;
  const out = new Uint32Array(area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) out[y * area.width + x] = ((y + area.y) * width + x + area.x) * step;
  }
  return out;
}
