/**
 * The library where there are no files and no threads: `import { explain, functionModel } from 'datum-explain/browser'`.
 * Images come as pixels, models as functions.
 */
export { DatumError, type ErrorKind } from './errors.js';
export type { Box } from './annotations/index.js';
export { imageFromPixels } from './image/pixels.js';
export type { RgbImage } from './image/types.js';
export { explain, functionModel, measure, type Model } from './library/browser.js';
export type { Found, ModelInfo, ModelOf, PredictOptions } from './library/model.js';
export type { ReadOutputs } from './interpreters/script/own.js';
export type { FunctionInput, FunctionModelOptions } from './models/function-model.js';
export type { ExplainOptions, ExplanationRun } from './library/explain.js';
export type { ExplainedTarget, Explanation, Note, Snapshot } from './library/explanation.js';
export type { MeasureOptions, Measurement } from './library/measure.js';
export type { ImageMap } from './image/map-to-area.js';
export type { ExplainedImage, RunFigures } from './results/explanation.js';
export type { PixelMask, SaliencyMap } from './library/saliency-map.js';
export type { Run } from './library/run.js';
