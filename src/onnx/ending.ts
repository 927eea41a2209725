import type { Ending } from './endings.js';
import { computedValues, constantsOf, readGraph, type Node } from './graph.js';

/**
 * How the values of an ONNX graph's outputs come about, by the output's name; empty where the bytes are not a model.
 *
 * Source: the operators' definitions, onnx/onnx `docs/Operators.md`, and for those that ONNX Runtime puts in their place
 * microsoft/onnxruntime `docs/ContribOperators.md`.
 */
export function readEndings(file: Uint8Array): Readonly<Record<string, Ending>> {
  const graph = readGraph(file);
  if (graph === null) return {};
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const constants = constantsOf(graph);
  const walk = new Walk(producers, computedValues(graph), constants);
  return Object.fromEntries(graph.output.map(({ name }) => [name, walk.endingOf(name)]));
}

/** Operations that leave every value as it is, up to its type, its place and rounding. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'CastLike', 'Dropout', 'QuantizeLinear', 'DequantizeLinear'],
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Gather', 'Expand', 'Clip', 'Resize', 'Pad'],
]);
/** The same where a length is prepared to divide by: a smallest value is set, or a little is added. */
const AROUND_LENGTHS: ReadonlySet<string> = new Set([...NEUTRAL, 'Max', 'Add', 'Sqrt', 'Reciprocal']);

const ENDING_OF: Readonly<Record<string, Ending>> = {
  Softmax: 'softmax',
  LogSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
  HardSigmoid: 'sigmoid',
  LpNormalization: 'unit-length',
  BatchNormalization: 'normalized',
  InstanceNormalization: 'normalized',
  LayerNormalization: 'normalized',
  SkipLayerNormalization: 'normalized',
  Tanh: 'bounded',
  Softsign: 'bounded',
  Gemm: 'layer',
  MatMul: 'layer',
  Conv: 'layer',
  ConvTranspose: 'layer',
  MatMulInteger: 'layer',
  MatMulIntegerToFloat: 'layer',
  DynamicQuantizeMatMul: 'layer',
  ConvInteger: 'layer',
  AveragePool: 'pooled',
  GlobalAveragePool: 'pooled',
  GlobalMaxPool: 'pooled',
  ReduceMean: 'pooled',
  ReduceMax: 'pooled',
  Relu: 'activated',
  LeakyRelu: 'activated',
  PRelu: 'activated',
  Elu: 'activated',
  Gelu: 'activated',
  HardSwish: 'activated',
  ArgMax: 'indices',
  TopK: 'indices',
  NonMaxSuppression: 'indices',
};

/** Further back than any ending goes. */
const DEPTH = 24;

class Walk {
  readonly #producers: ReadonlyMap<string, Node>;
  readonly #computed: ReadonlySet<string>;
  readonly #constants: (name: string) => number[] | null;

  constructor(
    producers: ReadonlyMap<string, Node>,
    computed: ReadonlySet<string>,
    constants: (name: string) => number[] | null,
  ) {
    this.#producers = producers;
    this.#computed = computed;
    this.#constants = constants;
  }

  endingOf(value: string, depth = 0): Ending {
    const node = this.#nodeOf(value, NEUTRAL);
    if (node === null || depth > DEPTH) return 'other';
    const type = plainOperation(node.opType);
    const known = ENDING_OF[type];
    if (type === 'MatMul' || type === 'ReduceSum' || type === 'Einsum') {
      if (this.#isExpectation(node, type)) return 'expected';
    }
    if (known !== undefined) return known;
    const inputs = node.input.filter((name) => this.#computed.has(name));
    const [first] = inputs;
    switch (type) {
      case 'Log':
      case 'Neg':
        return first === undefined ? 'other' : this.endingOf(first, depth + 1);
      case 'Concat':
        return this.#common(inputs, depth);
      case 'Div':
        if (inputs.length === 2) return this.#quotient(node.input[1] ?? '');
        break;
      case 'Mul':
        if (inputs.length === 2) return this.#product(inputs, depth);
        break;
      case 'Add':
      case 'Sub':
        if (inputs.length === 2) return this.#common(inputs, depth);
        break;
      default:
        return 'other';
    }
    // A sum or product with a constant.
    return first === undefined ? 'other' : this.#withConstant(node, first, depth);
  }

  /** Of a value and a constant: a bias, a temperature, the range of a measure, or what normalizes a layer's output. */
  #withConstant({ opType, input }: Node, value: string, depth: number): Ending {
    const before = this.endingOf(value, depth + 1);
    if (opType !== 'Mul' && opType !== 'Div') return before;
    const factors = this.#constants(input.find((name) => name !== value) ?? '');
    const [factor] = factors ?? [];
    if (factor === undefined || factors?.length !== 1) {
      // A factor for each feature: a batch normalization in parts.
      return before === 'layer' ? 'normalized' : before;
    }
    const scale = Math.abs(opType === 'Mul' ? factor : 1 / factor);
    return scale > 1 && (before === 'bounded' || before === 'sigmoid' || before === 'other') ? 'scaled' : before;
  }

  /** A quotient of two computed values: by the length of a vector, by a deviation, or by a sum of powers of e. */
  #quotient(divisor: string): Ending {
    const node = this.#nodeOf(divisor, AROUND_LENGTHS);
    switch (node?.opType) {
      case 'ReduceL2':
      case 'ReduceSumSquare':
        return 'unit-length';
      case 'ReduceMean':
        return 'normalized';
      case 'ReduceSum': {
        const summed = this.#nodeOf(node.input[0] ?? '', NEUTRAL)?.opType;
        if (summed === 'Exp') return 'softmax';
        return summed === 'Mul' || summed === 'Pow' ? 'unit-length' : 'other';
      }
      default:
        return 'other';
    }
  }

  /** A product of two computed values: with one over a length, or a swish. */
  #product(inputs: readonly string[], depth: number): Ending {
    for (const name of inputs) {
      const node = this.#nodeOf(name, NEUTRAL);
      if (node?.opType === 'Reciprocal' || node?.opType === 'Div') {
        const found = this.#quotient(node.input.at(-1) ?? '');
        if (found !== 'other' && found !== 'softmax') return found;
      }
    }
    const endings = inputs.map((name) => this.endingOf(name, depth + 1));
    return endings.includes('sigmoid') ? 'activated' : 'other';
  }

  #common(inputs: readonly string[], depth: number): Ending {
    const [first = 'other', ...others] = inputs.map((name) => this.endingOf(name, depth + 4));
    return others.every((ending) => ending === first) ? first : 'other';
  }

  /** A sum of constants, each times a probability of a softmax. */
  #isExpectation({ input }: Node, type: string): boolean {
    const [value = '', weights = ''] = input;
    if (type !== 'ReduceSum') {
      const single = (this.#constants(weights)?.length ?? 0) > 1 && this.#isSoftmax(value);
      return single && type === 'MatMul';
    }
    const product = this.#nodeOf(value, NEUTRAL);
    if (product?.opType !== 'Mul') return false;
    const computed = product.input.filter((name) => this.#computed.has(name));
    return computed.length === 1 && this.#isSoftmax(computed[0] ?? '');
  }

  #isSoftmax(value: string): boolean {
    return this.#nodeOf(value, NEUTRAL)?.opType === 'Softmax';
  }

  /** The node that a value comes from, beyond those that leave it as it is; null for inputs and constants. */
  #nodeOf(value: string, passed: ReadonlySet<string>): Node | null {
    let name: string | undefined = value;
    while (name !== undefined) {
      const node = this.#producers.get(name);
      if (node === undefined || !passed.has(node.opType)) return node ?? null;
      name = node.input.find((input) => this.#computed.has(input));
    }
    return null;
  }
}

/** An operation without what a quantizer or an optimizer has made of it: `QLinearMatMul`, `FusedConv`, `QGemm`. */
function plainOperation(type: string): string {
  return type.replace(/^(QLinear|Nhwc|Fused|Q(?=Gemm))+/, '');
}
