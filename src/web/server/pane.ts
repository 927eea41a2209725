import { DatumError, messageOf } from '../../errors.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import type { Method } from '../../explain/method.js';
import type { OpenModel } from '../../models/open-model.js';
import type { JudgedItem } from '../../results/judged.js';
import { ask } from '../../runs/answer.js';
import type { MetricsLevel } from '../../runs/measure/metrics-level.js';
import { planExplanation } from '../../runs/plan.js';
import { runPlan } from '../../runs/run-plan.js';
import type { PaneState, PredictionState } from '../protocol.js';
import type { CommandOf, PageCommand } from './commands.js';
import { Job } from './job.js';
import type { OpenModels } from './open-models.js';
import { nameOnPage } from './option-names.js';
import type { KeptImage } from './images.js';
import { predict } from './predict.js';
import { heldAgainst, truthFor } from './truth.js';

/** Milliseconds between the maps of a run. */
const SNAPSHOTS = 400;

/** What is asked of a pane. */
export interface PaneRequest {
  readonly method: Method;
  /** The method's options that were given; others have their defaults. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly metrics: MetricsLevel;
  readonly maxSamples: number;
}

/** What a pane belongs to. */
export interface PaneParts {
  readonly models: OpenModels;
  readonly model: string | null;
  /** Null where nothing can be said in a terminal. */
  readonly commandOf: CommandOf | null;
  /** Called after every change. */
  readonly changed: () => void;
  /** Called with every explanation that has come to an end, and the model's own score of its first answer. */
  readonly ended: (job: Job, score: number) => void;
}

/** What is shown, as a command. */
type Asked = Pick<PageCommand, 'method' | 'given' | 'metrics'>;

/** What a command explains where nothing was explained yet: as it comes. */
const USUAL: Asked = { method: null, given: {}, metrics: null };

/** A model at work on an image: says what it sees, and explains one thing at a time. */
export class Pane {
  readonly #models: OpenModels;
  readonly #commandOf: CommandOf | null;
  readonly #changed: () => void;
  readonly #ended: PaneParts['ended'];
  #model: string | null;
  #image: KeptImage | null = null;
  #prediction: PredictionState | null = null;
  #job: Job | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor({ models, model, commandOf, changed, ended }: PaneParts) {
    this.#models = models;
    this.#model = model;
    this.#commandOf = commandOf;
    this.#changed = changed;
    this.#ended = ended;
  }

  get state(): PaneState {
    return {
      model: this.#model,
      image: this.#image?.state.id ?? null,
      prediction: this.#prediction,
      job: this.#job?.state ?? null,
      command: this.#command(),
    };
  }

  get model(): string | null {
    return this.#model;
  }

  get image(): KeptImage | null {
    return this.#image;
  }

  get job(): Job | null {
    return this.#job;
  }

  /** Puts an image or a model in, and asks the model about the image. */
  choose(change: { readonly model?: string; readonly image?: KeptImage; readonly anew?: boolean }): void {
    const { model = this.#model, image = this.#image, anew = false } = change;
    if (!anew && model === this.#model && image === this.#image && this.#prediction?.phase !== 'failed') return;
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
    const { maxSamples, method, given, metrics } = request;
    const job = new Job({ id, model, image: image.state.id, maxSamples }, this.#changed);
    this.#job = job;
    ASKED.set(job, { method: method.name, given, metrics });
    this.#work = this.#work.then(() => this.#run(job, model, image, request));
    this.#changed();
    return job;
  }

  /** Shows an explanation again that was made before. */
  show(job: Job, image: KeptImage): void {
    this.choose({ model: job.state.model, image });
    this.#job?.cancel();
    this.#job = job;
    this.#changed();
  }

  cancel(): void {
    this.#job?.cancel();
  }

  async close(): Promise<void> {
    this.cancel();
    await this.#work;
  }

  async #run(job: Job, name: string, image: KeptImage, request: PaneRequest): Promise<void> {
    if (job.signal.aborted) return;
    try {
      const { measured, judged } = await this.#models.use(name, image.pixels, (model) =>
        explained(job, model, image, request),
      );
      job.finish(measured, judged);
      this.#ended(job, this.#scoreOf(job));
    } catch (error) {
      job.fail(sentenceOf(error));
    }
  }

  async #predict(name: string, image: KeptImage): Promise<void> {
    this.#prediction = { phase: 'running' };
    const prediction = await this.#models
      .use(name, image.pixels, (model) => predict(model, image))
      .catch((error: unknown): PredictionState => ({ phase: 'failed', error: sentenceOf(error) }));
    // Something else may have been chosen meanwhile.
    if (this.#model !== name || this.#image !== image) return;
    this.#prediction = prediction;
    this.#changed();
  }

  /** That of the box that the model found, where the target is one: masked runs score a box that was asked for otherwise. */
  #scoreOf({ state: { targets } }: Job): number {
    const [target] = targets;
    const boxes = this.#prediction?.phase === 'done' ? this.#prediction.boxes : [];
    const bbox = target?.bbox ?? null;
    const own = boxes.find(
      (box) =>
        bbox !== null &&
        box.label.id === target?.label?.id &&
        box.bbox.every((side, i) => Math.abs(side - (bbox[i] ?? NaN)) < 2),
    );
    return own?.score ?? target?.score ?? 0;
  }

  #command(): string | null {
    const [model, image, commandOf] = [this.#model, this.#image, this.#commandOf];
    if (model === null || image === null || commandOf === null) return null;
    const asked = this.#job === null ? USUAL : (ASKED.get(this.#job) ?? USUAL);
    const classes = this.#prediction?.phase === 'done' ? this.#prediction.classes : null;
    return commandOf({ image: { path: image.path, name: image.state.name }, model, classes, ...asked });
  }
}

/** What each explanation was asked with. */
const ASKED = new WeakMap<Job, Asked>();

/** Explains an image, shows it as it goes on, and holds it against what annotators say. */
async function explained(
  job: Job,
  model: OpenModel,
  image: KeptImage,
  { given, method, metrics }: PaneRequest,
): Promise<{ readonly measured: MeasuredExplanation; readonly judged: JudgedItem | null }> {
  const answer = await ask(model, image, { given, method, signal: job.signal });
  const plan = planExplanation(answer, model.info, { contrasts: metrics !== 'none' });
  const truth = truthFor(image.annotated, model);
  const held = truth === null || image.annotated === null ? null : heldAgainst(answer, plan, truth, image.annotated);
  const run = runPlan(model, answer, held?.plan ?? plan, { metrics, snapshotInterval: SNAPSHOTS, signal: job.signal });
  const measured = await followed(job, run);
  return { measured, judged: held?.judged(measured) ?? null };
}

async function followed(job: Job, run: ReturnType<typeof runPlan>): Promise<MeasuredExplanation> {
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
    if (next.value.kind === 'snapshot') job.show(next.value.snapshot);
    else job.progress(next.value.done, next.value.most, next.value.reliability);
  }
}

/** What went wrong, for people. */
function sentenceOf(error: unknown): string {
  return error instanceof DatumError
    ? error.say(nameOnPage)
    : `This is a bug in datum, please report it: ${messageOf(error)}`;
}
