import type { Prediction } from '../annotations/index.js';
import { DatumError } from '../errors.js';
import type { SamplerOptions } from '../explain/rise/sampler.js';
import type { ScoringOptions, Target } from '../explain/targets.js';
import type { RgbImage } from '../image/index.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import type { Signature } from '../launchers/types.js';
import type { ModelFacts } from './facts.js';
import type { InputSpec } from './input.js';
import type { SessionPool } from './pool.js';
import { createScene, fillScene, type CustomPreprocess, type Fill, type Scene } from './scene.js';
import { inOrder } from './in-order.js';
import type { DecoderSpec, MaskedRunsSpec, PerturbedRunsSpec, PerturbedScores, PerturbRequest } from './tasks.js';

/** What is known of an opened model, for reports. */
export interface ModelInfo {
  /** Registered name, or the file's. */
  readonly name: string;
  readonly path: string;
  /** Hash of the model's files, hexadecimal. */
  readonly sha256: string;
  readonly launcher: string;
  readonly engine: string;
  readonly interpreter: string;
  /** What inference or the user fixed for it. */
  readonly interpreterOptions: Readonly<Record<string, unknown>>;
  /** Null where the interpreter decides by its answers. */
  readonly task: 'classification' | 'detection' | 'either';
  readonly signature: Signature;
  readonly input: InputSpec;
  readonly preprocessing: Preprocessing;
  /** Names of the classes, or null where nobody gave them. */
  readonly labels: readonly string[] | null;
  /** What was decided about the model, and how it is known. */
  readonly facts: ModelFacts;
  /** Whether the model's own NMS or top-k has cut its proposals. */
  readonly truncated: boolean;
  /** NMS threshold for its boxes; null where it has done it. */
  readonly nms: number | null;
}

/** The masked runs of one picture. */
export interface MaskedRuns {
  readonly scene: Scene;
  /** Size of the masked area, grid, share of cells kept, seed. */
  readonly sampler: SamplerOptions;
  readonly targets: readonly Target[];
  readonly scoring: ScoringOptions;
  /** Masks to score, from mask 0. */
  readonly count: number;
  readonly batch: number;
  /** Time of one run of the model, for cutting the work into pieces; has no influence on scores. */
  readonly millisecondsPerRun: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs on one picture in which pixels are changed in order of saliency. */
export interface PerturbedRuns extends Omit<PerturbedRunsSpec, 'id' | 'decoder'> {
  readonly millisecondsPerRun: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Work is cut into pieces of about this long: short enough to show progress, long enough to cost nothing. Cancelling
 * does not wait for a piece: workers look after every batch.
 */
const PIECE_MILLISECONDS = 100;

/** Drawing a mask and scoring an answer cost this at least, however quick the model is. */
const MILLISECONDS_PER_MASK = 0.02;

/**
 * Images in a piece of work: whole batches. A batch is taken to cost as much as its images one by one, so that a quick
 * model's pieces are not as many times too long.
 */
function pieceOf(batch: number, millisecondsPerRun: number): number {
  const images = PIECE_MILLISECONDS / (millisecondsPerRun + MILLISECONDS_PER_MASK);
  return batch * Math.max(1, Math.round(images / batch));
}

let ids = 0;

/** A model open in worker threads, with all that is needed to feed and read it. Close it when done. */
export class Model {
  readonly info: ModelInfo;
  readonly #pool: SessionPool;
  readonly #decoder: DecoderSpec;
  readonly #custom: CustomPreprocess | null;

  constructor(info: ModelInfo, pool: SessionPool, decoder: DecoderSpec, custom: CustomPreprocess | null) {
    this.info = info;
    this.#pool = pool;
    this.#decoder = decoder;
    this.#custom = custom;
  }

  /** Number of worker threads. */
  get workers(): number {
    return this.#pool.workers;
  }

  /** Brings a picture to the model's input. */
  scene(image: RgbImage, fill: Fill = 'zero'): Promise<Scene> {
    return createScene(image, {
      input: this.info.input,
      preprocessing: this.info.preprocessing,
      custom: this.#custom,
      wantsPixels: 'script' in this.#decoder.interpreter,
      fill,
    });
  }

  /**
   * The model's answer to a whole picture, and how long its run took.
   *
   * @throws DatumError (`model`, `interpreter`) when the model or the interpreter fails.
   */
  predict(scene: Scene): Promise<{ readonly prediction: Prediction; readonly milliseconds: number }> {
    return this.#pool.run({ type: 'predict', scene, decoder: this.#decoder });
  }

  /** Whether a script of the user's prepares the picture, so that colour order and normalisation are its own. */
  get hasOwnPreprocessing(): boolean {
    return this.#custom !== null;
  }

  /** The model's answer to a picture that is prepared in another way: for finding out why an answer looks wrong. */
  async tryPreprocessing(image: RgbImage, preprocessing: Preprocessing): ReturnType<Model['predict']> {
    const scene = await createScene(image, {
      input: this.info.input,
      preprocessing,
      custom: null,
      wantsPixels: 'script' in this.#decoder.interpreter,
      fill: 'zero',
    });
    return this.predict(scene);
  }

  /** The model's answer to the fill alone: what is left when every pixel of the picture is hidden. */
  predictFill(scene: Scene): Promise<{ readonly prediction: Prediction; readonly milliseconds: number }> {
    return this.predict(fillScene(scene, this.info.input));
  }

  /**
   * Images a run for masked runs: the model's own batch where it is fixed; else several small images at once, which
   * saves the cost of a call, and one at a time where that no longer matters.
   *
   * @param wished `--batch-size`; a fixed batch overrules it.
   */
  batchSize(wished: number | undefined): number {
    const { batch, width, height } = this.info.input;
    return batch ?? wished ?? Math.max(1, Math.min(64, Math.floor(65_536 / (width * height))));
  }

  /**
   * Scores masks 0..count-1, in order, as they come in from all workers: each item holds the next masks' scores
   * `[masks, targets]`. Ends early, without an error, when the signal aborts or the caller leaves the loop; no more
   * than a few pieces of work are ever under way.
   */
  async *scoreMasks(runs: MaskedRuns): AsyncGenerator<Float32Array, void, void> {
    const { count, batch, signal } = runs;
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const spec: MaskedRunsSpec = {
      id: ++ids,
      scene: runs.scene,
      decoder: this.#decoder,
      sampler: runs.sampler,
      targets: runs.targets,
      scoring: runs.scoring,
      batch,
      cancel,
    };
    const piece = pieceOf(batch, runs.millisecondsPerRun);
    const abort = (): void => {
      Atomics.store(cancel, 0, 1);
    };
    const cancelled = (): boolean => Atomics.load(cancel, 0) !== 0;
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    const underWay: Promise<Float32Array>[] = [];
    let next = 0;
    try {
      for (;;) {
        while (next < count && underWay.length < 2 * this.#pool.workers && !cancelled()) {
          // Smaller towards the end, so that the workers finish together.
          const share = batch * Math.ceil((count - next) / (2 * this.#pool.workers) / batch);
          const size = Math.min(piece, share, count - next);
          const task = this.#pool.run({ type: 'masks', spec, first: next, count: size });
          // Failures are met in order, by the loop; without this, an early one of a later piece would be unhandled.
          task.catch(() => undefined);
          underWay.push(task);
          next += size;
        }
        const first = underWay.shift();
        if (first === undefined) return;
        const scores = await first;
        if (scores.length > 0) yield scores;
        if (cancelled()) return;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      abort();
      await Promise.allSettled(underWay);
    }
  }

  /**
   * Opens a picture for runs in which pixels are changed in order of saliency: the function returned scores requests,
   * in their order, and may be called while earlier calls are under way.
   *
   * @throws DatumError (from the function): `interrupted` when the signal aborts; `model`, `interpreter` when they fail.
   */
  perturbed({
    millisecondsPerRun,
    signal,
    ...runs
  }: PerturbedRuns): (requests: readonly PerturbRequest[]) => Promise<PerturbedScores> {
    const spec: PerturbedRunsSpec = { ...runs, id: ++ids, decoder: this.#decoder };
    const piece = pieceOf(runs.batch, millisecondsPerRun);
    return async (requests) => {
      const size = Math.min(piece, runs.batch * Math.ceil(requests.length / this.#pool.workers / runs.batch));
      const scores = new Float32Array(requests.length * runs.targets.length);
      const decisions = new Int32Array(scores.length);
      const starts = Array.from({ length: Math.ceil(requests.length / size) }, (_, i) => i * size);
      let at = 0;
      const pieces = inOrder(starts, 2 * this.#pool.workers, (start) => {
        if (signal?.aborted === true) throw new DatumError('interrupted', 'the run was interrupted.');
        return this.#pool.run({ type: 'perturb', spec, requests: requests.slice(start, start + size) });
      });
      for await (const result of pieces) {
        scores.set(result.scores, at);
        decisions.set(result.decisions, at);
        at += result.scores.length;
      }
      return { scores, decisions };
    };
  }

  /** Ends the worker threads. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
