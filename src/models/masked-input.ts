import { stretchRows, rowBuffer, type MaskField, type MaskOffset } from '../explain/rise/mask-field.js';
import type { InputSpec } from './input.js';
import type { Scene } from './scene.js';

/**
 * Writes masked inputs, `input * M + fill * (1 - M)`, into the slots of one batch. Only the picture's area is written
 * for a mask: the padding around it is laid down once.
 */
export class MaskedInput {
  /** `[slots, ...input]`, fed to the model. */
  readonly batch: Float32Array;
  readonly #field: MaskField;
  readonly #rows: Float32Array;
  /** Input minus fill over the area, a plane a channel: `[channels, area.height, area.width]`. */
  readonly #difference: Float32Array;
  readonly #fill: Float32Array | null;
  readonly #spec: InputSpec;
  readonly #scene: Scene;
  readonly #size: number;

  constructor(scene: Scene, spec: InputSpec, field: MaskField, slots: number) {
    this.#scene = scene;
    this.#spec = spec;
    this.#field = field;
    this.#rows = rowBuffer(field);
    this.#size = scene.input.length;
    this.batch = new Float32Array(slots * this.#size);
    for (let slot = 0; slot < slots; slot++) this.batch.set(scene.input, slot * this.#size);
    this.#difference = this.#planes((at) => scene.input[at]! - (scene.fill?.[at] ?? 0));
    const { fill } = scene;
    this.#fill = fill === null ? null : this.#planes((at) => fill[at]!);
  }

  /** Values over the area, rearranged so that the inner loop reads one after the other. */
  #planes(value: (at: number) => number): Float32Array {
    const { area } = this.#scene.placement;
    const { channels } = this.#spec;
    const out = new Float32Array(channels * area.width * area.height);
    let to = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < area.height; y++) {
        for (let x = 0; x < area.width; x++) out[to++] = value(this.#position(channel, y, x));
      }
    }
    return out;
  }

  #position(channel: number, y: number, x: number): number {
    const { area } = this.#scene.placement;
    const { width, height, channels, layout } = this.#spec;
    const pixel = (y + area.y) * width + x + area.x;
    return layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel;
  }

  /** Writes the input under one mask to a slot. */
  write(slot: number, cells: Uint8Array, offset: MaskOffset): void {
    stretchRows(this.#field, cells, offset.x, this.#rows);
    const { area } = this.#scene.placement;
    const { channels, layout } = this.#spec;
    const step = layout === 'nchw' ? 1 : channels;
    const plane = area.width * area.height;
    const axis = this.#field.y;
    for (let y = 0; y < area.height; y++) {
      const q = y + offset.y;
      const low = axis.lower[q]! * area.width;
      const high = axis.upper[q]! * area.width;
      const weight = axis.weight[q]!;
      for (let channel = 0; channel < channels; channel++) {
        const to = slot * this.#size + this.#position(channel, y, 0);
        const from = channel * plane + y * area.width;
        if (this.#fill === null) this.#writeRow(to, step, from, low, high, weight);
        else this.#writeFilledRow(to, step, from, low, high, weight, this.#fill);
      }
    }
  }

  #writeRow(to: number, step: number, from: number, low: number, high: number, weight: number): void {
    const rows = this.#rows;
    const difference = this.#difference;
    const batch = this.batch;
    const width = this.#field.x.pixels;
    for (let x = 0; x < width; x++) {
      const value = rows[low + x]!;
      batch[to + x * step] = (value + (rows[high + x]! - value) * weight) * difference[from + x]!;
    }
  }

  #writeFilledRow(
    to: number,
    step: number,
    from: number,
    low: number,
    high: number,
    weight: number,
    fill: Float32Array,
  ): void {
    const rows = this.#rows;
    const difference = this.#difference;
    const batch = this.batch;
    const width = this.#field.x.pixels;
    for (let x = 0; x < width; x++) {
      const value = rows[low + x]!;
      const mask = value + (rows[high + x]! - value) * weight;
      batch[to + x * step] = mask * difference[from + x]! + fill[from + x]!;
    }
  }
}
