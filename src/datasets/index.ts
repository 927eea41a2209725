/** Datasets in and out: opening, choosing items, matching class names, writing. */
export { detectFormats, type DetectedFormat } from './detect.js';
export { compileFilter, type ItemPredicate } from './filter/compile.js';
export { FIELDS as FILTER_FIELDS } from './filter/fields.js';
export type { DatasetFormat, Detection, Fit, WriteOptions, WriteSummary } from './format.js';
export { readLabelMap, type LabelMap } from './label-map.js';
export { describeMatch, matchLabels, type LabelMatch, type LabelPair, type MatchReason } from './match-labels.js';
export { openDataset, parseTarget, type DatasetTarget } from './open.js';
export { findFormat, formatNames, isFormatName } from './registry.js';
export { filterItems, parseShard, sampleItems, shardItems, subsetItems, type Shard } from './select.js';
export {
  DEFAULT_SUBSET,
  type Attributes,
  type Dataset,
  type DatasetItem,
  type ImageSize,
  type Segmentation,
  type TrueBox,
  type TrueLabel,
} from './types.js';
export { writableFormats, writeDataset } from './write.js';
