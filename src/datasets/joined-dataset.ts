import { opened, writtenItems } from './opened.js';
import type { Dataset, DatasetItem } from './types.js';

/**
 * Several datasets as one: ids get the dataset's name in front, classes of the same name are one class, and subsets keep
 * their names.
 *
 * @param datasets by name, at least one
 */
export function joinDatasets(datasets: ReadonlyMap<string, Dataset>, root: string): Dataset {
  const all = [...datasets.values()];
  const labelNames = [...new Set(all.flatMap((dataset) => dataset.labelNames))];
  const numbers = new Map(labelNames.map((name, index) => [name, index]));
  const counts = all.map(({ count }) => count);
  const joined: Dataset = {
    format: all.map(({ format }) => format).join('+'),
    root,
    labelNames,
    subsets: [...new Set(all.flatMap(({ subsets }) => subsets))],
    count: counts.every((count) => count !== null) ? counts.reduce((sum, count) => sum + count, 0) : null,
    notes: all.flatMap(({ notes }) => notes),
    reason: null,
    folders: all.flatMap(({ root, folders }) => folders ?? [root]),
    async *items() {
      for (const [name, dataset] of datasets) {
        const renumbered = dataset.labelNames.map((name) => numbers.get(name)!);
        for await (const item of writtenItems(dataset)) yield prefixed(name, item, renumbered);
      }
    },
  };
  return opened(joined, { parts: all });
}

function prefixed(name: string, item: DatasetItem, numbers: readonly number[]): DatasetItem {
  const renumber = <T extends { readonly label: number }>(one: T): T => ({ ...one, label: numbers[one.label]! });
  return {
    ...item,
    id: `${name}/${item.id}`,
    labels: item.labels.map(renumber),
    boxes: item.boxes.map(renumber),
    ...(item.withoutPlace === undefined ? {} : { withoutPlace: item.withoutPlace.map((label) => numbers[label]!) }),
  };
}
