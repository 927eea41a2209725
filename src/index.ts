/** The library: `import { loadModel, explain } from 'datum-explain'`. */
export { DatumError, type ErrorKind } from './errors.js';
export type { RiseInput, RiseOptions } from './explain/rise/options.js';
export { energyPointing, pointingGame } from './explain/metrics/pointing.js';
export { regionOfBoxes, type Region } from './explain/metrics/region.js';
export type { BoxTarget, LabelTarget, Target } from './explain/targets.js';
export { decodeImage, readImage, type RgbImage } from './image/index.js';
export type { ModelConfig } from './models/config.js';
export { loadModel, type LoadOptions, type ModelSource } from './models/load.js';
export type { Model, ModelInfo } from './models/model.js';
export { explain, explainProgressively, type ExplainOptions } from './runs/explain.js';
export { ExplainedTarget, type ExplainedImage, type Explanation, type Snapshot } from './runs/explanation.js';
export { writeExplanation, type Saveable } from './report/write-explanation.js';
