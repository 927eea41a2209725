/** The library: `import { openModel, explain } from 'datum-explain'`. */
export { DatumError, type ErrorKind } from './errors.js';
export type { Box } from './annotations/index.js';
export { decodeImage, readImage } from './image/files.js';
export type { RgbImage } from './image/index.js';
export type { FunctionInput, FunctionModelOptions } from './models/function-model.js';
export { functionModel, openModel, type Model, type ModelSource, type OpenModelOptions } from './library/open-model.js';
export type { Found, ModelInfo, ModelOf, PredictOptions } from './library/model.js';
export type { ImageSource } from './library/images.js';
export { explain, measure } from './library/node.js';
export type { ExplainOptions, ExplanationRun } from './library/explain.js';
export type { ExplainedTarget, Explanation, Note, Snapshot } from './library/explanation.js';
export type { ImageMap } from './image/map-to-area.js';
export type { ExplainedImage, RunFigures } from './results/explanation.js';
export type { PixelMask, SaliencyMap } from './library/saliency-map.js';
export type { Run } from './library/run.js';
export type { MeasureOptions, Measurement } from './library/measure.js';
export {
  explainDataset,
  openDataset,
  type Attributes,
  type Dataset,
  type DatasetItem,
  type DatasetResult,
  type DatasetRun,
  type ExplainDatasetOptions,
  type ImageSize,
  type OpenDatasetOptions,
  type Reading,
  type RunProgress,
  type Segmentation,
  type Summary,
  type Tally,
  type TrueBox,
  type TrueLabel,
} from './library/datasets.js';
export { openExplained, type ExplainedFolder, type ExplainedItem, type StoredTarget } from './library/explained.js';
export {
  writeExplanation,
  writeReport,
  type WriteOptions,
  type WrittenExplanation,
  type WrittenReport,
} from './library/write.js';
export { openProject, type Project } from './library/project.js';

// What parts of one's own are made of.
export { averageOfMasks, type DesignPlugin, type MethodPlugin } from './explain/plugin.js';
export type { Design, MaskedArea, MaskedTask, MethodOptions, RecordedOptions, TableContext } from './explain/method.js';
export type { Fill } from './explain/options.js';
export type { Note as DesignNote } from './explain/note.js';
export type { ScoreTable } from './explain/rise/scores.js';
export type { TargetKind } from './explain/targets/kind.js';
export type { Target } from './explain/targets/target.js';
export type { InterpreterPlugin, PluginDecoder, ReadBatch, ReadOutputs } from './interpreters/script/own.js';
export type { Answer, Answers, BoxAnswer, LabelAnswer } from './interpreters/script/answers.js';
export type {
  Classes,
  DecodedBatch,
  DecoderContext,
  Evidence,
  ImagePlacement,
  InputSize,
  Preprocessing,
  Recognition,
} from './interpreters/contract/types.js';
export type { LauncherPlugin, PluginOpening, PluginSession } from './launchers/plugin.js';
export type {
  ImagePixels,
  InputShape,
  LauncherInFolder,
  LaunchOptions,
  PreparedModel,
  Signature,
  Tensor,
} from './launchers/types.js';
export type { LabelForm } from './interpreters/contract/label-list.js';
export type { Detection, FormatPlugin, Probe } from './datasets/index.js';
export type { PluginBox, PluginDataset, PluginItem, PluginLabel } from './datasets/index.js';
