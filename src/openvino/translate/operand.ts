import type { GraphElementType, TensorConstant, Value } from '../../onnx/index.js';
import type { Folded } from './folding.js';

/** A dimension of a value; null where it is known only when the model runs. */
export type Dim = number | null;

/** What is known of a layer's input while the graph is built. */
export interface Operand {
  readonly type: GraphElementType;
  /** Null where not even the rank is known. */
  readonly dims: readonly Dim[] | null;
  /** The axis along which the images of a run lie, or null. */
  readonly batchAxis: number | null;
  /** Its values, for a small tensor that does not depend on the model's input. */
  readonly folded: Folded | null;
  /** Its values, for a constant of any size. */
  readonly constant: (() => TensorConstant) | null;
  /** The value in the graph; a constant is added to the graph when this is first called. */
  readonly value: () => Value;
}
