import type { Design } from '../../explain/method.js';
import type { Tensor } from '../../launchers/types.js';
import type { InputSpec } from '../input.js';
import type { BatchMasks } from '../runtime.js';
import type { Scene } from '../scene.js';
import { maskPixels, pixelShape, type InputSource } from './input-source.js';

/** The image under the masks of any design, by their numbers. */
export class DrawnSource implements InputSource<number> {
  readonly #batch: Float32Array;
  /** Slots whose inputs are to be laid down when they are asked for: some models take masks alone. */
  readonly #drawn = new Set<number>();
  readonly #scene: Scene;
  readonly #input: InputSpec;
  readonly #design: Pick<Design, 'draw'>;
  /** `[slots, area.height, area.width]` */
  readonly #masks: Float32Array;
  readonly #plane: number;

  constructor(scene: Scene, input: InputSpec, design: Pick<Design, 'draw'>, slots: number) {
    const { area } = scene.placement;
    this.#scene = scene;
    this.#input = input;
    this.#design = design;
    this.#plane = area.width * area.height;
    this.#masks = new Float32Array(slots * this.#plane);
    this.#batch = new Float32Array(slots * scene.input.length);
    for (let slot = 0; slot < slots; slot++) this.#batch.set(scene.input, slot * scene.input.length);
  }

  get batch(): Float32Array {
    for (const slot of this.#drawn) this.#lay(slot);
    this.#drawn.clear();
    return this.#batch;
  }

  write(slot: number, mask: number): void {
    this.#design.draw(mask, this.#masks.subarray(slot * this.#plane, (slot + 1) * this.#plane));
    this.#drawn.add(slot);
  }

  /** Writes the input under a slot's mask. */
  #lay(slot: number): void {
    const drawn = this.#masks.subarray(slot * this.#plane, (slot + 1) * this.#plane);
    const { input, fill, placement } = this.#scene;
    const { area } = placement;
    const { width, height, channels, layout } = this.#input;
    const start = slot * input.length;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < area.height; y++) {
        for (let x = 0; x < area.width; x++) {
          const pixel = (y + area.y) * width + x + area.x;
          const at = layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel;
          const behind = fill?.[at] ?? 0;
          this.#batch[start + at] = behind + (input[at]! - behind) * drawn[y * area.width + x]!;
        }
      }
    }
  }

  pixels(count: number, filled: number): Tensor {
    const size = this.#input.width * this.#input.height * this.#input.channels;
    const data = new Float32Array(count * size);
    for (let slot = 0; slot < filled; slot++) {
      const mask = this.#masks.subarray(slot * this.#plane, (slot + 1) * this.#plane);
      maskPixels(this.#scene, this.#input, mask, data, slot * size);
    }
    return { data, shape: pixelShape(this.#input, count) };
  }

  masks(count: number, filled: number): BatchMasks {
    const { width, height } = this.#scene.placement.area;
    const data = new Float32Array(count * this.#plane).fill(1, filled * this.#plane);
    data.set(this.#masks.subarray(0, filled * this.#plane));
    return { data, shape: [count, height, width], behind: Array.from({ length: count }, () => 'fill') };
  }
}
