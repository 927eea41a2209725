import { stretchRows, type MaskField, type MaskOffset } from '../../explain/rise/mask-field.js';
import type { InputSpec } from '../input.js';
import { KERNEL_BASE64 } from './kernel/bytes.js';
import type { Scene } from '../scene.js';

let compiled: WebAssembly.Module | null = null;

/**
 * The kernel, compiled when it is first used, at once: it has 600 bytes, and browsers refuse that in a page's main thread
 * only to large modules.
 */
function kernel(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(KERNEL_BASE64), (byte) => byte.charCodeAt(0)));
  return compiled;
}

type MaskKernel = (
  height: number,
  width: number,
  rows: number,
  lower: number,
  upper: number,
  weight: number,
  difference: number,
  fill: number,
  channels: number,
  plane: number,
  out: number,
  outPlane: number,
  outRow: number,
) => void;

/**
 * Writes masked inputs, `input * M + fill * (1 - M)`, into the slots of one batch. Only the image's area is written
 * for a mask: the padding around it is laid down once. The arithmetic runs in WebAssembly (kernel/mask.wat), three
 * times as fast as the same loops in JavaScript; its memory is the batch that the model is fed from.
 */
export class MaskedInput {
  /** `[slots, ...input]`, fed to the model. */
  readonly batch: Float32Array;
  readonly #field: MaskField;
  readonly #rows: Float32Array;
  readonly #spec: InputSpec;
  readonly #scene: Scene;
  readonly #mask: MaskKernel;
  readonly #at: {
    readonly lower: number;
    readonly upper: number;
    readonly weight: number;
    readonly difference: number;
    readonly fill: number;
  };
  /** For interleaved inputs: masked planes, to be woven together. */
  readonly #planes: Float32Array | null;

  constructor(scene: Scene, spec: InputSpec, field: MaskField, slots: number) {
    this.#scene = scene;
    this.#spec = spec;
    this.#field = field;
    const { area } = scene.placement;
    const plane = area.width * area.height;
    const size = scene.input.length;
    const interleaved = spec.layout === 'nhwc' && spec.channels > 1;
    // The first block keeps 0 free, so that it can mean "no fill".
    const memory = new Allocation(16, [
      slots * size,
      field.y.cells * area.width,
      field.y.lower.length,
      field.y.upper.length,
      field.y.weight.length,
      spec.channels * plane,
      scene.fill === null ? 0 : spec.channels * plane,
      interleaved ? spec.channels * plane : 0,
    ]);
    const [batch, rows, lower, upper, weight, difference, fill, planes] = memory.blocks;
    this.batch = memory.floats(batch!);
    this.#rows = memory.floats(rows!);
    memory.integers(lower!).set(field.y.lower);
    memory.integers(upper!).set(field.y.upper);
    memory.floats(weight!).set(field.y.weight);
    this.#planes = interleaved ? memory.floats(planes!) : null;
    this.#at = {
      lower: lower!.at,
      upper: upper!.at,
      weight: weight!.at,
      difference: difference!.at,
      fill: scene.fill === null ? 0 : fill!.at,
    };
    for (let slot = 0; slot < slots; slot++) this.batch.set(scene.input, slot * size);
    this.#copyPlanes(memory.floats(difference!), (at) => scene.input[at]! - (scene.fill?.[at] ?? 0));
    if (scene.fill !== null) this.#copyPlanes(memory.floats(fill!), (at) => scene.fill![at]!);
    this.#mask = memory.kernel();
  }

  /** Writes the input under one mask to a slot. */
  write(slot: number, cells: Uint8Array, offset: MaskOffset): void {
    stretchRows(this.#field, cells, offset.x, this.#rows);
    const { area } = this.#scene.placement;
    const { channels, width, height } = this.#spec;
    const plane = area.width * area.height * 4;
    const slotAt = this.batch.byteOffset + slot * this.#scene.input.length * 4;
    const direct = this.#planes === null;
    const { lower, upper, weight, difference, fill } = this.#at;
    this.#mask(
      area.height,
      area.width,
      this.#rows.byteOffset,
      lower + offset.y * 4,
      upper + offset.y * 4,
      weight + offset.y * 4,
      difference,
      fill,
      channels,
      plane,
      direct ? slotAt + (area.y * width + area.x) * 4 : this.#planes.byteOffset,
      direct ? width * height * 4 : plane,
      direct ? width * 4 : area.width * 4,
    );
    if (!direct) this.#weave(slot, this.#planes);
  }

  /** Values over the area, a plane a channel: `[channels, area.height, area.width]`. */
  #copyPlanes(out: Float32Array, value: (at: number) => number): void {
    const { area } = this.#scene.placement;
    const { channels, width, height, layout } = this.#spec;
    let to = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < area.height; y++) {
        for (let x = 0; x < area.width; x++) {
          const pixel = (y + area.y) * width + x + area.x;
          out[to++] = value(layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel);
        }
      }
    }
  }

  /** Planes to the interleaved slot. */
  #weave(slot: number, planes: Float32Array): void {
    const { area } = this.#scene.placement;
    const { channels, width } = this.#spec;
    const batch = this.batch;
    const plane = area.width * area.height;
    const start = slot * this.#scene.input.length;
    for (let y = 0; y < area.height; y++) {
      let to = start + ((y + area.y) * width + area.x) * channels;
      for (let from = y * area.width; from < (y + 1) * area.width; from++) {
        for (let at = from; at < plane * channels; at += plane) batch[to++] = planes[at]!;
      }
    }
  }
}

interface Block {
  readonly at: number;
  readonly length: number;
}

/** One WebAssembly memory, cut into blocks of 4-byte values that start at multiples of 16 bytes. */
class Allocation {
  readonly blocks: readonly Block[];
  readonly #memory: WebAssembly.Memory;

  constructor(start: number, lengths: readonly number[]) {
    let at = start;
    this.blocks = lengths.map((length) => {
      const block = { at, length };
      at += Math.ceil((length * 4) / 16) * 16;
      return block;
    });
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(at / 65_536) });
  }

  floats({ at, length }: Block): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }

  integers({ at, length }: Block): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }

  kernel(): MaskKernel {
    const { exports } = new WebAssembly.Instance(kernel(), { env: { memory: this.#memory } });
    return exports['mask'] as MaskKernel;
  }
}
