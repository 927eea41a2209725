import type { Value } from '../../onnx/index.js';
import type { LayerScope } from '../translate/layer-scope.js';

/** Values and positions of the best `count` along an axis, best first; of equal ones the earlier first. */
export function emitTopK(scope: LayerScope, data: Value, count: Value, axis: number, largest: 0 | 1): [Value, Value] {
  const [values, indices] = scope.graph.nodes('TopK', [data, count], { axis, largest, sorted: 1 }, 2);
  if (values === undefined || indices === undefined) throw new RangeError('TopK has two outputs');
  return [values, indices];
}
