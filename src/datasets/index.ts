/** Datasets in and out: opening, choosing items, matching class names, writing. */
export { compileFilter, type ItemPredicate } from './filter/compile.js';
export type { DatasetFormat, Detection, Fit, WriteOptions, WriteSummary } from './format.js';
export { readLabelMap, type LabelMap } from './label-map.js';
export {
  areNumbers,
  describeMatch,
  matchLabels,
  type LabelMatch,
  type LabelPair,
  type MatchReason,
} from './match-labels.js';
export { openDataset, parseTarget, unknownFormatOf, type DatasetTarget, type OpenDatasetOptions } from './open.js';
export { REMARKS_TO_LOOK_AT } from './frames.js';
export { countsOf, describeReading } from './describe-reading.js';
export { withLeft } from './left-images.js';
export { placedItem, writtenItems } from './opened.js';
export { ReadingCounter, withChosen } from './reading.js';
export { filterItems, parseShard, sampleItems, shardItems, subsetItems, type Shard } from './select.js';
export type {
  Attributes,
  Dataset,
  DatasetItem,
  ImageSize,
  Reading,
  Segmentation,
  Tally,
  TrueBox,
  TrueLabel,
} from './types.js';
export { datasetFileEndings, type FormatEntry } from './registry.js';
export type { FormatPlugin, PluginBox, PluginDataset, PluginItem, PluginLabel } from './plugin.js';
export { writeDataset } from './write.js';
export type { Probe } from './probe.js';
