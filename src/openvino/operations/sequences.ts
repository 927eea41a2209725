import type { Attributes, Value } from '../../onnx/index.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { OperationTable } from '../translate/operation.js';

/**
 * The likeliest class at each step, without repetitions and blanks (the last class), filled up with -1.
 * Data `[T, N, C]`, mask `[T, N]`: a sequence ends at the first 0 after its first step, which counts in any case.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sequence/ctc-greedy-decoder-1.html
 */
function ctcGreedyDecoder(scope: LayerScope): Value {
  const [steps, , classes] = scope.dims(0);
  if (typeof steps !== 'number' || typeof classes !== 'number')
    throw scope.unsupported('the size of its input is not known');
  const ended = scope.cast(scope.node('Equal', [scope.value(1), scope.scalar(0)]), 'bool', 'float32');
  const later = scope.slice(ended, 0, 1, steps);
  const endedBefore = scope.node('CumSum', [later, scope.graph.int(0)]);
  const first = scope.node('Mul', [scope.slice(ended, 0, 0, 1), scope.scalar(0)]);
  const over = scope.node('Concat', [first, endedBefore], { axis: 0 });
  const running = scope.node('Equal', [over, scope.scalar(0)]);
  const best = scope.node('ArgMax', [scope.value(0)], { axis: 2, keepdims: 0 });
  const merge = scope.attributes.flag(
    scope.attributes.has('merge_repeated') ? 'merge_repeated' : 'ctc_merge_repeated',
    true,
  );
  const decoded = collapse(scope, best, running, { steps, blank: scope.graph.int(classes - 1), merge });
  return scope.reshape(scope.cast(decoded, 'int64', 'float32'), [-1, steps, 1, 1]);
}

/** How classes are put together. */
interface Collapse {
  readonly steps: number;
  readonly blank: Value;
  readonly merge: boolean;
}

/** Kept classes moved to the front of each sequence, int64 [N, T], filled up with -1, from int64 [T, N]. */
function collapse(scope: LayerScope, best: Value, running: Value, { steps, blank, merge }: Collapse): Value {
  let keep = scope.node('And', [running, scope.node('Not', [scope.node('Equal', [best, blank])])]);
  if (merge && steps > 1) {
    const same = scope.node('Equal', [scope.slice(best, 0, 1, steps), scope.slice(best, 0, 0, steps - 1)]);
    const none = scope.node('Less', [scope.slice(best, 0, 0, 1), scope.graph.int(0)]);
    keep = scope.node('And', [keep, scope.node('Not', [scope.node('Concat', [none, same], { axis: 0 })])]);
  }
  const ones = scope.cast(keep, 'bool', 'int64');
  const rank = scope.node('Sub', [scope.node('CumSum', [ones, scope.graph.int(0)]), scope.graph.int(1)]);
  // What is dropped goes to a place behind the last, which is cut off.
  const place = scope.transpose(scope.node('Where', [keep, rank, scope.graph.int(steps)]), [1, 0]);
  const values = scope.transpose(best, [1, 0]);
  const count = scope.node('Shape', [values], { start: 0, end: 1 });
  const shape = scope.node('Concat', [count, scope.graph.ints([steps + 1])], { axis: 0 });
  const empty = scope.node('Expand', [scope.graph.int(-1), shape]);
  const written = scope.node('ScatterElements', [empty, place, values], { axis: 1 });
  return scope.slice(written, 1, 0, steps);
}

/**
 * Data `[N, T, C]`, lengths `[N]`, and optionally the blank's class. Outputs: classes `[N, T]` and their numbers `[N]`.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sequence/ctc-greedy-decoder-seq-len-6.html
 */
function ctcGreedyDecoderSeqLen(scope: LayerScope): Value[] {
  const [, steps, classes] = scope.dims(0);
  if (typeof steps !== 'number' || typeof classes !== 'number')
    throw scope.unsupported('the size of its input is not known');
  const best = scope.node('ArgMax', [scope.transpose(scope.value(0), [1, 0, 2])], { axis: 2, keepdims: 0 });
  const positions = scope.graph.constant(
    BigInt64Array.from({ length: steps }, (_, step) => BigInt(step)),
    [steps, 1],
  );
  const running = scope.node('Less', [positions, scope.unsqueeze(scope.asInt64(1), 0)]);
  const blank = scope.inputs.length > 2 ? scope.asInt64(2) : scope.graph.int(classes - 1);
  const merge = scope.attributes.flag('merge_repeated', true);
  const decoded = collapse(scope, best, running, { steps, blank, merge });
  const used = scope.cast(scope.node('GreaterOrEqual', [decoded, scope.graph.int(0)]), 'bool', 'int64');
  const counts = scope.node('ReduceSum', [used, scope.graph.ints([1])], { keepdims: 0 });
  return [scope.cast(decoded, 'int64', scope.outputType(0)), scope.cast(counts, 'int64', scope.outputType(1))];
}

/** A kind of recurrent network. */
interface Recurrence {
  readonly name: 'LSTM' | 'GRU' | 'RNN';
  /** Where ONNX has each of its gates among OpenVINO's. */
  readonly gates: readonly number[];
  readonly activations: readonly string[];
  /** Number of states that are carried along. */
  readonly states: 1 | 2;
}

// OpenVINO has the gates f, i, c, o; ONNX i, o, f, c.
const lstm: Recurrence = { name: 'LSTM', gates: [1, 3, 0, 2], activations: ['sigmoid', 'tanh', 'tanh'], states: 2 };
const gru: Recurrence = { name: 'GRU', gates: [0, 1, 2], activations: ['sigmoid', 'tanh'], states: 1 };
const rnn: Recurrence = { name: 'RNN', gates: [0], activations: ['tanh'], states: 1 };

const onnxActivations = new Map<string, string>(Object.entries({ sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' }));

/** Gates of a weight `[D, gates * hidden, ...]` in ONNX's order. */
function reorder(scope: LayerScope, weights: Value, { gates }: Recurrence, hidden: number): Value {
  if (gates.every((gate, index) => gate === index)) return weights;
  const parts = gates.map((gate) => scope.slice(weights, 1, gate * hidden, (gate + 1) * hidden));
  return scope.node('Concat', parts, { axis: 1 });
}

/** ONNX's bias: that of the input, then that of the state, `[D, 2 * gates * hidden]`. */
function biasOf(scope: LayerScope, bias: Value, recurrence: Recurrence, hidden: number, linearReset: boolean): Value {
  const gates = recurrence.gates.length;
  if (linearReset) {
    // Four parts: z, r, the input's for h, the state's for h.
    const input = scope.slice(bias, 1, 0, 3 * hidden);
    const state = scope.slice(bias, 1, 3 * hidden, 4 * hidden);
    const zero = scope.node('Mul', [scope.slice(bias, 1, 0, 2 * hidden), scope.scalar(0)]);
    return scope.node('Concat', [input, zero, state], { axis: 1 });
  }
  const ordered = reorder(scope, bias, recurrence, hidden);
  const zero = scope.node('Mul', [scope.slice(bias, 1, 0, gates * hidden), scope.scalar(0)]);
  return scope.node('Concat', [ordered, zero], { axis: 1 });
}

function attributesOf(scope: LayerScope, recurrence: Recurrence, directions: number): Attributes {
  const { attributes } = scope;
  const named = attributes.text('activations', recurrence.activations.join(','));
  const activations = named.split(',').map((name) => {
    const activation = onnxActivations.get(name.trim().toLowerCase());
    if (activation === undefined) throw scope.unsupported(`the activation "${name}"`);
    return activation;
  });
  if (attributes.float('clip', 0) !== 0 && Number.isFinite(attributes.float('clip', 0)))
    throw scope.unsupported('clipped states');
  const direction = attributes.choice('direction', ['forward', 'reverse', 'bidirectional'], 'forward');
  const linear = recurrence.name === 'GRU' && attributes.flag('linear_before_reset', false);
  return {
    hidden_size: attributes.int('hidden_size'),
    direction,
    activations: directions === 2 ? [...activations, ...activations] : activations,
    linear_before_reset: recurrence.name === 'GRU' ? (linear ? 1 : 0) : undefined,
  };
}

/** All outputs of a recurrent operator: states of every step, and the last ones. */
function run(
  scope: LayerScope,
  recurrence: Recurrence,
  parts: {
    readonly data: Value;
    readonly states: readonly Value[];
    readonly lengths: Value | null;
    readonly weights: readonly [Value, Value, Value];
    readonly directions: number;
  },
): Value[] {
  const hidden = scope.attributes.int('hidden_size');
  const linear = recurrence.name === 'GRU' && scope.attributes.flag('linear_before_reset', false);
  const [input, state, bias] = parts.weights;
  return scope.graph.nodes(
    recurrence.name,
    [
      parts.data,
      reorder(scope, input, recurrence, hidden),
      reorder(scope, state, recurrence, hidden),
      biasOf(scope, bias, recurrence, hidden, linear),
      parts.lengths,
      ...parts.states,
    ],
    attributesOf(scope, recurrence, parts.directions),
    recurrence.states + 1,
  );
}

/**
 * A whole sequence: data `[N, T, C]`, states `[N, D, H]`, lengths `[N]`, weights and bias with the direction first.
 * Outputs: `[N, D, T, H]` and the last states `[N, D, H]`.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sequence/lstm-sequence-1.html
 */
function sequence(scope: LayerScope, recurrence: Recurrence): Value[] {
  const { states } = recurrence;
  const data = scope.transpose(scope.value(0), [1, 0, 2]);
  const initial = Array.from({ length: states }, (_, index) => scope.transpose(scope.value(1 + index), [1, 0, 2]));
  const lengths = scope.cast(scope.asInt64(1 + states), 'int64', 'int32');
  const [input, state, bias] = [2, 3, 4].map((index) => scope.value(states + index));
  if (!input || !state || !bias) throw scope.error('lacks weights');
  const directions = scope.attributes.text('direction', 'forward').toLowerCase() === 'bidirectional' ? 2 : 1;
  const [all, ...last] = run(scope, recurrence, {
    data,
    states: initial,
    lengths,
    weights: [input, state, bias],
    directions,
  });
  if (all === undefined) return [];
  return [scope.transpose(all, [2, 1, 0, 3]), ...last.map((value) => scope.transpose(value, [1, 0, 2]))];
}

/**
 * One step: data `[N, C]`, states `[N, H]`. Outputs: the new states.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sequence/lstm-cell-1.html
 */
function cell(scope: LayerScope, recurrence: Recurrence): Value[] {
  const { states } = recurrence;
  const initial = Array.from({ length: states }, (_, index) => scope.unsqueeze(scope.value(1 + index), 0));
  const [input, state, bias] = [1, 2, 3].map((index) => scope.unsqueeze(scope.value(states + index), 0));
  if (!input || !state || !bias) throw scope.error('lacks weights');
  const [, ...last] = run(scope, recurrence, {
    data: scope.unsqueeze(scope.value(0), 0),
    states: initial,
    lengths: null,
    weights: [input, state, bias],
    directions: 1,
  });
  return last.map((value) => scope.squeeze(value, 0));
}

/** The decoding of sequences. */
export const decoders: OperationTable = {
  CTCGreedyDecoder: { translate: ctcGreedyDecoder },
  CTCGreedyDecoderSeqLen: { translate: ctcGreedyDecoderSeqLen },
};

/** Recurrent networks and the decoding of sequences. */
export const sequences: OperationTable = {
  ...decoders,
  GRUCell: { translate: (scope) => cell(scope, gru) },
  GRUSequence: { translate: (scope) => sequence(scope, gru) },
  LSTMCell: { translate: (scope) => cell(scope, lstm) },
  LSTMSequence: { translate: (scope) => sequence(scope, lstm) },
  RNNCell: { translate: (scope) => cell(scope, rnn) },
  RNNSequence: { translate: (scope) => sequence(scope, rnn) },
};
