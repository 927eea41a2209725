import type { Value } from '../../onnx/graph/index.js';
import { numbersOf } from '../ir/weights.js';
import { broadcasts } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { OperationTable } from '../translate/operation.js';

/**
 * Rounds the input, between its two bounds, to one of `levels` values between the bounds of the output. Computed as it
 * is defined, in single precision: the integers themselves never appear.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/quantization/fake-quantize-1.html
 */
function fakeQuantize(scope: LayerScope): Value {
  const steps = scope.attributes.int('levels') - 1;
  const [x, inputLow, inputHigh, outputLow, outputHigh] = [0, 1, 2, 3, 4].map((index) => scope.value(index));
  if (!x || !inputLow || !inputHigh || !outputLow || !outputHigh) throw scope.error('needs five inputs');
  const inputScale = quotient(scope, 1, 2, steps);
  const outputScale = equalBounds(scope) ? inputScale : quotient(scope, 3, 4, steps);
  const bounded = scope.node('Min', [scope.node('Max', [x, inputLow]), inputHigh]);
  const level = scope.node('Round', [scope.node('Div', [scope.node('Sub', [bounded, inputLow]), inputScale])]);
  const inside = scope.node('Add', [scope.node('Mul', [level, outputScale]), outputLow]);
  if (isWide(scope)) return inside;
  // Bounds that are equal leave nothing between them: a threshold, as in binary networks.
  const above = scope.node('Greater', [x, scope.node('Max', [inputLow, inputHigh])]);
  const below = scope.node('LessOrEqual', [x, scope.node('Min', [inputLow, inputHigh])]);
  return scope.node('Where', [below, outputLow, scope.node('Where', [above, outputHigh, inside])]);
}

/** Whether the lower bound of the input is known to be the smaller one everywhere. */
function isWide(scope: LayerScope): boolean {
  const [lows, highs] = [1, 2].map((index) => {
    const { folded, constant } = scope.input(index);
    return foldedNumbers(folded) ?? (constant === null ? null : Array.from(numbersOf(constant().values)));
  });
  if (!lows || !highs) return false;
  return lows.length === highs.length && lows.every((low, index) => low < (highs[index] ?? low));
}

/** Whether input and output have the same, known bounds. */
function equalBounds(scope: LayerScope): boolean {
  const [a, b, c, d] = [1, 2, 3, 4].map((index) => foldedNumbers(scope.input(index).folded)?.join(' ') ?? null);
  return a !== null && a === c && b !== null && b === d;
}

/** (high - low) / steps. */
function quotient(scope: LayerScope, low: number, high: number, steps: number): Value {
  const lows = foldedNumbers(scope.input(low).folded);
  const highs = foldedNumbers(scope.input(high).folded);
  if (lows !== null && highs !== null && lows.length === highs.length) {
    const shape = scope.input(high).folded?.shape;
    return scope.floats(
      highs.map((value, index) => (value - (lows[index] ?? 0)) / steps),
      shape,
    );
  }
  return scope.node('Div', [scope.node('Sub', [scope.value(high), scope.value(low)]), scope.scalar(steps)]);
}

/** Quantization that is simulated in real numbers. */
export const quantization: OperationTable = {
  FakeQuantize: { translate: fakeQuantize, batch: broadcasts },
};
