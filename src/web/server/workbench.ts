import { randomBytes } from 'node:crypto';
import { resolveOptions } from '../../explain/method.js';
import { methodNamed } from '../../explain/methods.js';
import { DatumError } from '../../errors.js';
import type { ImageState, SourcePage, WorkbenchState } from '../protocol.js';
import { Changes } from './changes.js';
import type { Job } from './job.js';
import { OpenModels, type ModelOpener } from './open-models.js';
import { Pane } from './pane.js';
import { Images } from './images.js';
import type { ExplainRequest } from './requests.js';
import { Sources, type SourceOpener } from './sources.js';

/** What a workbench can work with. */
export interface WorkbenchParts {
  readonly models: readonly string[];
  readonly openModel: ModelOpener;
  readonly sources: SourceOpener;
}

/** Images, models and explanations that all pages share. */
export class Workbench {
  readonly changes = new Changes();
  readonly images = new Images();
  readonly #modelNames: readonly string[];
  readonly #models: OpenModels;
  readonly #sources: Sources;
  #panes: readonly Pane[];
  #image: string | null = null;
  /** Tells the jobs of this server from those of the one before it at the same address. */
  readonly #series = randomBytes(4).toString('hex');
  #jobs = 0;

  constructor({ models, openModel, sources }: WorkbenchParts) {
    this.#modelNames = models;
    this.#models = new OpenModels(openModel);
    this.#sources = new Sources(sources);
    this.#panes = [this.#newPane(models[0] ?? null)];
  }

  get state(): WorkbenchState {
    return {
      watching: false,
      models: this.#modelNames,
      sources: this.#sources.names,
      images: this.images.states,
      image: this.#image,
      panes: this.#panes.map(({ state }) => state),
      dataset: null,
    };
  }

  job(id: string): Job | null {
    return this.#panes.find(({ job }) => job?.id === id)?.job ?? null;
  }

  /** Decodes an uploaded image and works on it. */
  async upload(bytes: Uint8Array, name: string): Promise<ImageState> {
    const image = await this.images.addUpload(bytes, name);
    this.chooseImage(image.id);
    return image;
  }

  /** @throws DatumError (`usage`) for an image that is not there, or no longer. */
  chooseImage(id: string): void {
    const image = this.images.get(id);
    if (image === undefined) throw new DatumError('usage', `there is no image '${id}', or no longer: add it again.`);
    this.#image = id;
    for (const pane of this.#panes) pane.choose({ image });
    this.changes.announce();
  }

  browse(source: string, search: string, first: number, count: number): Promise<SourcePage> {
    return this.#sources.page(source, search, first, count);
  }

  /** A small version of an item's image, as WebP. */
  thumbnail(source: string, item: string): Promise<Buffer> {
    return this.#sources.thumbnail(source, item);
  }

  /** Works on an image of a source. */
  async chooseItem(source: string, item: string): Promise<ImageState> {
    const path = await this.#sources.imagePath(source, item);
    const image = await this.images.addFile(path, item);
    this.chooseImage(image.id);
    return image;
  }

  chooseModel(index: number, model: string): void {
    if (!this.#modelNames.includes(model)) {
      throw new DatumError('usage', `there is no model '${model}': choose one of ${this.#modelNames.join(', ')}.`);
    }
    this.#pane(index).choose({ model });
  }

  /** One pane, or two; the second begins with the model of the first. */
  choosePanes(count: 1 | 2): void {
    const [first, second] = this.#panes;
    if (first === undefined || count === this.#panes.length) return;
    if (count === 1) {
      second?.cancel();
      this.#panes = [first];
    } else {
      const pane = this.#newPane(first.state.model);
      this.#panes = [first, pane];
      const image = this.#image === null ? undefined : this.images.get(this.#image);
      if (image !== undefined) pane.choose({ image });
    }
    this.changes.announce();
  }

  /** @throws DatumError (`usage`) for options that make no sense. */
  async explain({ pane, method: name, options, metrics }: ExplainRequest): Promise<Job> {
    const method = await methodNamed(name, 'leave it out');
    const checked = resolveOptions(method, options);
    return this.#pane(pane).explain(`job-${this.#series}-${++this.#jobs}`, {
      method,
      given: options,
      maxSamples: checked.maxSamples,
      metrics,
    });
  }

  cancel(index: number): void {
    this.#pane(index).cancel();
  }

  /** Ends what is under way and closes the models. */
  async close(): Promise<void> {
    await Promise.all(this.#panes.map((pane) => pane.close()));
    await this.#models.close();
  }

  #newPane(model: string | null): Pane {
    return new Pane(this.#models, model, () => {
      this.changes.announce();
    });
  }

  #pane(index: number): Pane {
    const pane = this.#panes[index];
    if (pane === undefined) throw new DatumError('usage', 'nothing is compared: ask for the second pane first.');
    return pane;
  }
}
