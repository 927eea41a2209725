import type { Tensor } from '../launchers/types.js';
import type { InputSpec } from './input.js';
import type { BatchMasks, Outputs, Runtime } from './runtime.js';
import { fillScene, type Scene } from './scene.js';
import { Feeder } from './scoring/batch-scorer.js';
import { pixelShape, type InputSource } from './scoring/input-source.js';
import { WholeSource } from './scoring/whole-source.js';

/** What a run of two images at once shows of a model that leaves its batch open. */
export interface PairRun {
  /** Whether it takes two images at once; a Reshape that was exported for one image does not. */
  readonly takesTwo: boolean;
  /** Whether an output's first axis counts images, by its name; empty where it takes one alone. */
  readonly batched: Readonly<Record<string, boolean>>;
  /** Whether the answer to an image is the same beside another one: it is not where scales are computed from the batch. */
  readonly independent: boolean;
}

/** An answer to an image may differ by this share of the output's largest value and still be the same. */
const SAME = 2e-3;

/**
 * Runs a model on an image and the image hidden, at once, and compares with its answer to the image alone.
 *
 * @param alone outputs for the image alone, copied
 */
export async function pairRun(
  runtime: Pick<Runtime, 'run'>,
  scene: Scene,
  input: InputSpec,
  alone: Outputs,
  extraInputs: (count: number) => Record<string, Tensor>,
): Promise<PairRun> {
  const reader = { decode: () => [], extraInputs: () => extraInputs(2) };
  const feeder = new Feeder(scene, input, reader, new PairSource(scene, input), 2);
  let both: Outputs;
  try {
    both = await runtime.run(feeder.batch(2, 2));
  } catch {
    return { takesTwo: false, batched: {}, independent: true };
  }
  const batched: Record<string, boolean> = {};
  let independent = true;
  for (const [name, { data, shape }] of Object.entries(alone)) {
    const pair = both[name];
    if (pair === undefined) continue;
    const isBatched = shape[0] === 1 && pair.shape[0] === 2 && pair.data.length === 2 * data.length;
    batched[name] = isBatched;
    if (isBatched && !isSame(data, pair.data)) independent = false;
  }
  return { takesTwo: true, batched, independent };
}

function isSame(alone: Float32Array, both: Float32Array): boolean {
  let largest = 0;
  for (const value of alone) largest = Math.max(largest, Math.abs(value));
  return alone.every((value, i) => Math.abs(value - both[i]!) <= SAME * largest);
}

/** An image, and the same image hidden. */
class PairSource implements InputSource<null> {
  readonly batch: Float32Array;
  readonly #halves: readonly [WholeSource, WholeSource];
  readonly #input: InputSpec;

  constructor(scene: Scene, input: InputSpec) {
    this.#halves = [new WholeSource(scene, input, 1), new WholeSource(fillScene(scene, input), input, 1)];
    this.#input = input;
    this.batch = joined(this.#halves.map(({ batch }) => batch));
  }

  write(): void {
    // Both lie there from the beginning.
  }

  pixels(): Tensor {
    return { data: joined(this.#halves.map((half) => half.pixels(1).data)), shape: pixelShape(this.#input, 2) };
  }

  masks(): BatchMasks {
    const parts = this.#halves.map((half) => half.masks(1));
    const [, height, width] = parts[0]!.shape;
    return { data: joined(parts.map(({ data }) => data)), shape: [2, height, width], behind: ['fill', 'fill'] };
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
