import { numbersOf } from '../ir/weights.js';
import type { IrMean } from '../ir/model.js';
import type { Value } from '../../onnx/index.js';
import type { LayerScope } from './layer-scope.js';

/**
 * Subtracts the means that models of v3 to v7 declare in `<pre-process>`: a value for each channel, or an image.
 */
export function subtractMeans(scope: LayerScope, input: Value, means: readonly IrMean[]): Value {
  const [, channels, height, width] = scope.outputDims() ?? [];
  if (means.length === 0) return input;
  if (means.length !== channels || typeof height !== 'number' || typeof width !== 'number') {
    throw scope.error(`has means for ${means.length} channels, but is ${channels ?? '?'} channels deep`);
  }
  const ordered = [...means].sort((left, right) => left.channel - right.channel);
  const single = ordered.every((mean) => mean.image === null);
  const values = ordered.flatMap(({ value, image }) => {
    if (image === null) return single ? [value ?? 0] : new Array<number>(height * width).fill(value ?? 0);
    return Array.from(numbersOf(scope.readBlob(image, [height, width], image.type ?? 'f32').values));
  });
  const shape = single ? [1, channels, 1, 1] : [1, channels, height, width];
  return scope.node('Sub', [input, scope.floats(values, shape)]);
}
