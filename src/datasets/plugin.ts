import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { DatumError, messageOf } from '../errors.js';
import type { DatasetFormat, Detection } from './format.js';
import { findImage } from './image-files.js';
import { itemId, UniqueIds } from './item-id.js';
import type { Probe } from './probe.js';
import {
  DEFAULT_SUBSET,
  type Attributes,
  type Dataset,
  type DatasetItem,
  type TrueBox,
  type TrueLabel,
} from './types.js';

/** A class of the whole image, as an author gives it. */
export type PluginLabel = Pick<TrueLabel, 'label'> & Partial<TrueLabel>;

/** A box, as an author gives it: pixels of the image. */
export type PluginBox = Pick<TrueBox, 'x' | 'y' | 'width' | 'height' | 'label'> & Partial<TrueBox>;

/** An item, as an author gives it. */
export interface PluginItem {
  /** Path of the image, absolute or from the dataset's folder. */
  readonly image: string;
  /** Unique in the dataset; by the path of the image where absent. */
  readonly id?: string | undefined;
  readonly subset?: string | undefined;
  readonly size?: DatasetItem['size'] | undefined;
  /** Whether annotators have looked at the image; true where absent. */
  readonly annotated?: boolean | undefined;
  readonly labels?: readonly PluginLabel[] | undefined;
  readonly boxes?: readonly PluginBox[] | undefined;
  readonly attributes?: Attributes | undefined;
  /** Why its annotations cannot be read, where the others can. */
  readonly malformed?: string | undefined;
}

/** An opened dataset, as an author gives it. */
export interface PluginDataset {
  /** Names of the classes, by their numbers. */
  readonly labelNames: readonly string[];
  /** The folder that images are found from; that of the path where absent. */
  readonly root?: string | undefined;
  /** Names of the subsets, where there are any. */
  readonly subsets?: readonly string[] | undefined;
  readonly count?: number | null | undefined;
  readonly notes?: readonly string[] | undefined;
  /** The items, always in the same order; called for every reading. */
  items(): AsyncIterable<PluginItem> | Iterable<PluginItem>;
}

/** A format as its author writes it. The built-in ones are not of this form: their items are complete. */
export interface FormatPlugin {
  readonly name: string;
  /** What it is, for help; its name where absent. */
  readonly title?: string | undefined;
  /** Looks at names and contents; null where the path is something else. */
  detect(probe: Probe): Detection | null | Promise<Detection | null>;
  /**
   * Opens a dataset.
   *
   * @param path absolute path of an existing folder or file. What is wrong in a file is to be thrown, naming the file.
   */
  open(path: string): PluginDataset | Promise<PluginDataset>;
}

/** Whether a value has what a format must have. */
export function isFormatPlugin(value: object): value is FormatPlugin {
  const has = (name: string): boolean => typeof Reflect.get(value, name) === 'function';
  return 'name' in value && typeof value.name === 'string' && has('detect') && has('open');
}

/**
 * The format that a user's module exports, as `format` or by default.
 *
 * @throws DatumError (`dataset`) naming the module and what it lacks.
 */
export async function loadFormatModule(path: string): Promise<DatasetFormat> {
  const example = '{ name, detect(probe), open(path) { return { labelNames, items() } } }';
  const { loadExport } = await import('../plugins/load-module.js');
  const { value } = await loadExport(path, { what: 'format', kind: 'dataset', example }, isFormatPlugin);
  return completeFormat(value);
}

/** A format of an author's, with all that the house relies on: what was left out has its default, and items are checked. */
export function completeFormat(plugin: FormatPlugin): DatasetFormat {
  return {
    name: plugin.name,
    detect: async (probe) => plugin.detect(probe),
    open: async (path) => completeDataset(plugin, path, await trying(plugin, path, () => plugin.open(path))),
  };
}

async function completeDataset(plugin: FormatPlugin, path: string, given: PluginDataset): Promise<Dataset> {
  const refuse = (what: string): DatumError =>
    new DatumError(
      'dataset',
      `the format ${plugin.name} opened ${path} ${what}: open() returns { labelNames, items() }.`,
      {
        file: path,
        option: 'format',
      },
    );
  const { labelNames, subsets = [DEFAULT_SUBSET], count = null, notes = [] } = given;
  if (!Array.isArray(labelNames) || !labelNames.every((name) => typeof name === 'string')) {
    throw refuse('without the names of its classes');
  }
  if (typeof given.items !== 'function') throw refuse('without items()');
  const root = resolve(given.root ?? ((await stat(path)).isFile() ? dirname(path) : path));
  const reader = new ItemReader(plugin.name, root, labelNames.length, subsets);
  return {
    format: plugin.name,
    root,
    labelNames,
    subsets,
    count,
    notes,
    async *items() {
      const ids = new UniqueIds();
      let index = 0;
      const iterator = readingOf(given);
      for (;;) {
        const next = await trying(plugin, path, () => iterator.next());
        if (next.done === true) return;
        yield reader.item(next.value, index++, ids);
      }
    },
  };
}

function readingOf(dataset: PluginDataset): AsyncIterator<PluginItem> | Iterator<PluginItem> {
  const items = dataset.items();
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

/** Completes items, and refuses those that break what the house relies on. */
class ItemReader {
  readonly #format: string;
  readonly #root: string;
  readonly #classes: number;
  readonly #subsets: readonly string[];

  constructor(format: string, root: string, classes: number, subsets: readonly string[]) {
    this.#format = format;
    this.#root = root;
    this.#classes = classes;
    this.#subsets = subsets;
  }

  async item(given: PluginItem, index: number, ids: UniqueIds): Promise<DatasetItem> {
    const { image, subset = this.#subsets[0] ?? DEFAULT_SUBSET, malformed } = given;
    if (typeof image !== 'string') throw this.#refuse(index, 'has no image: give its path as a text');
    if (!this.#subsets.includes(subset)) {
      throw this.#refuse(
        index,
        `is of the subset '${subset}', which is not among its subsets (${this.#subsets.join(', ')})`,
      );
    }
    return {
      id: ids.claim(given.id === undefined ? itemId(this.#below(image)) : itemId(`${given.id}.id`), subset),
      subset,
      ...(await findImage([this.#root], image)),
      size: given.size ?? null,
      annotated: malformed === undefined && (given.annotated ?? true),
      labels: (given.labels ?? []).map(({ label, attributes = {} }) => ({
        label: this.#label(label, index),
        attributes,
      })),
      boxes: (given.boxes ?? []).map((box) => this.#box(box, index)),
      attributes: given.attributes ?? {},
      ...(malformed === undefined ? {} : { malformed }),
    };
  }

  /** The image's path in the dataset's folder, where it lies there. */
  #below(image: string): string {
    const below = relative(this.#root, isAbsolute(image) ? image : join(this.#root, image));
    return below.startsWith('..') || isAbsolute(below) ? image : below;
  }

  #box({ x, y, width, height, label, attributes = {}, segmentation = null }: PluginBox, index: number): TrueBox {
    if (![x, y, width, height].every(Number.isFinite)) {
      throw this.#refuse(index, `has a box ${[x, y, width, height].join(', ')}: x, y, width and height are numbers`);
    }
    return { x, y, width, height, label: this.#label(label, index), attributes, segmentation };
  }

  #label(label: number, index: number): number {
    if (Number.isInteger(label) && label >= 0 && label < this.#classes) return label;
    throw this.#refuse(index, `has the class ${label}: classes are numbers from 0 to ${this.#classes - 1}`);
  }

  #refuse(index: number, what: string): DatumError {
    return new DatumError(
      'dataset',
      `item ${index} of ${this.#root}, as the format ${this.#format} reads it, ${what}.`,
      {
        file: this.#root,
        option: 'format',
      },
    );
  }
}

/** Calls the author's code; what it throws is the user's to mend. */
async function trying<T>({ name }: FormatPlugin, path: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof DatumError) throw cause;
    const reason = messageOf(cause).split('\n')[0]?.replace(/\.$/, '') ?? '';
    throw new DatumError('dataset', `${path} cannot be read as ${name}: ${reason}.`, { cause, file: path });
  }
}
