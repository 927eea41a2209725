/** The library: `import { openModel, explain } from 'datum-explain'`. */
export { DatumError, type ErrorKind } from './errors.js';
export type { Note } from './explain/note.js';
export type { RiseInput, RiseOptions } from './explain/rise/options.js';
export { energyPointing, pointingGame } from './explain/metrics/pointing.js';
export { regionOfBoxes, type Region } from './explain/metrics/region.js';
export type { BoxTarget } from './explain/targets/box.js';
export type { LabelTarget } from './explain/targets/label.js';
export type { PlannedTarget, Target } from './explain/targets/target.js';
export { decodeImage, readImage } from './image/files.js';
export type { RgbImage } from './image/index.js';
export type { ModelConfig } from './models/config.js';
export { openModel, type LoadOptions, type ModelSource } from './models/open.js';
export type { OpenModel as Model, ModelInfo } from './models/open-model.js';
export { ExplainedTarget, type ExplainedImage, type Explanation, type Snapshot } from './results/explanation.js';
export type { ExplainOptions } from './runs/explain.js';
export { explain, explainProgressively } from './runs/explain-file.js';
export { writeExplanation, type Saveable } from './report/save-explanation.js';
