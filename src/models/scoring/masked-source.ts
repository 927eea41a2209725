import { drawMask, rowBuffer, type MaskOffset } from '../../explain/rise/mask-field.js';
import type { SamplerOptions } from '../../explain/rise/sampler.js';
import { createSampler } from '../../explain/rise/samplers.js';
import type { Tensor } from '../../launchers/types.js';
import type { InputSpec } from '../input.js';
import type { BatchMasks } from '../runtime.js';
import type { Scene } from '../scene.js';
import { maskPixels, pixelShape, type InputSource } from './input-source.js';
import { MaskedInput } from './masked-input.js';

/** The image under the masks of a sampler, by their numbers: drawn and laid on by WebAssembly. */
export class MaskedSource implements InputSource<number> {
  readonly #scene: Scene;
  readonly #input: InputSpec;
  readonly #sampler: ReturnType<typeof createSampler>;
  readonly #masked: MaskedInput;
  readonly #cells: readonly Uint8Array[];
  readonly #offsets: MaskOffset[];
  /** Slots whose inputs are to be laid down when they are asked for: some models take masks alone. */
  readonly #drawn = new Set<number>();

  constructor(scene: Scene, input: InputSpec, sampler: SamplerOptions, slots: number) {
    this.#scene = scene;
    this.#input = input;
    this.#sampler = createSampler(sampler);
    const { field } = this.#sampler;
    this.#masked = new MaskedInput(scene, input, field, slots);
    this.#cells = Array.from({ length: slots }, () => new Uint8Array(field.y.cells * field.x.cells));
    this.#offsets = Array.from({ length: slots }, () => ({ y: 0, x: 0 }));
  }

  get batch(): Float32Array {
    for (const slot of this.#drawn) this.#masked.write(slot, this.#cells[slot]!, this.#offsets[slot]!);
    this.#drawn.clear();
    return this.#masked.batch;
  }

  write(slot: number, mask: number): void {
    const cells = this.#cells[slot]!;
    this.#offsets[slot] = this.#sampler.draw(mask, cells);
    this.#drawn.add(slot);
  }

  pixels(count: number, filled: number): Tensor {
    const size = this.#input.width * this.#input.height * this.#input.channels;
    const data = new Float32Array(count * size);
    const { data: masks, shape } = this.masks(filled, filled);
    const plane = shape[1] * shape[2];
    for (let slot = 0; slot < filled; slot++) {
      maskPixels(this.#scene, this.#input, masks.subarray(slot * plane, (slot + 1) * plane), data, slot * size);
    }
    return { data, shape: pixelShape(this.#input, count) };
  }

  masks(count: number, filled: number): BatchMasks {
    const { width, height } = this.#scene.placement.area;
    const plane = width * height;
    const data = new Float32Array(count * plane).fill(1, filled * plane);
    const { field } = this.#sampler;
    const rows = rowBuffer(field);
    for (let slot = 0; slot < filled; slot++) {
      const out = data.subarray(slot * plane, (slot + 1) * plane);
      drawMask(field, this.#cells[slot]!, this.#offsets[slot]!, rows, out);
    }
    return { data, shape: [count, height, width], behind: Array.from({ length: count }, () => 'fill') };
  }
}
