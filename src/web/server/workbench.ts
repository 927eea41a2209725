import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { resolveOptions } from '../../explain/method.js';
import { methodNamed } from '../../explain/methods.js';
import { DatumError } from '../../errors.js';
import type { RgbImage } from '../../image/index.js';
import { openModel } from '../../models/open.js';
import type { OpenModel } from '../../models/open-model.js';
import type { ImageState, SourcePage, WorkbenchState } from '../protocol.js';
import { Changes } from './changes.js';
import type { CommandOf, PageCommand } from './commands.js';
import type { Job } from './job.js';
import { ModelFiles } from './model-files.js';
import { OpenModels, type ModelOpener } from './open-models.js';
import { Pane } from './pane.js';
import { Images } from './images.js';
import type { ExplainRequest } from './requests.js';
import { Samples } from './samples.js';
import { Sitting } from './sitting.js';
import { Sources, type SourceOpener } from './sources.js';

/** What a workbench can work with. */
export interface WorkbenchParts {
  readonly models: readonly string[];
  readonly openModel: ModelOpener;
  readonly sources: SourceOpener;
  /** Folder of the models and images of samples; none are offered where absent. */
  readonly samples?: string | undefined;
  /** Says what is shown as a command; where absent, none is. */
  readonly commandOf?: CommandOf | undefined;
}

/** Images, models and explanations that all pages share. */
export class Workbench {
  readonly changes = new Changes();
  readonly images = new Images();
  readonly #given: readonly string[];
  readonly #models: OpenModels;
  readonly #sources: Sources;
  readonly #samples: Samples;
  readonly #brought = new ModelFiles();
  readonly #sitting = new Sitting();
  readonly #commandOf: CommandOf | null;
  /** Models of samples that were begun with. */
  readonly #sampled = new Set<string>();
  #panes: readonly Pane[];
  #linked = true;
  /** Tells the jobs of this server from those of the one before it at the same address. */
  readonly #series = randomBytes(4).toString('hex');
  #jobs = 0;

  constructor({ models, openModel: openGiven, sources, samples, commandOf }: WorkbenchParts) {
    this.#given = models;
    this.#models = new OpenModels((name, image) => this.#openOwn(name, image) ?? openGiven(name, image));
    this.#sources = new Sources(sources);
    this.#samples = new Samples(samples ?? null);
    this.#commandOf = commandOf ?? null;
    this.#panes = [this.#newPane(models[0] ?? null)];
  }

  get state(): WorkbenchState {
    return {
      watching: false,
      models: this.#modelNames,
      sources: this.#sources.names,
      images: this.images.states,
      image: this.#panes[0]?.image?.state.id ?? null,
      panes: this.#panes.map(({ state }) => state),
      linked: this.#linked,
      samples: this.#samples.states,
      history: this.#sitting.entries(this.images),
      dataset: null,
    };
  }

  get #modelNames(): string[] {
    return [...new Set([...this.#given, ...this.#brought.names, ...this.#sampled])];
  }

  job(id: string): Job | null {
    return this.#panes.find(({ job }) => job?.id === id)?.job ?? this.#sitting.job(id);
  }

  /** Decodes an uploaded image and works on it. */
  async upload(bytes: Uint8Array, name: string, pane = 0): Promise<ImageState> {
    const image = await this.images.addUpload(bytes, name);
    this.chooseImage(image.id, pane);
    return image;
  }

  /** Keeps a model file that was brought, and works with it. */
  async uploadModel(bytes: Uint8Array, name: string, pane = 0): Promise<void> {
    const model = await this.#brought.add(bytes, name);
    if (model === null) return;
    // A file that was brought before under this name is read anew.
    await this.#models.forget(model);
    this.#pane(pane).choose({ model, anew: true });
    this.changes.announce();
  }

  /**
   * Works on an image: in all panes where they are linked, else in one.
   *
   * @throws DatumError (`usage`) for an image that is not there, or no longer.
   */
  chooseImage(id: string, index = 0): void {
    const image = this.images.get(id);
    if (image === undefined) throw new DatumError('usage', `there is no image '${id}', or no longer: add it again.`);
    for (const pane of this.#linked ? this.#panes : [this.#pane(index)]) pane.choose({ image });
    this.changes.announce();
  }

  /** Whether all panes have the image of the first. */
  link(linked: boolean): void {
    this.#linked = linked;
    const image = this.#panes[0]?.image ?? null;
    if (linked && image !== null) for (const pane of this.#panes) pane.choose({ image });
    this.changes.announce();
  }

  /** A small version of the image on a sample's card, as WebP; undefined where there is no such sample. */
  async samplePicture(id: string): Promise<Buffer | undefined> {
    const path = this.#samples.picture(id);
    return path === undefined ? undefined : this.#sources.thumbnailOf(path);
  }

  /** Puts a sample on the page, and explains it. */
  async chooseSample(id: string): Promise<void> {
    const wanted = await this.#samples.panes(id);
    const images = await Promise.all(
      wanted.map(({ path, item, dataset }) => this.images.addFile(path, basename(path), { item, dataset })),
    );
    this.choosePanes(wanted.length > 1 ? 2 : 1);
    this.#linked = new Set(images.map((image) => image.id)).size < 2;
    for (const [index, { model, options }] of wanted.entries()) {
      this.#sampled.add(model);
      const image = this.images.get(images[index]?.id ?? '');
      if (image !== undefined) this.#pane(index).choose({ model, image });
      await this.explain({ pane: index === 0 ? 0 : 1, method: 'rise', options, metrics: 'fast' });
    }
    this.changes.announce();
  }

  /** @throws DatumError (`usage`) for an explanation that is not there, or no longer. */
  showAgain(index: number, id: string): void {
    const job = this.#sitting.job(id);
    const image = job === null ? undefined : this.images.get(job.state.image);
    if (job === null || image === undefined) throw new DatumError('usage', 'this is no longer kept: explain it again.');
    this.#pane(index).show(job, image);
    if (this.#linked) for (const pane of this.#panes) pane.choose({ image });
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
  async chooseItem(source: string, id: string, pane = 0): Promise<ImageState> {
    const { path, ...annotated } = await this.#sources.item(source, id);
    const image = await this.images.addFile(path, id, annotated);
    this.chooseImage(image.id, pane);
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
      const pane = this.#newPane(first.model);
      this.#panes = [first, pane];
      if (first.image !== null) pane.choose({ image: first.image });
    }
    this.#linked = true;
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
    await this.#brought.close();
  }

  /** Opens a model that the page has of its own; undefined for one that it was started with. */
  #openOwn(name: string, image: RgbImage): Promise<OpenModel> | undefined {
    const description = this.#brought.path(name) ?? this.#samples.modelPath(name);
    return description === undefined ? undefined : openModel({ description }, { image, name });
  }

  #newPane(model: string | null): Pane {
    return new Pane({
      models: this.#models,
      model,
      commandOf: this.#commandOf === null ? null : (what) => this.#command(what),
      changed: () => {
        this.changes.announce();
      },
      ended: (job, score) => {
        this.#sitting.add(job, score);
        this.changes.announce();
      },
    });
  }

  #command(what: PageCommand): string {
    return this.#commandOf?.({ ...what, model: this.#samples.modelPath(what.model) ?? what.model }) ?? '';
  }

  #pane(index: number): Pane {
    const pane = this.#panes[index];
    if (pane === undefined) throw new DatumError('usage', 'nothing is compared: ask for the second pane first.');
    return pane;
  }
}
