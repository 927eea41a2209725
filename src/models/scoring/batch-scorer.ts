import type { Prediction } from '../../annotations/index.js';
import { DatumError } from '../../errors.js';
import type { Scorer } from '../../explain/scorer.js';
import type { Tensor } from '../../launchers/types.js';
import { inputShape, placementOf } from '../feeding.js';
import type { InputSpec } from '../input.js';
import type { Batch, Outputs, Reader } from '../runtime.js';
import type { Scene } from '../scene.js';
import type { ScoredItems } from '../work.js';
import type { InputSource } from './input-source.js';

/** What runs a batch. */
export type RunBatch = (batch: Batch) => Promise<Outputs>;

export interface BatchScorerParts<Item> {
  readonly scene: Scene;
  readonly input: InputSpec;
  readonly source: InputSource<Item>;
  readonly reader: Reader;
  readonly scorer: Scorer;
  readonly targets: number;
  /** Images a run. */
  readonly batch: number;
  /** What counts as found; null where no decisions are asked for. */
  readonly decision: Parameters<Scorer['decisionsOf']>[1] | null;
}

/** Makes inputs, runs the model on them, reads its outputs and scores them: batch after batch, in one lane. */
export class BatchScorer<Item> {
  readonly #parts: BatchScorerParts<Item>;
  readonly #feeder: Feeder;

  constructor(parts: BatchScorerParts<Item>) {
    this.#parts = parts;
    this.#feeder = new Feeder(parts.scene, parts.input, parts.reader, parts.source, parts.batch);
  }

  /**
   * Scores items.
   *
   * @param cancelled asked before every run; what was scored by then is returned
   */
  async score(run: RunBatch, items: readonly Item[], cancelled: () => boolean): Promise<ScoredItems> {
    const { batch, targets, input, source, scorer, decision } = this.#parts;
    const scores = new Float32Array(items.length * targets);
    const decisions = new Int32Array(decision === null ? 0 : scores.length);
    for (let done = 0; done < items.length; done += batch) {
      if (cancelled()) {
        const end = done * targets;
        return { scores: scores.slice(0, end), decisions: decisions.slice(0, end) };
      }
      const filled = Math.min(batch, items.length - done);
      for (let slot = 0; slot < filled; slot++) source.write(slot, items[done + slot]!);
      // A fixed batch is always fed whole: what is left of the last one repeats old inputs, and is not scored.
      const fed = input.batch === null ? filled : batch;
      const predictions = await this.#feeder.predict(run, fed, filled);
      for (let slot = 0; slot < filled; slot++) {
        const prediction = predictionAt(predictions, slot, fed);
        const at = (done + slot) * targets;
        scorer.score(prediction, scores, at);
        if (decision !== null) decisions.set(scorer.decisionsOf(prediction, decision), at);
      }
    }
    return { scores, decisions };
  }
}

/** Feeds what a source wrote, and reads the outputs. */
export class Feeder {
  readonly #scene: Scene;
  readonly #input: InputSpec;
  readonly #reader: Reader;
  readonly #source: InputSource<never>;
  readonly #batch: number;
  readonly #extra: Record<string, Tensor> | undefined;

  constructor(scene: Scene, input: InputSpec, reader: Reader, source: InputSource<never>, batch: number) {
    this.#scene = scene;
    this.#input = input;
    this.#reader = reader;
    this.#source = source;
    this.#batch = batch;
    this.#extra = reader.extraInputs?.({ count: batch, placement: placementOf(scene) });
  }

  /** The images in the source's slots, for one run. */
  batch(count: number, filled: number): Batch {
    let pixels: Tensor | null = null;
    return {
      count,
      scene: this.#scene,
      tensors: () => this.#tensors(count),
      // Scripts ask for each value anew.
      pixels: () => (pixels ??= this.#source.pixels(count, filled)),
      masks: () => this.#source.masks(count, filled),
    };
  }

  /** @param filled how many of the `count` images that are fed were written */
  async predict(run: RunBatch, count: number, filled: number): Promise<readonly Prediction[]> {
    const batch = this.batch(count, filled);
    const outputs = await run(batch);
    const placement = placementOf(this.#scene);
    const read = this.#reader.decode(outputs, {
      count,
      placement,
      pixels: () => batch.pixels(),
      told: this.#scene.told,
      color: this.#scene.color,
    });
    return read instanceof Promise ? await read : read;
  }

  #tensors(count: number): Record<string, Tensor> {
    const whole = count === this.#batch;
    const { batch } = this.#source;
    return {
      ...(whole ? this.#extra : this.#reader.extraInputs?.({ count, placement: placementOf(this.#scene) })),
      [this.#input.name]: {
        data: whole ? batch : batch.subarray(0, count * this.#scene.input.length),
        shape: inputShape(this.#input, count),
      },
    };
  }
}

/** @throws DatumError (`interpreter`) where there is none. */
export function predictionAt(predictions: readonly Prediction[], slot: number, fed: number): Prediction {
  const prediction = predictions[slot];
  if (prediction !== undefined) return prediction;
  throw new DatumError(
    'interpreter',
    `the interpreter gave ${predictions.length} answers for ${fed} ${fed === 1 ? 'image' : 'images'}: it must give one for each.`,
  );
}
