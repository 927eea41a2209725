import type { Ending, Origin } from './endings.js';
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

/**
 * What else is known of where an output comes from, by its name: the tensor whose largest values or their places it
 * gives (`ranks`), and another output of which it is the softmax or sigmoid (`activates`). Outputs of which neither is
 * known are left out.
 */
export function readOrigins(file: Uint8Array): Readonly<Record<string, Origin>> {
  const graph = readGraph(file);
  if (graph === null) return {};
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const walk = new Walk(producers, computedValues(graph), constantsOf(graph));
  const outputs = graph.output.map(({ name }) => name);
  return Object.fromEntries(
    outputs.flatMap((name) => {
      const origin = walk.originOf(name, outputs);
      return Object.keys(origin).length === 0 ? [] : [[name, origin]];
    }),
  );
}

/** Operations that leave every value as it is, up to its type, its place and rounding. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'CastLike', 'Dropout', 'QuantizeLinear', 'DequantizeLinear', 'Round', 'Floor', 'Ceil'],
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Gather', 'Expand', 'Clip', 'Resize', 'Pad'],
]);
/** The same where a length is prepared to divide by: a smallest value is set, or a little is added. */
const AROUND_LENGTHS: ReadonlySet<string> = new Set([...NEUTRAL, 'Max', 'Add', 'Sqrt', 'Reciprocal']);

const ENDING_OF = new Map<string, Ending>(
  Object.entries({
    Softmax: 'softmax',
    LogSoftmax: 'log-softmax',
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
    NonMaxSuppression: 'indices',
  }),
);

/** Operations that change the place and type of values, but none of them and none of their number. */
const PLACED: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Dropout', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'],
]);
/** What makes probabilities of logits. */
const ACTIVATIONS: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);

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
    const { node, name } = this.#sourceOf(value, NEUTRAL);
    if (node === null || depth > DEPTH) return 'other';
    const type = plainOperation(node.opType);
    if (type === 'TopK') return node.output[0] === name ? 'ranked' : 'indices';
    const known = ENDING_OF.get(type);
    if (type === 'MatMul' || type === 'ReduceSum' || type === 'Einsum') {
      if (this.#isExpectation(node, type)) return 'expected';
    }
    if (known !== undefined) return known;
    const inputs = node.input.filter((name) => this.#computed.has(name));
    const [first] = inputs;
    switch (type) {
      case 'Log':
      case 'Exp':
      case 'Neg':
        return first === undefined ? 'other' : afterFunction(type, this.endingOf(first, depth + 1));
      case 'Concat':
        return this.#joined(inputs, depth);
      case 'Div':
        if (inputs.length === 2) return this.#quotient(node.input[1] ?? '');
        break;
      case 'Mul':
        if (inputs.length === 2) return this.#product(inputs, depth);
        break;
      case 'Add':
      case 'Sub':
        if (inputs.length === 2) return afterSum(type, this.#common(inputs, depth));
        break;
      default:
        return 'other';
    }
    // A sum or product with a constant.
    return first === undefined ? 'other' : this.#withConstant(node, first, depth);
  }

  /** The tensor behind a ranking, and the other output that an output is the activation of. */
  originOf(output: string, outputs: readonly string[]): Origin {
    const node = this.#nodeOf(output, NEUTRAL);
    const [input] = node?.input ?? [];
    if (node === null || input === undefined) return {};
    if (node.opType === 'Concat') return this.originOf(input, outputs);
    if (node.opType === 'TopK' || node.opType === 'ArgMax') return { ranks: input };
    if (!ACTIVATIONS.has(node.opType)) return {};
    const before = this.#sourceOf(input, PLACED);
    const same = outputs.find((other) => other !== output && this.#sourceOf(other, PLACED).name === before.name);
    return same === undefined ? {} : { activates: same };
  }

  /** Of a value and a constant: a bias, a temperature, the range of a measure, or what normalizes a layer's output. */
  #withConstant({ opType, input }: Node, value: string, depth: number): Ending {
    const before = this.endingOf(value, depth + 1);
    const factors = this.#constants(input.find((name) => name !== value) ?? '');
    if (opType !== 'Mul' && opType !== 'Div') {
      const isTiny =
        factors?.every((term) => Math.abs(term) <= TINY) === true && (opType === 'Add' || input[0] === value);
      return isOfSoftmax(before) && !isTiny ? 'softmax-changed' : before;
    }
    const [factor] = factors ?? [];
    if (isOfSoftmax(before)) {
      const isShare = before === 'softmax' || before === 'softmax-scaled';
      const isPositive =
        factors?.length === 1 && factor !== undefined && factor >= 0 && (opType === 'Mul' || input[0] === value);
      return isShare && isPositive ? 'softmax-scaled' : 'softmax-changed';
    }
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

  /** Of parts behind one another: what ranks values in a part of it, ranks them. */
  #joined(inputs: readonly string[], depth: number): Ending {
    const endings = inputs.map((name) => this.endingOf(name, depth + 4));
    const [first = 'other'] = endings;
    if (endings.every((ending) => ending === first)) return first;
    return endings.includes('ranked') ? 'ranked' : 'other';
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
    return this.#sourceOf(value, passed).node;
  }

  /** The same, with the name of the value as the node gives it. */
  #sourceOf(value: string, passed: ReadonlySet<string>): { readonly node: Node | null; readonly name: string } {
    let name = value;
    for (;;) {
      const node = this.#producers.get(name);
      const next =
        node === undefined || !passed.has(node.opType)
          ? undefined
          : node.input.find((input) => this.#computed.has(input));
      if (node === undefined || !passed.has(node.opType)) return { node: node ?? null, name };
      if (next === undefined) return { node: null, name };
      name = next;
    }
  }
}

/** A smaller term keeps a logarithm finite: it changes nothing that is seen. */
const TINY = 1e-3;

function isOfSoftmax(ending: Ending): boolean {
  return (
    ending === 'softmax' || ending === 'log-softmax' || ending === 'softmax-scaled' || ending === 'softmax-changed'
  );
}

function afterFunction(type: string, before: Ending): Ending {
  if (type === 'Log' && before === 'softmax') return 'log-softmax';
  if (type === 'Exp' && before === 'log-softmax') return 'softmax';
  if (isOfSoftmax(before)) return 'softmax-changed';
  return type === 'Exp' ? 'other' : before;
}

/** Sums of probabilities are shares of their number; their differences are none. */
function afterSum(type: string, before: Ending): Ending {
  if (!isOfSoftmax(before)) return before;
  return type === 'Add' && (before === 'softmax' || before === 'softmax-scaled') ? 'softmax-scaled' : 'softmax-changed';
}

/** An operation without what a quantizer or an optimizer has made of it: `QLinearMatMul`, `FusedConv`, `QGemm`. */
function plainOperation(type: string): string {
  return type.replace(/^(QLinear|Nhwc|Fused|Q(?=Gemm))+/, '');
}
