import { matchLabels, writtenItems, type Dataset, type LabelMap, type LabelMatch } from '../../datasets/index.js';
import { DatumError, option } from '../../errors.js';
import { readImage } from '../../image/files.js';
import type { RgbImage } from '../../image/index.js';

/**
 * How the dataset's classes are called in the model; null where one of the two has no names.
 *
 * @param labels names of the model's classes
 * @param map overrules the names
 * @throws DatumError (`usage`) for a map that has nothing to match; `dataset` for one that names a class that is in neither.
 */
export function classMatch(
  { labelNames }: Dataset,
  labels: readonly string[] | null,
  map: LabelMap | undefined,
): LabelMatch | null {
  if (labelNames.length > 0 && labels !== null) return matchLabels(labelNames, labels, map);
  if (map === undefined) return null;
  const who =
    labels === null ? `the model has no class names: name them with ${option('labels')}` : 'the dataset has no classes';
  throw new DatumError('usage', `${option('labelMap')} has nothing to match, since ${who}.`);
}

/** An image for a model to be tried with: the first that can be read, so that all shards try the same; null without any. */
export async function firstImage(dataset: Dataset): Promise<RgbImage | null> {
  for await (const { imagePath } of writtenItems(dataset)) {
    if (imagePath === null) continue;
    try {
      return await readImage(imagePath);
    } catch (error) {
      if (!(error instanceof DatumError)) throw error;
    }
  }
  return null;
}
