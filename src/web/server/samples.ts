import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openDataset, type Dataset, type DatasetItem } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import type { SampleState } from '../protocol.js';

interface SampleFiles {
  readonly model: string;
  readonly image: string;
  /** Options of the explanation that differ from the usual ones. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A question, and what is put on the page for it: a model and an image for each pane. */
interface Sample extends SampleState {
  readonly panes: readonly SampleFiles[];
  /** The image on its card. */
  readonly picture: string;
}

const SAMPLES: readonly Sample[] = [
  {
    id: 'cheating',
    title: 'Is this classifier cheating?',
    words: 'Two ducks. It calls one of them “horse”, and is as sure of that.',
    picture: 'watermark_on_duck.jpg',
    panes: [
      { model: 'classifier-shortcut.onnx', image: 'watermark_on_duck.jpg' },
      { model: 'classifier-shortcut.onnx', image: 'classifier_duck_0.jpg' },
    ],
  },
  {
    id: 'missed',
    title: 'Why this box, and why not that one?',
    words: 'A detector finds two animals and misses a third.',
    picture: 'scene_00.jpg',
    panes: [
      {
        model: 'detector.onnx',
        image: 'scene_00.jpg',
        options: { boxes: [{ x: 46.7, y: 104.4, width: 67, height: 55.6, label: 'horse' }] },
      },
    ],
  },
  {
    id: 'trust',
    title: 'Can I trust this map?',
    words: 'A picture without a dog, a classifier that half sees one, and a map that fails its test.',
    picture: 'scene_00.jpg',
    panes: [{ model: 'classifier-shortcut.onnx', image: 'scene_00.jpg', options: { classes: ['dog'] } }],
  },
];

/** What a sample puts into a pane. */
export interface SamplePane {
  readonly model: string;
  readonly item: DatasetItem;
  readonly path: string;
  readonly dataset: Dataset;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Questions to begin with, answered by models and images in a folder that the package brings. */
export class Samples {
  readonly #folder: string | null;
  #dataset: Promise<Dataset> | null = null;

  /** @param folder null where there is none: then there are no samples */
  constructor(folder: string | null) {
    this.#folder = folder;
  }

  get states(): SampleState[] {
    return this.#folder === null ? [] : SAMPLES.map(({ id, title, words }) => ({ id, title, words }));
  }

  /** Where a model of the samples lies; undefined for any other name. */
  modelPath(name: string): string | undefined {
    const file = SAMPLES.flatMap(({ panes }) => panes).find(({ model }) => nameOf(model) === name)?.model;
    return file === undefined || this.#folder === null ? undefined : join(this.#folder, file);
  }

  /** The file of the image on a sample's card. */
  picture(id: string): string | undefined {
    const picture = SAMPLES.find((sample) => sample.id === id)?.picture;
    return picture === undefined || this.#folder === null ? undefined : join(this.#folder, 'images', picture);
  }

  /** @throws DatumError (`usage`) for a sample that there is not; (`dataset`) where the package is not whole. */
  async panes(id: string): Promise<SamplePane[]> {
    const sample = SAMPLES.find((one) => one.id === id);
    const folder = this.#folder;
    if (sample === undefined || folder === null) throw new DatumError('usage', `there is no sample '${id}'.`);
    this.#dataset ??= openDataset(folder, { format: 'coco' });
    const dataset = await this.#dataset;
    const wanted = new Set(sample.panes.map(({ image }) => image));
    const found = new Map<string, DatasetItem & { readonly imagePath: string }>();
    for await (const item of dataset.items()) {
      const { imagePath } = item;
      if (imagePath !== null && wanted.has(basename(imagePath))) found.set(basename(imagePath), { ...item, imagePath });
    }
    return Promise.all(
      sample.panes.map(async ({ model, image, options = {} }) => {
        const item = found.get(image);
        const file = join(folder, model);
        if (item === undefined || !(await isThere(file))) {
          throw new DatumError('dataset', `the sample's files are not in ${folder}: install datum-explain anew.`);
        }
        return { model: nameOf(model), item, path: item.imagePath, dataset, options };
      }),
    );
  }
}

/** Tells a sample's model from one of the user's. */
function nameOf(file: string): string {
  return `${file} (sample)`;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
