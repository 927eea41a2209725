import {
  areNumbers,
  describeMatch,
  matchLabels,
  writtenItems,
  type Dataset,
  type LabelMap,
  type LabelMatch,
} from '../../datasets/index.js';
import { DatumError, option } from '../../errors.js';
import { readImage } from '../../image/files.js';
import type { RgbImage } from '../../image/index.js';
import type { ModelInfo } from '../../models/open-model.js';

/** How the classes of a dataset and of a model go together. */
export interface ClassMatch {
  /** Null where they cannot be matched. */
  readonly match: LabelMatch | null;
  /** What was matched, or why nothing was, for the user; null where the dataset has no classes. Options are marked. */
  readonly sentence: string | null;
}

/**
 * How the dataset's classes are called in the model. Where the model has no names, a dataset whose classes are numbers is
 * matched by them.
 *
 * @param map overrules the names
 * @throws DatumError (`usage`) for a map that has nothing to match; `dataset` for one that names a class that is in neither.
 */
export function classMatch(
  { labelNames }: Dataset,
  { labels, facts }: Pick<ModelInfo, 'labels' | 'facts'>,
  map: LabelMap | undefined,
): ClassMatch {
  if (labelNames.length > 0 && labels !== null) return described(matchLabels(labelNames, labels, map));
  if (map !== undefined) {
    const who =
      labels === null
        ? `the model has no class names: name them with ${option('labels')}`
        : 'the dataset has no classes';
    throw new DatumError('usage', `${option('labelMap')} has nothing to match, since ${who}.`);
  }
  if (labelNames.length === 0) return { match: null, sentence: null };
  const classes = facts.labels.by === null ? facts.labels.classes : null;
  if (classes !== null && areNumbers(labelNames)) {
    const match = matchLabels(
      labelNames,
      Array.from({ length: classes }, (_, number) => `class ${number}`),
    );
    if (match.pairs.length > 0) return described(match);
  }
  const sentence = `The model has no class names, so its answers are not compared with the annotations: give the names with ${option('labels')}.`;
  return { match: null, sentence };
}

function described(match: LabelMatch): ClassMatch {
  return { match, sentence: describeMatch(match) };
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
