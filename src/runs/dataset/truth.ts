import type { Box } from '../../annotations/index.js';
import type { DatasetItem, LabelMatch, Segmentation } from '../../datasets/index.js';
import type { TruthRecord } from '../../results/schema/explanation.js';

/** What became of an object of the truth. */
export type ObjectOutcome = TruthRecord['boxes'][number]['outcome'];

/** A class as the dataset and the model call it. */
export interface TruthClass {
  /** Index into the dataset's label names. */
  readonly id: number;
  readonly name: string;
  /** The model's numbers for it; empty where the model does not know it. */
  readonly labels: readonly number[];
}

/** An object of the truth, in pixels of the image. */
export interface TruthObject extends Box, TruthClass {
  /** Whether it does not count: a crowd, or one marked difficult. */
  readonly ignored: boolean;
  readonly segmentation: Segmentation | null;
}

/** What the annotators say of one image, in the model's classes. */
export interface Truth {
  /** Classes of the whole image: its labels, or the classes of its boxes where it has none; each once. */
  readonly labels: readonly TruthClass[];
  readonly boxes: readonly TruthObject[];
  /**
   * Classes of the model that the dataset has: of others, its annotators say nothing. Nor is anything said of classes of
   * objects that are somewhere in the image, and whose place is not known.
   */
  readonly annotated: ReadonlySet<number>;
}

/**
 * The truth of an item; null where there is none: nobody annotated the image, or the dataset has no classes that the
 * model knows.
 *
 * @param unlooked subsets without any annotation, which nobody has looked at
 */
export function truthOf(item: DatasetItem, match: LabelMatch | null, unlooked: readonly string[] = []): Truth | null {
  if (match === null || match.pairs.length === 0 || !item.annotated || unlooked.includes(item.subset)) return null;
  const classOf = (id: number): TruthClass => ({
    id,
    name: match.datasetNames[id] ?? `class ${id}`,
    labels: match.toModel[id] ?? [],
  });
  const unplaced = new Set((item.withoutPlace ?? []).flatMap((id) => match.toModel[id] ?? []));
  const ids = (item.labels.length > 0 ? item.labels : item.boxes).map(({ label }) => label);
  return {
    annotated: new Set(match.pairs.flatMap(({ model }) => model).filter((label) => !unplaced.has(label))),
    labels: [...new Set(ids)].map(classOf),
    boxes: item.boxes.map(({ x, y, width, height, label, attributes, segmentation }) => ({
      ...classOf(label),
      x,
      y,
      width,
      height,
      ignored: attributes['crowd'] === true || attributes['difficult'] === true,
      segmentation,
    })),
  };
}

/** The truth as files hold it, with what became of each object. */
export function truthRecord({ labels, boxes }: Truth, objects: readonly ObjectOutcome[]): TruthRecord {
  return {
    labels: labels.map(({ id, name, labels: model }) => ({ id, name, model: [...model] })),
    boxes: boxes.map(({ id, name, labels: model, x, y, width: w, height: h }, at) => ({
      id,
      name,
      model: [...model],
      bbox: [x, y, w, h],
      outcome: objects[at] ?? 'unknown',
    })),
  };
}
