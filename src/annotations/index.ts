/** What output scripts build their answers from: `import { Label, Bbox, softmax } from 'datum-explain/annotations'`. */
export { Bbox } from './bbox.js';
export { iou, nms, type Box } from './boxes.js';
export { detectedRows, detectionsOf, type Detection, type RowDetection } from './detections.js';
export { Label } from './label.js';
export { rows, sigmoid, softmax, type TensorLike } from './numeric.js';
export type { ClassHead, ClassVectors, Prediction, Proposals, SingleClasses } from './prediction.js';
export { ProposalReader } from './proposal-reader.js';
