import { DatumError } from '../errors.js';
import type { Design } from '../explain/method.js';
import { Scorer } from '../explain/scorer.js';
import type { TargetKind } from '../explain/targets/kind.js';
import { areBuiltIn } from '../explain/targets/kinds.js';
import type { ScoringOptions, Target } from '../explain/targets/target.js';
import type { RgbImage } from '../image/index.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import type { Signature } from '../launchers/types.js';
import { sharedMemory } from '../shared-memory.js';
import { copyPrediction } from './copy-prediction.js';
import type { ModelFacts } from './facts.js';
import { inOrder } from './in-order.js';
import { checkBatch, type InputSpec } from './input.js';
import type { Reader, Runtime } from './runtime.js';
import { createScene, fillScene, type CustomPreprocess, type Fill, type Scene } from './scene.js';
import { BatchScorer, Feeder, predictionAt, type RunBatch } from './scoring/batch-scorer.js';
import { DrawnSource } from './scoring/drawn-source.js';
import type { InputSource } from './scoring/input-source.js';
import { maskSource } from './scoring/mask-source.js';
import { PerturbedSource } from './scoring/perturbed-source.js';
import { WholeSource } from './scoring/whole-source.js';
import { Pauses } from './pause.js';
import { Turns } from './turns.js';
import type { Answered, DecoderSpec, PerturbRequest, ScoredItems, ScoreSpec } from './work.js';

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
  /** What it would be if the user had given nothing of it. */
  readonly inferredPreprocessing?: Preprocessing | undefined;
  /** Names of the classes, or null where nobody gave them. */
  readonly labels: readonly string[] | null;
  /** What was decided about the model, and how it is known. */
  readonly facts: ModelFacts;
  /** Whether the model's own NMS or top-k has cut its proposals. */
  readonly truncated: boolean;
  /** NMS threshold for its boxes; null where it has done it. */
  readonly nms: number | null;
}

/** How the outputs of a model are read. */
export interface ModelReader {
  /** For runtimes that read beside the model; null where the reader lives in this thread alone. */
  readonly spec: DecoderSpec | null;
  /** Makes the reader in this thread. */
  open(): Promise<Reader>;
  /** Whether it looks at the inputs before normalization. */
  readonly wantsPixels: boolean;
  /** Frees what it holds; harmless when repeated. */
  close?(): void;
}

/** What all runs on one image have in common. */
export interface ScoredRuns {
  readonly scene: Scene;
  readonly targets: readonly Target[];
  readonly scoring: ScoringOptions;
  /** Kinds of targets of a caller's own. */
  readonly kinds?: readonly TargetKind[] | undefined;
  /** Images a run. */
  readonly batch: number;
  /** Time of one run of the model, for cutting the work into pieces; has no influence on scores. */
  readonly millisecondsPerRun: number;
  readonly signal?: AbortSignal | undefined;
}

/** The masked runs of one image: masks 0 to `design.most - 1`. */
export interface MaskedRuns extends ScoredRuns {
  readonly design: Design;
}

/** Runs on one image in which pixels are changed in order of saliency. */
export interface PerturbedRuns extends ScoredRuns {
  /** Pixels of the image's area by falling saliency; requests name them by index. */
  readonly orders: readonly Uint32Array[];
  /** Smallest score at which a detection counts as found. */
  readonly confidence: number;
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
function pieceOf({ batch, millisecondsPerRun }: ScoredRuns): number {
  const images = PIECE_MILLISECONDS / (millisecondsPerRun + MILLISECONDS_PER_MASK);
  return batch * Math.max(1, Math.round(images / batch));
}

/**
 * Images a run where nobody says: several small ones, for each of which a call would cost more than its work.
 *
 * @param images of 256 x 256 pixels that suit what runs the model
 */
export function imagesAtOnce(
  { batch, width, height }: Pick<InputSpec, 'batch' | 'width' | 'height'>,
  images = 1,
): number {
  return batch ?? Math.max(1, Math.min(64, Math.floor((images * 65_536) / (width * height))));
}

let ids = 0;

/** An open model: a runtime that answers batches, with all that is needed to feed and read it. Close it when done. */
export class OpenModel {
  readonly info: ModelInfo;
  readonly #runtime: Runtime;
  readonly #reader: ModelReader;
  readonly #custom: CustomPreprocess | null;
  /** Keeps the runtime to its lanes, whoever asks. */
  readonly #turns: Turns;
  #opened: Promise<Reader> | null = null;

  constructor(info: ModelInfo, runtime: Runtime, reader: ModelReader, custom: CustomPreprocess | null) {
    this.info = info;
    this.#runtime = runtime;
    this.#reader = reader;
    this.#custom = custom;
    this.#turns = new Turns(runtime.lanes);
  }

  /** Number of batches that the model works on at once: its worker threads. */
  get workers(): number {
    const { lanes, beside } = this.#runtime;
    return beside === undefined ? lanes : Math.ceil(lanes / 2);
  }

  /** Whether it runs in threads of its own, which must not end in the middle of a run. */
  get hasThreads(): boolean {
    return this.#runtime.beside !== undefined;
  }

  /** Brings an image to the model's input. */
  scene(image: RgbImage, fill: Fill = 'zero'): Promise<Scene> {
    return this.#prepare(image, this.info.preprocessing, this.#custom, fill);
  }

  /**
   * The model's answer to a whole image, and how long its run took.
   *
   * @throws DatumError (`model`, `interpreter`) when the model or the interpreter fails.
   */
  async predict(scene: Scene, signal?: AbortSignal): Promise<Answered> {
    const { beside } = this.#runtime;
    const { spec } = this.#reader;
    if (beside !== undefined && spec !== null) return beside.predict(scene, spec);
    const { input } = this.info;
    const count = input.batch ?? 1;
    const source = new WholeSource(scene, input, count);
    const reader = await this.#openReader();
    const feeder = new Feeder(scene, input, reader, source, count);
    let milliseconds = 0;
    const predictions = await feeder.predict(
      (batch) =>
        this.#turns.take(async () => {
          const started = performance.now();
          const outputs = await this.#runtime.run(batch, signal);
          milliseconds = performance.now() - started;
          return outputs;
        }),
      count,
      count,
    );
    return {
      prediction: copyPrediction(predictionAt(predictions, 0, count)),
      milliseconds,
      forgiven: reader.forgiven?.() ?? [],
    };
  }

  /** Whether a script or model of the user's prepares the image, so that color order and normalization are its own. */
  get hasOwnPreprocessing(): boolean {
    return this.#custom !== null || this.info.signature.metadata['datum.prepares'] === 'each';
  }

  /** The model's answer to an image that is prepared in another way: for finding out why an answer looks wrong. */
  async tryPreprocessing(image: RgbImage, preprocessing: Preprocessing): Promise<Answered> {
    return this.predict(await this.#prepare(image, preprocessing, null, 'zero'));
  }

  /** The model's answer to the fill alone: what is left when every pixel of the image is hidden. */
  predictFill(scene: Scene, signal?: AbortSignal): Promise<Answered> {
    return this.predict(fillScene(scene, this.info.input), signal);
  }

  /**
   * Images a run for masked runs: the model's own batch where it is fixed; else several small images at once, which
   * saves the cost of a call, and one at a time where that no longer matters.
   *
   * @param wished by the user; a fixed batch overrules it.
   * @throws DatumError (`usage`) where that many take too much memory.
   */
  batchSize(wished: number | undefined): number {
    if (this.info.input.batch !== null) return this.info.input.batch;
    return wished === undefined
      ? imagesAtOnce(this.info.input, this.#runtime.images)
      : checkBatch(this.info.input, wished);
  }

  /**
   * Scores the masks of a design, in order, as they come in: each item holds the next masks' scores `[masks, targets]`.
   * Ends early, without an error, when the signal aborts or the caller leaves the loop; no more than a few pieces of work
   * are ever under way.
   */
  async *scoreMasks(runs: MaskedRuns): AsyncGenerator<Float32Array, void, void> {
    const { design, signal } = runs;
    const { sampler } = design;
    const { beside } = this.#runtime;
    const cancel = new Int32Array(sharedMemory(4));
    const cancelled = (): boolean => Atomics.load(cancel, 0) !== 0;
    const abort = (): void => {
      Atomics.store(cancel, 0, 1);
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    try {
      const spec = sampler === null ? null : this.#spec(runs, { kind: 'masks', sampler }, null, cancel);
      // What is under way is waited for when one piece fails: it need not be finished, and what came before it may end early.
      let failure: { readonly error: unknown } | null = null;
      const stopping = async (piece: Promise<ScoredItems>): Promise<ScoredItems> =>
        piece.catch((error: unknown) => {
          failure ??= { error };
          abort();
          throw error;
        });
      const checkFailure = (): void => {
        if (failure !== null) throw failure.error;
      };
      const pieces =
        spec !== null && beside !== undefined
          ? inOrder(this.#pieces(runs, cancelled), this.#runtime.lanes, (items) => stopping(beside.score(spec, items)))
          : this.#scoreHere(runs, () => this.#newMaskSource(runs), null, cancelled, masksByNumber(runs), stopping);
      for await (const { scores } of pieces) {
        let left = true;
        try {
          if (scores.length > 0) yield scores;
          left = false;
        } finally {
          // The caller has enough: nothing of what is under way is wanted any more.
          if (left) abort();
        }
        if (cancelled()) {
          checkFailure();
          return;
        }
      }
      checkFailure();
    } catch (error) {
      // What a runtime throws because nobody waits any more is no failure.
      if (signal?.aborted !== true) throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      abort();
    }
  }

  /**
   * Opens an image for runs in which pixels are changed in order of saliency: the function returned scores requests,
   * in their order, and may be called while earlier calls are under way.
   *
   * @throws DatumError (from the function): `interrupted` when the signal aborts; `model`, `interpreter` when they fail.
   */
  perturbed(runs: PerturbedRuns): (requests: readonly PerturbRequest[]) => Promise<ScoredItems> {
    const { orders, confidence, targets, batch, signal } = runs;
    const { beside, lanes } = this.#runtime;
    const cancel = new Int32Array(sharedMemory(4));
    const spec = this.#spec(runs, { kind: 'perturbed', orders }, confidence, cancel);
    const decision = { confidence, nms: runs.scoring.nms };
    const checkSignal = (): boolean => {
      if (signal?.aborted === true) throw new DatumError('interrupted', 'the run was interrupted.');
      return false;
    };
    return async (requests) => {
      const size =
        beside === undefined || spec === null
          ? batch
          : Math.min(pieceOf(runs), batch * Math.ceil(requests.length / this.workers / batch));
      const starts = Array.from({ length: Math.ceil(requests.length / size) }, (_, i) => i * size);
      const pieces =
        beside !== undefined && spec !== null
          ? inOrder(starts, lanes, (start) => {
              checkSignal();
              return beside.score(spec, { requests: requests.slice(start, start + size) });
            })
          : this.#scoreHere(
              runs,
              () => new PerturbedSource(runs.scene, this.info.input, orders, batch),
              decision,
              checkSignal,
              starts.map((start) => requests.slice(start, start + size)),
            );
      const scores = new Float32Array(requests.length * targets.length);
      const decisions = new Int32Array(scores.length);
      let at = 0;
      for await (const result of pieces) {
        scores.set(result.scores, at);
        decisions.set(result.decisions, at);
        at += result.scores.length;
      }
      return { scores, decisions };
    };
  }

  /** Ends the runtime. */
  async close(): Promise<void> {
    this.#reader.close?.();
    await this.#runtime.close();
  }

  /** What workers need to do the work beside the model; null where something of it lives in this thread alone. */
  #spec(
    { scene, targets, scoring, kinds, batch }: ScoredRuns,
    inputs: ScoreSpec['inputs'],
    confidence: number | null,
    cancel: ScoreSpec['cancel'],
  ): ScoreSpec | null {
    const { spec: decoder } = this.#reader;
    if (decoder === null || !areBuiltIn(targets, kinds ?? [])) return null;
    return { id: ++ids, scene, decoder, targets, scoring, confidence, inputs, batch, cancel };
  }

  /** Masks by number, in pieces for workers; smaller ones towards the end, so that the workers finish together. */
  *#pieces(runs: MaskedRuns, cancelled: () => boolean): Generator<{ readonly first: number; readonly count: number }> {
    const { batch } = runs;
    const { most } = runs.design;
    const piece = pieceOf(runs);
    for (let first = 0; first < most && !cancelled();) {
      const share = batch * Math.ceil((most - first) / this.#runtime.lanes / batch);
      const count = Math.min(piece, share, most - first);
      yield { first, count };
      first += count;
    }
  }

  /** Scores groups of items in this thread, a group in each lane of the runtime; in their order. */
  async *#scoreHere<Item>(
    runs: ScoredRuns,
    newSource: () => InputSource<Item>,
    decision: { readonly confidence: number; readonly nms: number | null } | null,
    cancelled: () => boolean,
    groups: Iterable<readonly Item[]>,
    watched = (piece: Promise<ScoredItems>): Promise<ScoredItems> => piece,
  ): AsyncGenerator<ScoredItems, void, void> {
    const { scene, targets, scoring, kinds, batch, signal } = runs;
    const { input } = this.info;
    const reader = await this.#openReader();
    const newScorer = (): BatchScorer<Item> =>
      new BatchScorer({
        scene,
        input,
        source: newSource(),
        reader,
        scorer: new Scorer(targets, scoring, kinds),
        targets: targets.length,
        batch,
        decision,
      });
    const pauses = new Pauses();
    const run: RunBatch = async (one) => {
      await pauses.take();
      return this.#turns.take(() => this.#runtime.run(one, signal));
    };
    const idle: BatchScorer<Item>[] = [];
    const score = async (items: readonly Item[]): Promise<ScoredItems> => {
      const scorer = idle.pop() ?? newScorer();
      try {
        return await scorer.score(run, items, cancelled);
      } finally {
        idle.push(scorer);
      }
    };
    yield* inOrder(groups, this.#runtime.lanes, (items) => watched(score(items)));
  }

  #newMaskSource({ scene, design, batch }: MaskedRuns): InputSource<number> {
    const { input } = this.info;
    const { sampler } = design;
    return sampler === null ? new DrawnSource(scene, input, design, batch) : maskSource(scene, input, sampler, batch);
  }

  #openReader(): Promise<Reader> {
    this.#opened ??= this.#reader.open();
    return this.#opened;
  }

  #prepare(image: RgbImage, preprocessing: Preprocessing, custom: CustomPreprocess | null, fill: Fill): Promise<Scene> {
    const wantsPixels = this.#reader.wantsPixels || this.#runtime.takes !== 'tensors';
    return createScene(image, { input: this.info.input, preprocessing, custom, wantsPixels, fill });
  }
}

/** The masks of a design by number, a batch at a time. */
function* masksByNumber({ design: { most }, batch }: MaskedRuns): Generator<readonly number[]> {
  for (let first = 0; first < most; first += batch) {
    yield Array.from({ length: Math.min(batch, most - first) }, (_, i) => first + i);
  }
}
