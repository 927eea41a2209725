import type { RgbImage } from '../../image/index.js';
import type { Snapshot } from '../../runs/explanation.js';
import type { MeasuredExplanation } from '../../runs/metrics/explain-measured.js';
import type { DatasetState, WorkbenchState } from '../protocol.js';
import { Changes } from './changes.js';
import { Job } from './job.js';
import { Pictures } from './pictures.js';

/** Items that the page lists. */
const RECENT = 50;

/** A run that goes on elsewhere, as pages see it: a picture, or the items of a dataset one after the other. */
export class WatchedRun {
  readonly changes = new Changes();
  readonly pictures = new Pictures();
  readonly #onCancel: (() => void) | null;
  #model: string | null = null;
  #picture: string | null = null;
  #job: Job | null = null;
  #dataset: DatasetState | null = null;
  #jobs = 0;

  /** @param onCancel called when a page asks to end the run; null where it cannot be ended from there. */
  constructor(onCancel: (() => void) | null = null) {
    this.#onCancel = onCancel;
  }

  get state(): WorkbenchState {
    return {
      watching: true,
      models: [],
      sources: [],
      pictures: this.pictures.states,
      picture: this.#picture,
      panes: [{ model: this.#model, prediction: null, job: this.#job?.state ?? null }],
      dataset: this.#dataset,
    };
  }

  job(id: string): Job | null {
    return this.#job?.id === id ? this.#job : null;
  }

  cancel(): void {
    this.#onCancel?.();
  }

  /** A picture is about to be explained. */
  begin(model: string, image: RgbImage, name: string, path: string | null, maxSamples: number): void {
    const picture = this.pictures.add(image, name, path);
    this.#model = model;
    this.#picture = picture.id;
    this.#job = new Job({ id: `job-${++this.#jobs}`, model, picture: picture.id, maxSamples }, () => {
      this.changes.announce();
    });
    this.changes.announce();
  }

  progress(samples: number, maxSamples: number): void {
    this.#job?.progress(samples, maxSamples);
  }

  show(snapshot: Snapshot): void {
    this.#job?.show(snapshot);
  }

  finish(measured: MeasuredExplanation): void {
    this.#job?.finish(measured);
  }

  fail(error: string): void {
    this.#job?.fail(error);
  }

  /** How far a run over a dataset is. */
  items({ done, total, failed }: Omit<DatasetState, 'recent' | 'finished'>, finished = false): void {
    this.#dataset = { done, total, failed, recent: this.#dataset?.recent ?? [], finished };
    this.changes.announce();
  }

  /** An item of a dataset was explained: its picture and maps are shown until the next. */
  item(id: string, model: string, measured: MeasuredExplanation): void {
    const { samples } = measured.explanation.run;
    this.begin(model, measured.answer.picture, id, measured.explanation.image.path, samples);
    this.finish(measured);
    const before = this.#dataset ?? { done: 0, total: 0, failed: 0, recent: [], finished: false };
    const answers = measured.explanation.targets.map(
      ({ label, score }) => `${label?.name ?? 'box'} ${score.toFixed(2)}`,
    );
    const status = answers.slice(0, 3).join(', ') || 'nothing found';
    this.#dataset = { ...before, recent: [{ id, status }, ...before.recent].slice(0, RECENT) };
    this.changes.announce();
  }
}
