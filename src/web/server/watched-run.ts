import { randomBytes } from 'node:crypto';
import type { RgbImage } from '../../image/index.js';
import type { MeasuredExplanation, Snapshot } from '../../results/explanation.js';
import type { DatasetState, PaneState, WorkbenchState } from '../protocol.js';
import { Changes } from './changes.js';
import { Job } from './job.js';
import { Images } from './images.js';

/** Items that the page lists. */
const RECENT = 50;

/** Items done whose maps are kept beside the last one's. */
const EARLIER = 3;

/** How far a run over a dataset is. */
export interface ItemCounts {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

/** A run that goes on elsewhere, as pages see it: an image, or the items of a dataset one after the other. */
export class WatchedRun {
  readonly changes = new Changes();
  readonly images = new Images();
  readonly #onCancel: (() => void) | null;
  readonly #series = randomBytes(4).toString('hex');
  /** The image's, or that of the item that was done last. */
  #job: Job | null = null;
  /** Items done before that one: pages may still be fetching their maps. */
  #earlier: readonly Job[] = [];
  /** Items of a dataset at work, in the order in which they began. */
  readonly #working = new Map<string, Job>();
  #dataset: Omit<DatasetState, 'working'> | null = null;
  #jobs = 0;

  /** @param onCancel called when a page asks to end the run; null where it cannot be ended from there. */
  constructor(onCancel: (() => void) | null = null) {
    this.#onCancel = onCancel;
  }

  get state(): WorkbenchState {
    const [first] = this.#working.values();
    const jobs = [first ?? null, this.#job].filter((job) => job !== null);
    const panes = jobs.map(({ state }): PaneState => ({
      model: state.model,
      image: state.image,
      prediction: null,
      job: state,
      command: null,
    }));
    return {
      watching: true,
      models: [],
      sources: [],
      images: this.images.states,
      image: jobs[0]?.state.image ?? null,
      panes: panes.length > 0 ? panes : [{ model: null, image: null, prediction: null, job: null, command: null }],
      linked: true,
      samples: [],
      history: [],
      dataset: this.#dataset === null ? null : { ...this.#dataset, working: [...this.#working.keys()] },
    };
  }

  job(id: string): Job | null {
    return [this.#job, ...this.#working.values(), ...this.#earlier].find((job) => job?.id === id) ?? null;
  }

  cancel(): void {
    this.#onCancel?.();
  }

  /** An image is about to be explained. */
  begin(model: string, pixels: RgbImage, name: string, path: string | null, maxSamples: number): void {
    this.#job = this.#newJob(model, pixels, name, path, maxSamples);
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
  items({ done, total, failed }: ItemCounts, finished = false): void {
    if (finished) this.#working.clear();
    this.#dataset = { done, total, failed, recent: this.#dataset?.recent ?? [], finished };
    this.changes.announce();
  }

  /** An item of a dataset is about to be explained. */
  itemBegun(id: string, model: string, pixels: RgbImage, path: string | null, maxSamples: number): void {
    this.#working.set(id, this.#newJob(model, pixels, id, path, maxSamples));
    this.changes.announce();
  }

  itemProgress(id: string, samples: number, maxSamples: number): void {
    this.#working.get(id)?.progress(samples, maxSamples);
  }

  itemShow(id: string, snapshot: Snapshot): void {
    this.#working.get(id)?.show(snapshot);
  }

  /** An item was explained: its maps are shown until another one is done. */
  itemDone(id: string, measured: MeasuredExplanation): void {
    const job = this.#working.get(id);
    this.#working.delete(id);
    if (job === undefined) return;
    job.finish(measured);
    if (this.#job !== null) this.#earlier = [this.#job, ...this.#earlier].slice(0, EARLIER);
    this.#job = job;
    const answers = measured.explanation.targets.map(
      ({ label, score }) => `${label?.name ?? 'box'} ${score.toFixed(2)}`,
    );
    this.#list(id, answers.slice(0, 3).join(', ') || 'nothing found');
  }

  /** An item could not be explained. */
  itemFailed(id: string, error: string): void {
    this.#working.delete(id);
    this.#list(id, `failed: ${error}`);
  }

  #list(id: string, status: string): void {
    const before = this.#dataset ?? { done: 0, total: 0, failed: 0, recent: [], finished: false };
    this.#dataset = { ...before, recent: [{ id, status }, ...before.recent].slice(0, RECENT) };
    this.changes.announce();
  }

  #newJob(model: string, pixels: RgbImage, name: string, path: string | null, maxSamples: number): Job {
    const { id: imageId } = this.images.add(pixels, name, path);
    const id = `job-${this.#series}-${++this.#jobs}`;
    return new Job({ id, model, image: imageId, maxSamples }, () => {
      this.changes.announce();
    });
  }
}
