import type { Tensor } from '../../launchers/types.js';
import type { InputSpec } from '../input.js';
import type { BatchMasks } from '../runtime.js';
import type { Scene } from '../scene.js';
import { pixelShape, type InputSource } from './input-source.js';

/** The whole image, in every slot. */
export class WholeSource implements InputSource<null> {
  readonly batch: Float32Array;
  readonly #scene: Scene;
  readonly #input: InputSpec;

  constructor(scene: Scene, input: InputSpec, slots: number) {
    this.#scene = scene;
    this.#input = input;
    this.batch = repeat(scene.input, slots);
  }

  write(): void {
    // All slots hold it from the beginning.
  }

  pixels(count: number): Tensor {
    return { data: repeat(this.#scene.pixels ?? new Float32Array(0), count), shape: pixelShape(this.#input, count) };
  }

  masks(count: number): BatchMasks {
    const { width, height } = this.#scene.placement.area;
    // An image that is hidden as a whole is told by its mask.
    const data = new Float32Array(count * width * height).fill(this.#scene.hidden === true ? 0 : 1);
    return { data, shape: [count, height, width], behind: Array.from({ length: count }, () => 'fill') };
  }
}

function repeat(values: Float32Array, count: number): Float32Array {
  const out = new Float32Array(values.length * count);
  for (let slot = 0; slot < count; slot++) out.set(values, slot * values.length);
  return out;
}
