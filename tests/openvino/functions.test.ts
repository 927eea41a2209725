import { describe, expect, it } from 'vitest';
import { fed, fixed, ints, ramp, runLayer } from './ir-builder.js';

const x = ramp(24);
const erf = (value: number): number => {
  // Series of the error function; enough terms for |value| <= 5.
  let sum = 0;
  let term = value;
  for (let n = 0; n < 120; n++) {
    sum += term / (2 * n + 1);
    term *= -(value * value) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Type, opset, attributes, expected function. */
const functions: [string, string, Record<string, string | number>, (value: number) => number][] = [
  ['ReLU', 'opset1', {}, (v) => Math.max(v, 0)],
  ['Sigmoid', 'opset1', {}, sigmoid],
  ['Tanh', 'opset1', {}, Math.tanh],
  ['Elu', 'opset1', { alpha: 0.5 }, (v) => (v > 0 ? v : 0.5 * (Math.exp(v) - 1))],
  ['Clamp', 'opset1', { min: -1.5, max: 2 }, (v) => Math.min(Math.max(v, -1.5), 2)],
  ['HSwish', 'opset4', {}, (v) => (v * Math.min(Math.max(v + 3, 0), 6)) / 6],
  ['HSigmoid', 'opset5', {}, (v) => Math.min(Math.max(v + 3, 0), 6) / 6],
  ['Mish', 'opset4', {}, (v) => v * Math.tanh(Math.log(1 + Math.exp(v)))],
  ['Swish', 'opset4', {}, (v) => v * sigmoid(v)],
  ['SoftPlus', 'opset4', {}, (v) => Math.log(1 + Math.exp(v))],
  ['SoftSign', 'opset9', {}, (v) => v / (1 + Math.abs(v))],
  ['Gelu', 'opset2', {}, (v) => 0.5 * v * (1 + erf(v / Math.SQRT2))],
  ['Gelu', 'opset7', { approximation_mode: 'ERF' }, (v) => 0.5 * v * (1 + erf(v / Math.SQRT2))],
  [
    'Gelu',
    'opset7',
    { approximation_mode: 'TANH' },
    (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))),
  ],
  ['Abs', 'opset1', {}, Math.abs],
  ['Ceiling', 'opset1', {}, Math.ceil],
  ['Floor', 'opset1', {}, Math.floor],
  ['Negative', 'opset1', {}, (v) => -v],
  ['Sign', 'opset1', {}, Math.sign],
  ['Exp', 'opset1', {}, Math.exp],
  ['Erf', 'opset1', {}, erf],
  ['Sin', 'opset1', {}, Math.sin],
  ['Cos', 'opset1', {}, Math.cos],
  ['Tan', 'opset1', {}, Math.tan],
  ['Sinh', 'opset1', {}, Math.sinh],
  ['Cosh', 'opset1', {}, Math.cosh],
  ['Atan', 'opset1', {}, Math.atan],
  ['Asinh', 'opset4', {}, Math.asinh],
];

describe('functions of one value', () => {
  it.each(functions)('%s of %s, %o', async (type, opset, data, expected) => {
    const [output] = await runLayer(type, [fed(x, [2, 3, 4])], [[2, 3, 4]], { opset, data });
    expect(output?.shape).toEqual([2, 3, 4]);
    for (const [index, value] of (output?.data ?? []).entries()) {
      const wanted = expected(x[index]!);
      // Single precision, and approximations of erf in the runtime.
      expect(Math.abs(value - wanted)).toBeLessThan(2e-5 * Math.max(1, Math.abs(wanted)));
    }
  });

  it.each([
    ['half_to_even', [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], [-2, -2, 0, 0, 2, 2]],
    ['half_away_from_zero', [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], [-3, -2, -1, 1, 2, 3]],
  ])('Round %s', async (mode, values, expected) => {
    const [output] = await runLayer('Round', [fed(values, [6])], [[6]], { opset: 'opset5', data: { mode } });
    expect(output?.data.map((value) => value + 0)).toEqual(expected);
  });

  it('Clamp of integers, by bounds between them and beyond their range', async () => {
    const [output] = await runLayer('Clamp', [fed([0, 100, 200], [3], 'u8')], [[3]], {
      types: ['u8'],
      data: { min: 99.5, max: 3.4e38 },
    });
    expect(output?.data).toEqual([100, 100, 200]);
  });

  it('Clamp with one bound at infinity', async () => {
    const [output] = await runLayer('Clamp', [fed([-1, 0, 1e9], [3])], [[3]], { data: { min: 0, max: 'inf' } });
    expect(output?.data).toEqual([0, 0, 1e9]);
  });

  it('ConvertLike takes the type of another, and constants are converted beforehand', async () => {
    const [output] = await runLayer('ConvertLike', [fixed([1.7, -2.2], [2]), fed([0], [1], 'i64')], [[2]], {
      opset: 'opset8',
      types: ['i64'],
    });
    expect(output?.data).toEqual([1, -2]);
  });

  it('PReLU takes one slope, one a channel, or one a value', async () => {
    const data = [-1, 2, -3, 4, -5, 6, -7, 8];
    const one = await runLayer('PReLU', [fed(data, [1, 2, 2, 2]), fixed([0.5])], [[1, 2, 2, 2]]);
    expect(one[0]?.data).toEqual([-0.5, 2, -1.5, 4, -2.5, 6, -3.5, 8]);
    const channels = await runLayer('PReLU', [fed(data, [1, 2, 2, 2]), fixed([0.5, 0.25])], [[1, 2, 2, 2]]);
    expect(channels[0]?.data).toEqual([-0.5, 2, -1.5, 4, -1.25, 6, -1.75, 8]);
    const shaped = await runLayer('PReLU', [fed(data, [1, 2, 2, 2]), fixed([0.5, 0.25], [2, 1, 1])], [[1, 2, 2, 2]]);
    expect(shaped[0]?.data).toEqual(channels[0]?.data);
    const flat = await runLayer('PReLU', [fed([-2, -2], [1, 2]), fixed([0.5, 0.25])], [[1, 2]]);
    expect(flat[0]?.data).toEqual([-1, -0.5]);
  });

  it('HardSigmoid, Selu and Swish take their parameters as inputs', async () => {
    const hard = await runLayer('HardSigmoid', [fed([-4, 0, 1], [3]), fixed([0.25], []), fixed([0.5], [])], [[3]]);
    expect(hard[0]?.data).toEqual([0, 0.5, 0.75]);
    const selu = await runLayer('Selu', [fed([-1, 2], [2]), fixed([1.5], [1]), fixed([2], [1])], [[2]]);
    expect(selu[0]?.data[0]).toBeCloseTo(2 * 1.5 * (Math.exp(-1) - 1), 5);
    expect(selu[0]?.data[1]).toBe(4);
    const swish = await runLayer('Swish', [fed([1], [1]), fixed([2], [])], [[1]], { opset: 'opset4' });
    expect(swish[0]?.data[0]).toBeCloseTo(sigmoid(2), 5);
  });

  it('SoftMax and LogSoftmax along any axis', async () => {
    const data = [1, 2, 3, 4];
    const sums = [Math.exp(1) + Math.exp(3), Math.exp(2) + Math.exp(4)];
    const expected = data.map((value, index) => Math.exp(value) / sums[index % 2]!);
    const first = await runLayer('SoftMax', [fed(data, [2, 2])], [[2, 2]], { data: { axis: 0 } });
    for (const [index, value] of expected.entries()) expect(first[0]?.data[index]).toBeCloseTo(value, 5);
    const negative = await runLayer('LogSoftmax', [fed(data, [2, 2])], [[2, 2]], {
      opset: 'opset5',
      data: { axis: -2 },
    });
    for (const [index, value] of expected.entries()) expect(negative[0]?.data[index]).toBeCloseTo(Math.log(value), 5);
  });

  it('IsInf and IsNaN tell which', async () => {
    const values = [1, Infinity, -Infinity, NaN];
    const options = { opset: 'opset10', types: ['boolean'] };
    const inf = await runLayer('IsInf', [fed(values, [4])], [[4]], { ...options, data: { detect_negative: 'false' } });
    expect(inf[0]?.data).toEqual([0, 1, 0, 0]);
    const nan = await runLayer('IsNaN', [fed(values, [4])], [[4]], options);
    expect(nan[0]?.data).toEqual([0, 0, 0, 1]);
    const finite = await runLayer('IsFinite', [fed(values, [4])], [[4]], options);
    expect(finite[0]?.data).toEqual([1, 0, 0, 0]);
  });

  it('Convert changes the type, towards zero', async () => {
    const whole = await runLayer('Convert', [fed([-1.7, 1.7], [2])], [[2]], {
      types: ['i32'],
      data: { destination_type: 'i32' },
    });
    expect(whole[0]).toEqual({ type: 'int32', shape: [2], data: [-1, 1] });
    const bool = await runLayer('Convert', [fed([0, 0.5, -2], [3])], [[3]], {
      types: ['boolean'],
      data: { destination_type: 'boolean' },
    });
    expect(bool[0]?.data).toEqual([0, 1, 1]);
  });
});

describe('arithmetic, comparison and logic', () => {
  const left = [7, -7, 6.5, -6.5];
  const right = [3, 3, -2, -2];
  const pairs: [string, (a: number, b: number) => number][] = [
    ['Add', (a, b) => a + b],
    ['Subtract', (a, b) => a - b],
    ['Multiply', (a, b) => a * b],
    ['Divide', (a, b) => a / b],
    ['Maximum', Math.max],
    ['Minimum', Math.min],
    ['SquaredDifference', (a, b) => (a - b) ** 2],
    ['Mod', (a, b) => a % b],
    ['FloorMod', (a, b) => a - Math.floor(a / b) * b],
  ];
  it.each(pairs)('%s of real numbers', async (type, expected) => {
    const [output] = await runLayer(type, [fed(left, [4]), fed(right, [4])], [[4]]);
    for (const [index, value] of (output?.data ?? []).entries()) {
      expect(value).toBeCloseTo(expected(left[index]!, right[index]!), 5);
    }
  });

  it.each<[string, (a: number, b: number) => number]>([
    ['Divide', (a, b) => Math.floor(a / b)],
    ['Mod', (a, b) => a % b],
    ['FloorMod', (a, b) => a - Math.floor(a / b) * b],
    ['Power', (a, b) => a ** b],
  ])('%s of integers', async (type, expected) => {
    const a = type === 'Power' ? [2, 3, -2, 5] : [7, -7, 6, -6];
    const b = type === 'Power' ? [3, 2, 3, 0] : [3, 3, -4, -4];
    const [output] = await runLayer(type, [fed(a, [4], 'i32'), fed(b, [4], 'i32')], [[4]], { types: ['i32'] });
    expect(output?.data.map((value) => value + 0)).toEqual(a.map((value, index) => expected(value, b[index]!) + 0));
  });

  it('Divide of integers towards zero, if asked', async () => {
    const [output] = await runLayer('Divide', [fed([7, -7], [2], 'i32'), fed([2, 2], [2], 'i32')], [[2]], {
      types: ['i32'],
      data: { m_pythondiv: 'false' },
    });
    expect(output?.data).toEqual([3, -3]);
  });

  it('narrow integers are computed and kept', async () => {
    const [output] = await runLayer('Add', [fed([1, 2], [2], 'u8'), fed([3, 4], [2], 'u8')], [[2]], { types: ['u8'] });
    expect(output).toEqual({ type: 'uint8', shape: [2], data: [4, 6] });
  });

  it('broadcasts as NumPy does, or from an axis on', async () => {
    const numpy = await runLayer('Add', [fed([1, 2, 3, 4], [1, 2, 2]), fixed([10, 20], [2, 1])], [[1, 2, 2]]);
    expect(numpy[0]?.data).toEqual([11, 12, 23, 24]);
    const paddle = await runLayer('Add', [fed([1, 2, 3, 4], [1, 2, 2]), fixed([10, 20], [2])], [[1, 2, 2]], {
      data: { auto_broadcast: 'pdpd', axis: 1 },
    });
    expect(paddle[0]?.data).toEqual([11, 12, 23, 24]);
  });

  it.each<[string, number[]]>([
    ['Equal', [0, 1, 0]],
    ['NotEqual', [1, 0, 1]],
    ['Less', [1, 0, 0]],
    ['LessEqual', [1, 1, 0]],
    ['Greater', [0, 0, 1]],
    ['GreaterEqual', [0, 1, 1]],
  ])('%s', async (type, expected) => {
    const [output] = await runLayer(type, [fed([1, 2, 3], [3]), fed([2, 2, 2], [3])], [[3]], { types: ['boolean'] });
    expect(output).toEqual({ type: 'bool', shape: [3], data: expected });
  });

  it.each<[string, number[]]>([
    ['LogicalAnd', [0, 0, 0, 1]],
    ['LogicalOr', [0, 1, 1, 1]],
    ['LogicalXor', [0, 1, 1, 0]],
    ['BitwiseAnd', [0, 0, 0, 1]],
    ['BitwiseXor', [0, 1, 1, 0]],
  ])('%s', async (type, expected) => {
    const inputs = [fed([0, 0, 1, 1], [4], 'boolean'), fed([0, 1, 0, 1], [4], 'boolean')];
    const [output] = await runLayer(type, inputs, [[4]], { types: ['boolean'] });
    expect(output?.data).toEqual(expected);
  });

  it('LogicalNot and Select', async () => {
    const not = await runLayer('LogicalNot', [fed([0, 1], [2], 'boolean')], [[2]], { types: ['boolean'] });
    expect(not[0]?.data).toEqual([1, 0]);
    const select = await runLayer('Select', [fed([0, 1], [2], 'boolean'), fed([1, 2], [2]), fed([9], [1])], [[2]]);
    expect(select[0]?.data).toEqual([9, 2]);
  });
});

describe('reductions', () => {
  const data = ramp(12);
  const columns = [0, 1, 2, 3].map((column) => [0, 4, 8].map((row) => data[row + column]!));
  it.each<[string, (values: number[]) => number]>([
    ['ReduceSum', (v) => v.reduce((a, b) => a + b)],
    ['ReduceMean', (v) => v.reduce((a, b) => a + b) / v.length],
    ['ReduceMax', (v) => Math.max(...v)],
    ['ReduceMin', (v) => Math.min(...v)],
    ['ReduceProd', (v) => v.reduce((a, b) => a * b)],
    ['ReduceL1', (v) => v.reduce((a, b) => a + Math.abs(b), 0)],
    ['ReduceL2', (v) => Math.hypot(...v)],
  ])('%s', async (type, expected) => {
    const dropped = await runLayer(type, [fed(data, [3, 4]), ints(0)], [[4]], { data: { keep_dims: 'false' } });
    expect(dropped[0]?.shape).toEqual([4]);
    const kept = await runLayer(type, [fed(data, [3, 4]), fixed([-2], [], 'i32')], [[1, 4]], {
      data: { keep_dims: 'true' },
    });
    expect(kept[0]?.shape).toEqual([1, 4]);
    for (const [index, column] of columns.entries()) {
      expect(dropped[0]?.data[index]).toBeCloseTo(expected(column), 4);
      expect(kept[0]?.data[index]).toBeCloseTo(expected(column), 4);
    }
  });

  it('reduce nothing without axes', async () => {
    const [output] = await runLayer('ReduceSum', [fed([1, 2], [2]), fixed([], [0], 'i64')], [[2]]);
    expect(output?.data).toEqual([1, 2]);
  });

  it('the mean of planes', async () => {
    const [output] = await runLayer('ReduceMean', [fed(data, [1, 2, 2, 3]), ints(2, 3)], [[1, 2, 1, 1]], {
      data: { keep_dims: 'true' },
    });
    expect(output?.data[0]).toBeCloseTo(data.slice(0, 6).reduce((a, b) => a + b) / 6, 5);
  });

  it('ReduceLogicalAnd and ReduceLogicalOr', async () => {
    const inputs = [fed([1, 0, 1, 1], [2, 2], 'boolean'), ints(1)];
    const all = await runLayer('ReduceLogicalAnd', inputs, [[2]], { types: ['boolean'] });
    expect(all[0]?.data).toEqual([0, 1]);
    const any = await runLayer('ReduceLogicalOr', inputs, [[2]], { types: ['boolean'] });
    expect(any[0]?.data).toEqual([1, 1]);
  });
});
