import { DatumError, messageOf } from '../../errors.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import { explainImage, type ImageRequest } from '../../runs/explain.js';
import type { PaneState, PredictionState } from '../protocol.js';
import { Job } from './job.js';
import type { OpenModels } from './open-models.js';
import { nameOnPage } from './option-names.js';
import type { KeptImage } from './images.js';
import { predict } from './predict.js';

/** Milliseconds between the maps of a run. */
const SNAPSHOTS = 400;

/** What is asked of a pane. */
export interface PaneRequest extends Pick<ImageRequest, 'given' | 'method' | 'metrics'> {
  readonly maxSamples: number;
}

/** A model at work on an image: says what it sees, and explains one thing at a time. */
export class Pane {
  readonly #models: OpenModels;
  readonly #changed: () => void;
  #model: string | null;
  #image: KeptImage | null = null;
  #prediction: PredictionState | null = null;
  #job: Job | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(models: OpenModels, model: string | null, changed: () => void) {
    this.#models = models;
    this.#model = model;
    this.#changed = changed;
  }

  get state(): PaneState {
    return { model: this.#model, prediction: this.#prediction, job: this.#job?.state ?? null };
  }

  get job(): Job | null {
    return this.#job;
  }

  /** Puts an image or a model in, and asks the model about the image. */
  choose(change: { readonly model?: string; readonly image?: KeptImage }): void {
    const { model = this.#model, image = this.#image } = change;
    if (model === this.#model && image === this.#image && this.#prediction?.phase !== 'failed') return;
    this.#job?.cancel();
    this.#job = null;
    this.#model = model;
    this.#image = image;
    this.#prediction = null;
    if (model !== null && image !== null) void this.#predict(model, image);
    this.#changed();
  }

  /**
   * Explains the image in place of what was explained before, after what is under way has stopped.
   *
   * @throws DatumError (`usage`) where nothing was chosen yet.
   */
  explain(id: string, request: PaneRequest): Job {
    const [model, image] = [this.#model, this.#image];
    if (model === null || image === null) throw new DatumError('usage', 'choose a model and an image first.');
    this.#job?.cancel();
    const { maxSamples } = request;
    const job = new Job({ id, model, image: image.state.id, maxSamples }, this.#changed);
    this.#job = job;
    this.#work = this.#work.then(() => this.#run(job, model, image, request));
    this.#changed();
    return job;
  }

  cancel(): void {
    this.#job?.cancel();
  }

  async close(): Promise<void> {
    this.cancel();
    await this.#work;
  }

  async #run(job: Job, name: string, image: KeptImage, { given, method, metrics }: PaneRequest): Promise<void> {
    if (job.signal.aborted) return;
    try {
      const measured = await this.#models.use(name, image.pixels, (model) =>
        follow(
          job,
          explainImage(model, image, { given, method, metrics, snapshotInterval: SNAPSHOTS, signal: job.signal }),
        ),
      );
      job.finish(measured);
    } catch (error) {
      job.fail(sentenceOf(error));
    }
  }

  async #predict(name: string, image: KeptImage): Promise<void> {
    this.#prediction = { phase: 'running' };
    const prediction = await this.#models
      .use(name, image.pixels, (model) => predict(model, image.pixels))
      .catch((error: unknown): PredictionState => ({ phase: 'failed', error: sentenceOf(error) }));
    // Something else may have been chosen meanwhile.
    if (this.#model !== name || this.#image !== image) return;
    this.#prediction = prediction;
    this.#changed();
  }
}

/** Shows a run as it goes on. */
async function follow(job: Job, run: ReturnType<typeof explainImage>): Promise<MeasuredExplanation> {
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
    if (next.value.kind === 'snapshot') job.show(next.value.snapshot);
    else job.progress(next.value.done, next.value.most);
  }
}

/** What went wrong, for people. */
function sentenceOf(error: unknown): string {
  return error instanceof DatumError
    ? error.say(nameOnPage)
    : `This is a bug in datum, please report it: ${messageOf(error)}`;
}
