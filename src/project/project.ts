import { constants } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf, DatumError, option } from '../errors.js';
import { copyTo, filesIn, readingReason, readWholeText, writeWhole } from '../files.js';
import type { ModelConfig } from '../models/config.js';
import { isModulePath, isScriptPath } from '../plugins/module-path.js';
import { placeInside } from '../results/inside.js';
import { oneAtATime } from '../results/one-at-a-time.js';
import { PROJECT, type ProjectRecord } from '../results/schema/project.js';
import { parseProjectConfig } from './config.js';
import {
  datumaroModel,
  datumaroSource,
  findDatumaroProject,
  readDatumaroProject,
  readOnly,
} from './datumaro-project.js';

/** Paths in a model's configuration. */
/** Longest name, in bytes: files and folders are called after it, with more behind. */
const LONGEST_NAME = 200;
const MODEL_FILES = ['description', 'weights', 'labels'] as const;

/** What a project of another tool holds that cannot be used, and why. */
interface Refused {
  readonly models: ReadonlyMap<string, DatumError>;
  readonly sources: ReadonlyMap<string, DatumError>;
}

/** A folder with `.datum/config.json`: models and sources under names. One of Datumaro is read in its place. */
export class Project {
  readonly root: string;
  #config: ProjectRecord;
  /** Null for a project of our own, which may be written. */
  readonly #foreign: Refused | null;

  private constructor(root: string, config: ProjectRecord, foreign: Refused | null = null) {
    this.root = root;
    this.#config = config;
    this.#foreign = foreign;
  }

  /**
   * Makes a project in a folder, which is made where it is missing; other files in it are not touched.
   *
   * @throws DatumError (`project`) where there is one already and `overwrite` is not set.
   */
  static async create(folder: string, overwrite: boolean): Promise<Project> {
    const root = resolve(folder);
    if (!overwrite && (await exists(configPath(root)))) throw thereIsOne(root);
    const project = new Project(root, { version: PROJECT.version, models: {}, sources: {} });
    await oneAtATime(
      join(root, '.datum'),
      async () => {
        // Another process may have been quicker.
        if (!overwrite && (await exists(configPath(root)))) throw thereIsOne(root);
        await project.#write(project.#config);
      },
      'project',
    );
    return project;
  }

  /**
   * Opens the project in a folder; one of Datumaro (0.1 to 1.11) where there is none of our own, in that folder or, for the
   * current one, above it.
   *
   * @throws DatumError (`project`) where there is none, its file is damaged (naming the line), or a newer version wrote it.
   */
  static async open(folder: string): Promise<Project> {
    const root = resolve(folder);
    const config = await readConfig(root);
    if (config !== null) return new Project(root, config);
    const foreign = await Project.#openForeign(folder);
    if (foreign !== null) return foreign;
    throw new DatumError(
      'project',
      `there is no project in ${root}: make one, or name the folder of one with ${option('project')}.`,
      { file: root },
    );
  }

  /** Makes a project of our own from one of Datumaro: its models are copied, its datasets stay where they are. */
  static async createFrom(
    source: string,
    folder: string,
    overwrite: boolean,
  ): Promise<{ readonly project: Project; readonly left: readonly DatumError[] }> {
    const foreign = await Project.#openForeign(source);
    if (foreign === null) {
      throw new DatumError(
        'project',
        `there is no project of Datumaro in ${resolve(source)}: name the folder that holds .datumaro.`,
        {
          file: source,
          option: 'from',
        },
      );
    }
    const project = await Project.create(folder, overwrite);
    const { models, sources } = foreign.#config;
    for (const [name, config] of Object.entries(models)) await project.#takeOver(name, config, foreign.root);
    for (const [name, { path, format }] of Object.entries(sources)) await project.addSource(name, path, format);
    const { models: leftModels, sources: leftSources } = foreign.#foreign ?? {
      models: new Map<string, DatumError>(),
      sources: new Map<string, DatumError>(),
    };
    return { project, left: [...leftModels.values(), ...leftSources.values()] };
  }

  /** Takes a model of a project of Datumaro, with all its files: plug-ins come as a whole, since they may import each other. */
  async #takeOver(name: string, config: ModelConfig, from: string): Promise<void> {
    const { description, weights, interpreter, plugin } = config;
    const ownFolder = join(from, '.datumaro', 'models', name);
    const own = await filesIn(ownFolder);
    if (plugin === undefined) {
      const files = [description, weights, interpreter].filter((file) => file !== undefined);
      await this.addModel(name, config, [...new Set([...files, ...own])]);
      return;
    }
    this.checkNewName(name);
    const modelDir = await this.#modelFolder(name);
    for (const [folder, files, to] of [
      [description, await filesIn(description), this.#pluginFolder],
      [ownFolder, own, modelDir],
    ] as const) {
      for (const file of files)
        if (!file.endsWith('.pyc')) await copyTo(file, join(to, relative(folder, file)), 'project');
    }
    await this.addModel(name, {
      ...config,
      description: this.#pluginFolder,
      plugin: plugin.modelDir === undefined ? plugin : { ...plugin, modelDir },
    });
  }

  static async #openForeign(folder: string): Promise<Project | null> {
    const found = await readDatumaroProject(folder === '.' ? ((await findDatumaroProject(folder)) ?? folder) : folder);
    if (found === null) return null;
    const config: ProjectRecord = { version: PROJECT.version, models: {}, sources: {} };
    const refused = { models: new Map<string, DatumError>(), sources: new Map<string, DatumError>() };
    for (const name of found.models.keys()) {
      await collect(refused.models, name, async () => {
        config.models[name] = await datumaroModel(found, name);
      });
    }
    for (const name of found.sources.keys()) {
      await collect(refused.sources, name, async () => {
        config.sources[name] = await datumaroSource(found, name);
      });
    }
    return new Project(found.root, config, refused);
  }

  /** Names of the registered models, sorted. */
  get modelNames(): string[] {
    return [...Object.keys(this.#config.models), ...(this.#foreign?.models.keys() ?? [])].sort();
  }

  /**
   * A registered model with absolute paths.
   *
   * @throws DatumError (`project`) for a name that there is not.
   */
  model(name: string): ModelConfig {
    const refused = this.#foreign?.models.get(name);
    if (refused !== undefined) throw refused;
    const config = this.#config.models[name];
    if (config === undefined || !Object.hasOwn(this.#config.models, name)) {
      const known = this.modelNames;
      throw new DatumError(
        'project',
        `there is no model '${name}' in ${this.root}: ${known.length > 0 ? `it has ${known.join(', ')}` : 'add one'}.`,
        { option: 'model' },
      );
    }
    return this.#mapPaths(config, (path) => resolve(this.root, path));
  }

  hasModel(name: string): boolean {
    return Object.hasOwn(this.#config.models, name) || this.#foreign?.models.has(name) === true;
  }

  /** A free name: `model-0`, `model-1`... */
  freeModelName(): string {
    for (let i = 0; ; i++) if (!this.hasModel(`model-${i}`)) return `model-${i}`;
  }

  /**
   * Checks that a model can be registered under a name.
   *
   * @throws DatumError for a name that is taken (`project`), or not fit for one (`usage`).
   */
  checkNewName(name: string): void {
    if (this.#foreign !== null) throw readOnly(this.root);
    checkName(name);
    if (this.hasModel(name)) {
      throw new DatumError('project', `there is a model '${name}' already: remove it first, or choose another name.`, {
        option: 'name',
      });
    }
  }

  /**
   * Registers a model.
   *
   * @param name a free one is found where it is null
   * @param copied files to copy into the project first, with the paths they have in `config`; those beside the model
   *   file keep their place beside it. Where anything fails, no copy is left.
   * @returns the name
   * @throws DatumError as `checkNewName` does, or (`project`) where the project cannot be written.
   */
  async addModel(name: string | null, config: ModelConfig, copied: readonly string[] = []): Promise<string> {
    return this.#change(async ({ models, ...others }) => {
      const free = name ?? this.freeModelName();
      this.checkNewName(free);
      const folder = await this.#modelFolder(free);
      // What is there already was there before, and stays.
      const wasThere = await exists(folder);
      const copies = new Map<string, string>();
      try {
        for (const file of copied) {
          const beside = relative(dirname(config.description), file);
          const place = beside.startsWith('..') || isAbsolute(beside) ? basename(file) : beside;
          const target = join(folder, place);
          await copyTo(file, target, 'project');
          copies.set(file, target);
        }
        const stored = this.#mapPaths(config, (path) => this.#portable(copies.get(path) ?? path));
        await this.#write({ ...others, models: { ...models, [free]: stored } });
      } catch (error) {
        if (!wasThere) await rm(folder, { recursive: true, force: true });
        throw error;
      }
      return free;
    });
  }

  /** Removes a model, and the copies that the project made of its files. */
  async removeModel(name: string): Promise<void> {
    await this.#change(async ({ models, ...others }) => {
      this.model(name);
      const folder = await this.#modelFolder(name);
      await this.#write({
        ...others,
        models: Object.fromEntries(Object.entries(models).filter(([other]) => other !== name)),
      });
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** Names of the datasets that were imported, sorted. */
  get sourceNames(): string[] {
    return [...Object.keys(this.#config.sources), ...(this.#foreign?.sources.keys() ?? [])].sort();
  }

  hasSource(name: string): boolean {
    return Object.hasOwn(this.#config.sources, name) || this.#foreign?.sources.has(name) === true;
  }

  /**
   * An imported dataset, with its absolute path.
   *
   * @throws DatumError (`project`) for a name that there is not.
   */
  source(name: string): { readonly path: string; readonly format: string } {
    const refused = this.#foreign?.sources.get(name);
    if (refused !== undefined) throw refused;
    const source = this.#config.sources[name];
    if (source === undefined || !this.hasSource(name)) {
      const known = this.sourceNames;
      throw new DatumError(
        'project',
        `there is no source '${name}' in ${this.root}: ${known.length > 0 ? `it has ${known.join(', ')}` : 'add one'}.`,
        { option: 'source' },
      );
    }
    const { path, format } = source;
    return { path: resolve(this.root, path), format: isModulePath(format) ? resolve(this.root, format) : format };
  }

  /** A free name: `source-0`, `source-1`... */
  freeSourceName(): string {
    for (let i = 0; ; i++) if (!this.hasSource(`source-${i}`)) return `source-${i}`;
  }

  /**
   * Remembers a dataset, which stays where it is.
   *
   * @param name a free one is found where it is null
   * @param format its name, or the absolute path of a module
   * @returns the name
   * @throws DatumError for a name that is taken (`project`), or not fit for one (`usage`).
   */
  async addSource(name: string | null, path: string, format: string): Promise<string> {
    return this.#change(async ({ sources, ...others }) => {
      const free = name ?? this.freeSourceName();
      checkName(free);
      if (this.hasSource(free)) {
        throw new DatumError(
          'project',
          `there is a source '${free}' already: remove it first, or choose another name.`,
          { option: 'name' },
        );
      }
      const source = {
        path: this.#portable(resolve(path)),
        format: isModulePath(format) ? this.#portable(format) : format,
      };
      await this.#write({ ...others, sources: { ...sources, [free]: source } });
      return free;
    });
  }

  /** Forgets a dataset; its files are not touched. */
  async removeSource(name: string): Promise<void> {
    await this.#change(async ({ sources, ...others }) => {
      this.source(name);
      await this.#write({
        ...others,
        sources: Object.fromEntries(Object.entries(sources).filter(([other]) => other !== name)),
      });
    });
  }

  /** Where plug-ins of Datumaro lie that were taken over. */
  get #pluginFolder(): string {
    return join(this.root, '.datum', 'plugins');
  }

  /** The folder of plug-ins of Datumaro that the project has: taken over, or of a project of Datumaro in the same place; else null. */
  async pluginFolder(): Promise<string | null> {
    for (const folder of [this.#pluginFolder, join(this.root, '.datumaro', 'plugins')]) {
      if (await exists(folder)) return folder;
    }
    return null;
  }

  /**
   * Where copies of a model's files lie.
   *
   * @throws DatumError (`project`) where a damaged project would have it lie elsewhere.
   */
  async #modelFolder(name: string): Promise<string> {
    checkName(name);
    return placeInside(this.root, `.datum/models/${name}`, 'project');
  }

  /** A path as it is stored: relative with forward slashes inside the project, absolute outside. */
  #portable(path: string): string {
    const inside = relative(this.root, path);
    return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/');
  }

  #mapPaths(config: ModelConfig, map: (path: string) => string): ModelConfig {
    const mapped = { ...config };
    for (const key of MODEL_FILES) {
      const path = config[key];
      if (path !== undefined) mapped[key] = map(path);
    }
    if (config.plugin?.modelDir !== undefined) {
      mapped.plugin = { ...config.plugin, modelDir: map(config.plugin.modelDir) };
    }
    if (isModulePath(config.launcher)) mapped.launcher = map(config.launcher);
    if (config.interpreter !== undefined && isScriptPath(config.interpreter)) {
      mapped.interpreter = map(config.interpreter);
    }
    return mapped;
  }

  /** Changes the project as it is now, whatever others made of it since it was opened; nobody else does meanwhile. */
  async #change<T>(work: (config: ProjectRecord) => Promise<T>): Promise<T> {
    if (this.#foreign !== null) throw readOnly(this.root);
    return oneAtATime(
      join(this.root, '.datum'),
      async () => {
        this.#config = (await readConfig(this.root)) ?? this.#config;
        return work(this.#config);
      },
      'project',
    );
  }

  async #write(config: ProjectRecord): Promise<void> {
    await writeWhole(configPath(this.root), `${JSON.stringify(config, null, 2)}\n`, 'project');
    this.#config = config;
  }
}

/** The project in a folder; null where there is none of our own. */
async function readConfig(root: string): Promise<ProjectRecord | null> {
  const file = configPath(root);
  let text: string;
  try {
    text = await readWholeText(file);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return null;
    throw new DatumError('project', `the project file ${file} cannot be read: ${readingReason(cause)}.`, {
      cause,
      file,
    });
  }
  return parseProjectConfig(text, file);
}

function thereIsOne(root: string): DatumError {
  return new DatumError('project', `there is a project in ${root} already: use ${option('overwrite')} to replace it.`, {
    file: root,
  });
}

/** Does something for a name, and keeps what it refuses. */
async function collect(refused: Map<string, DatumError>, name: string, does: () => Promise<void>): Promise<void> {
  try {
    await does();
  } catch (error) {
    if (!(error instanceof DatumError)) throw error;
    refused.set(name, error);
  }
}

function configPath(root: string): string {
  return join(root, '.datum', 'config.json');
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > LONGEST_NAME) {
    throw new DatumError(
      'usage',
      `the name '${name.slice(0, 20)}...' is too long: use at most ${LONGEST_NAME} letters.`,
      { option: 'name' },
    );
  }
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name) || name === '__proto__') {
    throw new DatumError(
      'usage',
      `'${name}' is no name: use letters, digits, '-', '_' and '.', beginning with a letter or digit.`,
      { option: 'name' },
    );
  }
}
