/**
 * The library where there are no files and no threads: `import { explain, functionModel } from 'datum-explain/browser'`.
 * Images come as pixels, models as functions.
 */
export { DatumError, type ErrorKind } from './errors.js';
export type { Note } from './explain/note.js';
export type { RiseInput, RiseOptions } from './explain/rise/options.js';
export { energyPointing, pointingGame } from './explain/metrics/pointing.js';
export { regionOfBoxes, type Region } from './explain/metrics/region.js';
export type { BoxTarget } from './explain/targets/box.js';
export type { LabelTarget } from './explain/targets/label.js';
export type { PlannedTarget, Target } from './explain/targets/target.js';
export { imageFromPixels } from './image/pixels.js';
export type { RgbImage } from './image/types.js';
export {
  functionModel,
  type FunctionInput,
  type FunctionModelOptions,
  type ReadOutputs,
} from './models/function-model.js';
export type { OpenModel as Model, ModelInfo } from './models/open-model.js';
export { ExplainedTarget, type ExplainedImage, type Explanation, type Snapshot } from './results/explanation.js';
export { explain, explainProgressively, type ExplainOptions } from './runs/explain.js';
