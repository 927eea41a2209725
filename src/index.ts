/** The library: `import { openModel, explain } from 'datum-explain'`. */
export { DatumError, type ErrorKind } from './errors.js';
export type { Box } from './annotations/index.js';
export { decodeImage, readImage } from './image/files.js';
export type { RgbImage } from './image/index.js';
export { functionModel, openModel, type Model, type ModelSource, type OpenModelOptions } from './library/open-model.js';
export type { Found, ModelInfo, PredictOptions } from './library/model.js';
export type { ImageSource } from './library/images.js';
export { explain, measure } from './library/node.js';
export type { ExplainOptions, ExplanationRun } from './library/explain.js';
export type { ExplainedTarget, Explanation, Note, Snapshot } from './library/explanation.js';
export type { PixelMask, SaliencyMap } from './library/saliency-map.js';
export type { Run } from './library/run.js';
export type { MeasureOptions, Measurement } from './library/measure.js';
export {
  explainDataset,
  openDataset,
  type Dataset,
  type DatasetItem,
  type DatasetResult,
  type DatasetRun,
  type ExplainDatasetOptions,
} from './library/datasets.js';
export { openExplained, type ExplainedFolder, type ExplainedItem, type StoredTarget } from './library/explained.js';
export { writeExplanation, writeReport, type WriteOptions } from './library/write.js';
export { openProject, type Project } from './library/project.js';
export { averageOfMasks, type DesignPlugin, type MethodPlugin } from './explain/plugin.js';
export type { InterpreterPlugin, ReadOutputs } from './interpreters/script/own.js';
export type { LauncherPlugin } from './launchers/plugin.js';
export type { FormatPlugin } from './datasets/index.js';
