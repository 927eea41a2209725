import type { Value } from '../../onnx/index.js';
import { numbersOf } from '../ir/weights.js';
import { broadcasts } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { OperationTable } from '../translate/operation.js';

/**
 * Rounds the input, between its two bounds, to one of `levels` values between the bounds of the output. What is
 * quantization to 8 bits is done by the runtime's operator for it, in half the passes.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/quantization/fake-quantize-1.html
 */
function fakeQuantize(scope: LayerScope): Value {
  const eightBit = affine(scope);
  if (eightBit !== null) {
    return emitEightBit(scope, eightBit);
  }
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

/**
 * Quantized by the operator made for it, and back by a cast. Not by its counterpart: between the two the runtime would
 * go over to integer arithmetic, quantize weights anew, and give other answers on processors that saturate early.
 */
function emitEightBit(scope: LayerScope, { scales, zeroPoints, axis }: Affine): Value {
  const list = axis === null ? [] : [scales.length];
  const quantized = scope.node(
    'QuantizeLinear',
    [scope.value(0), scope.floats(scales, list), scope.graph.constant(Uint8Array.from(zeroPoints), list)],
    axis === null ? {} : { axis },
  );
  const behind = axis === null ? 0 : scope.rank(0) - 1 - axis;
  const shape = [...list, ...new Array<number>(behind).fill(1)];
  const level = scope.cast(quantized, 'uint8', 'float32');
  const zero = zeroPoints.every((point) => point === 0);
  const moved = zero ? level : scope.node('Sub', [level, scope.floats(zeroPoints, shape)]);
  return scope.node('Mul', [moved, scope.floats(scales, shape)]);
}

/** A quantization to 8 bits: with one range for all values (axis null), or one for each place along an axis. */
interface Affine {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number | null;
}

/** The layer as a quantization to 8 bits; null where it is not one. */
function affine(scope: LayerScope): Affine | null {
  if (scope.attributes.int('levels') !== 256 || !equalBounds(scope) || scope.input(0).constant !== null) return null;
  const lows = foldedNumbers(scope.input(1).folded);
  const highs = foldedNumbers(scope.input(2).folded);
  const shape = scope.input(1).folded?.shape;
  if (lows === null || highs === null || lows.length !== highs.length || shape === undefined) return null;
  const wide = shape.flatMap((length, index) => (length === 1 ? [] : [index]));
  if (wide.length > 1) return null;
  const scales = lows.map((low, index) => ((highs[index] ?? 0) - low) / 255);
  const points = lows.map((low, index) => -low / (scales[index] ?? 1));
  // Zero must be one of the values; a thousandth of a step is the error of bounds stored in single precision.
  const fits = points.every((point) => point > -0.5 && point < 255.5 && Math.abs(point - Math.round(point)) < 1e-3);
  if (!fits || scales.some((scale) => !(scale > 0))) return null;
  const [axis] = wide;
  return {
    scales,
    zeroPoints: points.map((point) => Math.round(point)),
    axis: axis === undefined ? null : axis + scope.rank(0) - shape.length,
  };
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
