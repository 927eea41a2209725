/** Element types of model inputs and outputs, as ONNX names them. */
export type ElementType =
  | 'float32'
  | 'float16'
  | 'float64'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'bool'
  | 'string'
  | 'other';

/** Declared name, type and shape of a model's input or output. A dimension that is not fixed is its name, or ''. */
export interface TensorInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}
