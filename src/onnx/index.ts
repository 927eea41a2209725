export {
  float,
  floats,
  GraphBuilder,
  tensor,
  Value,
  type Attribute,
  type Attributes,
  type Dimension,
  type EncodeOptions,
  type GraphOptions,
  type TensorConstant,
} from './builder.js';
export { sizeOf, type GraphElementType, type TensorValues } from './elements.js';
export { hasDynamicScales } from './dynamic-scales.js';
export { readScoredClasses, withOutput, type ScoredClasses } from './class-map.js';
export { readEndings, readOrigins } from './ending.js';
export { readModelHeader, type ModelHeader } from './header.js';
export { readOpening, type Opening } from './opening.js';
