import type { Box } from '../annotations/index.js';
import { DatumError } from '../errors.js';
import type { ModelInfo, OpenModel } from '../models/open-model.js';
import { startRun, type Run, type RunBehavior, type Work } from './run.js';
import type { OpenedImage } from '../runs/answer.js';
import { predict, type Found, type PredictOptions } from '../runs/predict.js';

/** An image: its path, or the pixels of one that is decoded already. */
export type OpenImage<Source> = (image: Source) => Promise<OpenedImage>;

/** An open model. Close it when done, or open it with `await using`. */
export interface ModelOf<Source> extends AsyncDisposable {
  /** What was decided about it, and how it is known. */
  readonly info: ModelInfo;
  /**
   * What the model says of an image.
   *
   * @returns for a classifier its likeliest classes, best first; for a detector the objects it found, best first, with
   *   boxes in pixels of the image
   * @throws DatumError (`image`, `model`, `interpreter`, `usage`)
   */
  predict(image: Source, options?: PredictOptions): Promise<Found[]>;
  /** Cancels what goes on with it, and ends its threads; harmless when repeated. */
  close(): Promise<void>;
}

export type { Box, Found, ModelInfo, PredictOptions };

/** The only kind of model: what all functions of the library are given. */
export class LibraryModel<Source> implements ModelOf<Source> {
  readonly #core: OpenModel;
  readonly #open: OpenImage<Source>;
  #closed = false;
  /** What goes on with it: how to end it, and when it has ended. */
  readonly #work = new Set<{ readonly cancel: () => void; readonly ended: Promise<unknown> }>();

  constructor(core: OpenModel, open: OpenImage<Source>) {
    this.#core = core;
    this.#open = open;
  }

  get info(): ModelInfo {
    return this.#core.info;
  }

  async predict(image: Source, options: PredictOptions = {}): Promise<Found[]> {
    const core = LibraryModel.coreOf(this);
    const { pixels } = await this.#open(image);
    const answer = predict(core, pixels, options);
    this.#track({ cancel: () => undefined, ended: answer.catch(() => undefined) });
    return [...(await answer).found];
  }

  async close(): Promise<void> {
    this.#closed = true;
    const work = [...this.#work];
    for (const one of work) one.cancel();
    // Threads that end in the middle of a run take the process with them; a function may never answer.
    if (this.#core.hasThreads) await Promise.all(work.map(({ ended }) => ended));
    await this.#core.close();
  }

  /** Begins work with a model; closing the model ends it first. */
  static begin<Step, Result>(model: object, work: Work<Step, Result>, behavior: RunBehavior): Run<Step, Result> {
    const run = startRun(work, behavior);
    const cancel = (): void => {
      run.cancel('the model was closed');
    };
    if (#work in model) model.#track({ cancel, ended: run.ended });
    return run;
  }

  #track(work: { readonly cancel: () => void; readonly ended: Promise<unknown> }): void {
    this.#work.add(work);
    void work.ended.then(() => this.#work.delete(work));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * What a model of the library is made of.
   *
   * @throws DatumError (`usage`) for what is none, and for one that is closed.
   */
  static coreOf(model: unknown): OpenModel {
    if (typeof model === 'object' && model !== null && #core in model) {
      if (!model.#closed) return model.#core;
      throw new DatumError('usage', 'the model is closed: open it again.');
    }
    throw new DatumError('usage', 'this is no open model: use what openModel or functionModel gives.');
  }
}
