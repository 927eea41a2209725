import { DatumError, messageOf } from '../../errors.js';
import { explainMeasured, type MeasuredExplanation, type MeasureOptions } from '../../runs/metrics/explain-measured.js';
import type { PaneState, PredictionState } from '../protocol.js';
import { Job } from './job.js';
import type { OpenModels } from './open-models.js';
import { nameOnPage } from './option-names.js';
import type { KeptPicture } from './pictures.js';
import { predict } from './predict.js';

/** Milliseconds between the maps of a run. */
const SNAPSHOTS = 400;

/** A model at work on a picture: says what it sees, and explains one thing at a time. */
export class Pane {
  readonly #models: OpenModels;
  readonly #changed: () => void;
  #model: string | null;
  #picture: KeptPicture | null = null;
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

  /** Puts a picture or a model in, and asks the model about the picture. */
  choose(change: { readonly model?: string; readonly picture?: KeptPicture }): void {
    const { model = this.#model, picture = this.#picture } = change;
    if (model === this.#model && picture === this.#picture && this.#prediction?.phase !== 'failed') return;
    this.#job?.cancel();
    this.#job = null;
    this.#model = model;
    this.#picture = picture;
    this.#prediction = null;
    if (model !== null && picture !== null) void this.#predict(model, picture);
    this.#changed();
  }

  /**
   * Explains the picture in place of what was explained before, after what is under way has stopped.
   *
   * @throws DatumError (`usage`) where nothing was chosen yet.
   */
  explain(id: string, options: Omit<MeasureOptions, 'signal' | 'onProgress'> & { readonly maxSamples: number }): Job {
    const [model, picture] = [this.#model, this.#picture];
    if (model === null || picture === null) throw new DatumError('usage', 'choose a model and a picture first.');
    this.#job?.cancel();
    const { maxSamples } = options;
    const job = new Job({ id, model, picture: picture.state.id, maxSamples }, this.#changed);
    this.#job = job;
    this.#work = this.#work.then(() => this.#run(job, model, picture, options));
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

  async #run(
    job: Job,
    name: string,
    { image, path }: KeptPicture,
    options: Omit<MeasureOptions, 'signal' | 'onProgress'>,
  ): Promise<void> {
    if (job.signal.aborted) return;
    try {
      const measured = await this.#models.use(name, image, (model) =>
        follow(
          job,
          explainMeasured(model, image, {
            ...options,
            snapshotInterval: SNAPSHOTS,
            signal: job.signal,
            onProgress: (done, most) => {
              job.progress(done, most);
            },
          }),
        ),
      );
      const { explanation } = measured;
      job.finish({ ...measured, explanation: { ...explanation, image: { ...explanation.image, path } } });
    } catch (error) {
      job.fail(sentenceOf(error));
    }
  }

  async #predict(name: string, picture: KeptPicture): Promise<void> {
    this.#prediction = { phase: 'running' };
    const prediction = await this.#models
      .use(name, picture.image, (model) => predict(model, picture.image))
      .catch((error: unknown): PredictionState => ({ phase: 'failed', error: sentenceOf(error) }));
    // Something else may have been chosen meanwhile.
    if (this.#model !== name || this.#picture !== picture) return;
    this.#prediction = prediction;
    this.#changed();
  }
}

/** Shows a run's snapshots as they come. */
async function follow(job: Job, run: ReturnType<typeof explainMeasured>): Promise<MeasuredExplanation> {
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
    job.show(next.value);
  }
}

/** What went wrong, for people. */
function sentenceOf(error: unknown): string {
  return error instanceof DatumError
    ? error.say(nameOnPage)
    : `This is a bug in datum, please report it: ${messageOf(error)}`;
}
