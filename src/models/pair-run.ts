import type { Tensor } from '../launchers/types.js';
import type { InputSpec } from './input.js';
import type { BatchMasks, Outputs, Runtime } from './runtime.js';
import { fillScene, type Scene } from './scene.js';
import { Feeder } from './scoring/batch-scorer.js';
import { pixelShape, type InputSource } from './scoring/input-source.js';
import { WholeSource } from './scoring/whole-source.js';

/** What a run of two images at once shows of a model that leaves its batch open. */
export interface PairRun {
  /** Whether it answers two images at once; a Reshape that was exported for one image fails, or joins their answers. */
  readonly takesTwo: boolean;
  /** Whether an output's first axis counts images, by its name; empty where it takes one alone. */
  readonly batched: Readonly<Record<string, boolean>>;
  /** Whether the answer to an image is the same beside another one: it is not where scales are computed from the batch. */
  readonly independent: boolean;
  /** Whether the answer to an image is the same when it is run again. */
  readonly repeatable: boolean;
}

/** An answer to an image may differ by this share of the output's largest value and still be the same. */
const SAME = 2e-3;

/**
 * Runs a model on an image and the image mostly hidden, at once, and compares with its answers to each of them alone:
 * the one with the smaller values shows best whether the other sets a scale.
 *
 * @param alone outputs for the image alone
 */
export async function pairRun(
  runtime: Pick<Runtime, 'run'>,
  scene: Scene,
  input: InputSpec,
  alone: Outputs,
  extraInputs: (count: number) => Record<string, Tensor>,
): Promise<PairRun> {
  const readerOf = (count: number) => ({ decode: () => [], extraInputs: () => extraInputs(count) });
  const feeder = new Feeder(scene, input, readerOf(2), new PairSource(scene, input), 2);
  let both: Outputs;
  try {
    both = await runtime.run(feeder.batch(2, 2));
  } catch {
    // A model that fails whatever it is given, or is gone, says so itself.
    await runtime.run(new Feeder(scene, input, readerOf(1), new WholeSource(scene, input, 1), 1).batch(1, 1));
    return { takesTwo: false, batched: {}, independent: true, repeatable: true };
  }
  if (isForOne(alone, both)) return { takesTwo: false, batched: {}, independent: true, repeatable: true };
  const faint = await runtime.run(new Feeder(scene, input, readerOf(1), new FaintSource(scene, input), 1).batch(1, 1));
  const batched: Record<string, boolean> = {};
  let independent = true;
  for (const [name, { data, shape }] of Object.entries(alone)) {
    const pair = both[name];
    if (pair === undefined) continue;
    const isBatched = shape[0] === 1 && pair.shape[0] === 2 && pair.data.length === 2 * data.length;
    batched[name] = isBatched;
    if (!isBatched) continue;
    const second = faint[name]?.data;
    if (!isSame(data, pair.data)) independent = false;
    if (second?.length === data.length && !isSame(second, pair.data.subarray(data.length))) independent = false;
  }
  // Only where answers differ another run is needed to tell why.
  const repeatable = independent || (await answersAgain());
  return { takesTwo: true, batched, independent, repeatable };

  async function answersAgain(): Promise<boolean> {
    const single = new Feeder(scene, input, readerOf(1), new WholeSource(scene, input, 1), 1);
    const again = await runtime.run(single.batch(1, 1));
    return Object.entries(alone).every(([name, { data }]) => {
      const other = again[name]?.data;
      return other?.length === data.length && isSame(data, other);
    });
  }
}

/** Whether no output has a second row for a second image: a Reshape exported for one joins them, or only the first counts. */
function isForOne(alone: Outputs, both: Outputs): boolean {
  return Object.entries(alone).every(
    ([name, { shape }]) =>
      shape.length === 2 && shape[0] === 1 && both[name]?.shape.length === 2 && both[name].shape[0] === 1,
  );
}

function isSame(alone: Float32Array, both: Float32Array): boolean {
  let largest = 0;
  for (const value of alone) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return alone.every((value, i) => Object.is(value, both[i]) || Math.abs(value - both[i]!) <= SAME * largest);
}

/** How much of the image is left where it is mostly hidden, as a mask has it. */
const LEFT = 0.25;

/** An image mostly hidden, every pixel alike. */
class FaintSource implements InputSource<null> {
  readonly batch: Float32Array;
  readonly #whole: WholeSource;
  readonly #hidden: WholeSource;

  constructor(scene: Scene, input: InputSpec) {
    this.#whole = new WholeSource(scene, input, 1);
    this.#hidden = new WholeSource(fillScene(scene, input), input, 1);
    this.batch = blended(this.#whole.batch, this.#hidden.batch);
  }

  write(): void {
    // It lies there from the beginning.
  }

  pixels(): Tensor {
    const { data, shape } = this.#whole.pixels(1);
    return { data: blended(data, this.#hidden.pixels(1).data), shape };
  }

  masks(): BatchMasks {
    const whole = this.#whole.masks(1);
    return { ...whole, data: whole.data.map((value) => LEFT * value) };
  }
}

function blended(whole: Float32Array, hidden: Float32Array): Float32Array {
  return whole.map((value, i) => hidden[i]! + LEFT * (value - hidden[i]!));
}

/** An image, and the same image mostly hidden. */
class PairSource implements InputSource<null> {
  readonly batch: Float32Array;
  readonly #halves: readonly [WholeSource, FaintSource];
  readonly #input: InputSpec;

  constructor(scene: Scene, input: InputSpec) {
    this.#halves = [new WholeSource(scene, input, 1), new FaintSource(scene, input)];
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
