import { describe, expect, it } from 'vitest';
import { fed, fixed, ints, ramp, runLayer } from './ir-builder.js';

const data = ramp(2 * 4 * 2 * 3);
const shape = [2, 4, 2, 3];
const index = (n: number, c: number, y: number, x: number): number => ((n * 4 + c) * 2 + y) * 3 + x;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => mean(values.map((value) => (value - mean(values)) ** 2));

/** Values that are normalised together with one, by the axes that are joined. */
function group(position: number, axes: readonly number[]): number[] {
  const coordinates = [
    Math.floor(position / 24),
    Math.floor(position / 6) % 4,
    Math.floor(position / 3) % 2,
    position % 3,
  ];
  return data.filter((_, other) => {
    const there = [Math.floor(other / 24), Math.floor(other / 6) % 4, Math.floor(other / 3) % 2, other % 3];
    return there.every((value, axis) => axes.includes(axis) || value === coordinates[axis]);
  });
}

const expectClose = (actual: readonly number[] | undefined, expected: readonly number[], tolerance = 1e-4): void => {
  expect(actual?.length).toBe(expected.length);
  for (const [position, value] of expected.entries()) {
    expect(Math.abs((actual?.[position] ?? NaN) - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
  }
};

describe('normalisations', () => {
  it.each([
    ['inside_sqrt', [3]],
    ['inside_sqrt', [2, 3]],
    ['outside_sqrt', [1, 2, 3]],
    ['outside_sqrt', [-1]],
  ])('MVN-6, epsilon %s, axes %o', async (mode, axes) => {
    const [output] = await runLayer('MVN', [fed(data, shape), ints(...axes)], [shape], {
      opset: 'opset6',
      data: { eps: 0.5, eps_mode: mode, normalize_variance: 'true' },
    });
    const positive = axes.map((axis) => (axis < 0 ? axis + 4 : axis));
    const expected = data.map((value, position) => {
      const values = group(position, positive);
      const deviation = mode === 'inside_sqrt' ? Math.sqrt(variance(values) + 0.5) : Math.sqrt(variance(values)) + 0.5;
      return (value - mean(values)) / deviation;
    });
    expectClose(output?.data, expected);
  });

  it('MVN-1 within channels and across them, with and without variance', async () => {
    const options = (across: boolean, scaled: boolean): object => ({
      data: { eps: 0.1, across_channels: across, normalize_variance: scaled },
    });
    const centred = await runLayer('MVN', [fed(data, shape)], [shape], options(false, false));
    expectClose(
      centred[0]?.data,
      data.map((value, position) => value - mean(group(position, [2, 3]))),
    );
    const across = await runLayer('MVN', [fed(data, shape)], [shape], { opset: 'opset2', ...options(true, true) });
    const expected = data.map((value, position) => {
      const values = group(position, [1, 2, 3]);
      return (value - mean(values)) / (Math.sqrt(variance(values)) + 0.1);
    });
    expectClose(across[0]?.data, expected);
  });

  it.each(['add', 'max'])('NormalizeL2, epsilon %s', async (mode) => {
    const [output] = await runLayer('NormalizeL2', [fed(data, shape), ints(1)], [shape], {
      data: { eps: 40, eps_mode: mode },
    });
    const expected = data.map((value, position) => {
      const sum = group(position, [1]).reduce((total, other) => total + other * other, 0);
      return value / Math.sqrt(mode === 'add' ? sum + 40 : Math.max(sum, 40));
    });
    expectClose(output?.data, expected);
  });

  it('LRN across channels and on the plane', async () => {
    const attributes = { alpha: 0.5, beta: 0.75, bias: 2, size: 3 };
    const across = await runLayer('LRN', [fed(data, shape), ints(1)], [shape], { data: attributes });
    const plane = await runLayer('LRN', [fed(data, shape), ints(2, 3)], [shape], { data: attributes });
    const at = (n: number, c: number, y: number, x: number): number =>
      c < 0 || c > 3 || y < 0 || y > 1 || x < 0 || x > 2 ? 0 : data[index(n, c, y, x)]!;
    const each = (sum: (n: number, c: number, y: number, x: number) => number, count: number): number[] =>
      data.map((value, position) => {
        const [n, c, y, x] = [
          Math.floor(position / 24),
          Math.floor(position / 6) % 4,
          Math.floor(position / 3) % 2,
          position % 3,
        ];
        return value / (2 + (0.5 / count) * sum(n, c, y, x)) ** 0.75;
      });
    const near = [-1, 0, 1];
    expectClose(
      across[0]?.data,
      each((n, c, y, x) => near.reduce((sum, d) => sum + at(n, c + d, y, x) ** 2, 0), 3),
    );
    const square = (n: number, c: number, y: number, x: number): number =>
      near.reduce((sum, i) => sum + near.reduce((row, j) => row + at(n, c, y + i, x + j) ** 2, 0), 0);
    expectClose(plane[0]?.data, each(square, 9));
  });

  it('BatchNormInference of opset 5, and of opset 1 with its other order', async () => {
    const [gamma, beta, centre, spread] = [
      [1, 2, 3, 4],
      [0, 1, 0, 1],
      [0.5, 0, 1, 0],
      [1, 2, 3, 4],
    ].map((values) => fixed(values));
    const expected = data.map((value, position) => {
      const c = Math.floor(position / 6) % 4;
      const normal = (value - [0.5, 0, 1, 0][c]!) / Math.sqrt([1, 2, 3, 4][c]! + 0.01);
      return normal * [1, 2, 3, 4][c]! + [0, 1, 0, 1][c]!;
    });
    const options = { data: { epsilon: 0.01 } };
    const five = await runLayer('BatchNormInference', [fed(data, shape), gamma!, beta!, centre!, spread!], [shape], {
      opset: 'opset5',
      ...options,
    });
    expectClose(five[0]?.data, expected);
    const one = await runLayer(
      'BatchNormInference',
      [gamma!, beta!, fed(data, shape), centre!, spread!],
      [shape],
      options,
    );
    expectClose(one[0]?.data, expected);
  });

  it('GroupNormalization and GRN', async () => {
    const inputs = [fed(data, shape), fixed([1, 2, 3, 4]), fixed([0, 1, 0, 1])];
    const [output] = await runLayer('GroupNormalization', inputs, [shape], {
      opset: 'opset12',
      data: { num_groups: 2, epsilon: 0.1 },
    });
    const expected = data.map((value, position) => {
      const [n, c] = [Math.floor(position / 24), Math.floor(position / 6) % 4];
      const values = data.slice(n * 24 + (c >> 1) * 12, n * 24 + (c >> 1) * 12 + 12);
      return ((value - mean(values)) / Math.sqrt(variance(values) + 0.1)) * (c + 1) + (c % 2);
    });
    expectClose(output?.data, expected);
    const [response] = await runLayer('GRN', [fed(data, shape)], [shape], { data: { bias: 0.3 } });
    const norms = data.map(
      (value, position) => value / Math.sqrt(group(position, [1]).reduce((sum, other) => sum + other * other, 0.3)),
    );
    expectClose(response?.data, norms);
  });
});

describe('FakeQuantize', () => {
  const quantize = (x: number, il: number, ih: number, ol: number, oh: number, levels: number): number => {
    if (x <= Math.min(il, ih)) return ol;
    if (x > Math.max(il, ih)) return oh;
    const steps = ((x - il) / (ih - il)) * (levels - 1);
    const rounded = Math.abs(steps % 1) === 0.5 ? 2 * Math.round(steps / 2) : Math.round(steps);
    return (rounded / (levels - 1)) * (oh - ol) + ol;
  };

  it.each([
    [256, [-2], [3], [-2], [3]],
    [17, [-1], [1], [0], [15]],
    [2, [0.5], [0.5], [-1], [1]],
  ] as const)('%i levels, %o to %o', async (levels, il, ih, ol, oh) => {
    const bounds = [il, ih, ol, oh].map((values) => fixed([...values], [1]));
    const [output] = await runLayer('FakeQuantize', [fed(data, shape), ...bounds], [shape], { data: { levels } });
    expectClose(
      output?.data,
      data.map((value) => quantize(value, il[0], ih[0], ol[0], oh[0], levels)),
    );
  });

  it('with bounds of their own for each channel', async () => {
    const bounds = [
      [-1, -2, -3, -4],
      [1, 2, 3, 4],
      [-1, -2, -3, -4],
      [1, 2, 3, 4],
    ].map((values) => fixed(values, [1, 4, 1, 1]));
    const [output] = await runLayer('FakeQuantize', [fed(data, shape), ...bounds], [shape], { data: { levels: 255 } });
    expectClose(
      output?.data,
      data.map((value, position) => {
        const c = (Math.floor(position / 6) % 4) + 1;
        return quantize(value, -c, c, -c, c, 255);
      }),
    );
  });
});

describe('sequences', () => {
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  const [T, N, C, H] = [3, 2, 3, 2];
  const x = ramp(N * T * C, 0.2);
  const dot = (w: readonly number[], row: number, v: readonly number[]): number =>
    v.reduce((sum, value, i) => sum + value * w[row * v.length + i]!, 0);

  /** Steps of one sequence by OpenVINO's formulas, gates f, i, c, o. */
  function lstm(w: number[], r: number[], b: number[], steps: number[][]): { states: number[][]; cell: number[] } {
    let h = [0.1, -0.1];
    let c = [0.2, 0.3];
    const states = steps.map((step) => {
      const gate = (g: number, k: number): number => dot(w, g * H + k, step) + dot(r, g * H + k, h) + b[g * H + k]!;
      const next = c.map((value, k) => sigmoid(gate(0, k)) * value + sigmoid(gate(1, k)) * Math.tanh(gate(2, k)));
      const out = next.map((value, k) => sigmoid(gate(3, k)) * Math.tanh(value));
      [h, c] = [out, next];
      return out;
    });
    return { states, cell: c };
  }

  const stepsOf = (n: number): number[][] => [0, 1, 2].map((t) => x.slice((n * T + t) * C, (n * T + t) * C + C));

  it('LSTMSequence and LSTMCell', async () => {
    const [w, r, b] = [ramp(4 * H * C, 0.1), ramp(4 * H * H, 0.1), ramp(4 * H, 0.1)];
    const h0 = [0.1, -0.1, 0.1, -0.1];
    const c0 = [0.2, 0.3, 0.2, 0.3];
    const outputs = await runLayer(
      'LSTMSequence',
      [
        fed(x, [N, T, C]),
        fed(h0, [N, 1, H]),
        fed(c0, [N, 1, H]),
        fixed([3, 3], [2], 'i32'),
        fixed(w, [1, 4 * H, C]),
        fixed(r, [1, 4 * H, H]),
        fixed(b, [1, 4 * H]),
      ],
      [
        [N, 1, T, H],
        [N, 1, H],
        [N, 1, H],
      ],
      { opset: 'opset5', data: { direction: 'forward', hidden_size: H } },
    );
    const runs = [0, 1].map((n) => lstm(w, r, b, stepsOf(n)));
    expectClose(
      outputs[0]?.data,
      runs.flatMap((run) => run.states.flat()),
    );
    expectClose(
      outputs[1]?.data,
      runs.flatMap((run) => run.states[2]!),
    );
    expectClose(
      outputs[2]?.data,
      runs.flatMap((run) => run.cell),
    );
    const cell = await runLayer(
      'LSTMCell',
      [
        fed(x.slice(0, C), [1, C]),
        fed([0.1, -0.1], [1, H]),
        fed([0.2, 0.3], [1, H]),
        fixed(w, [4 * H, C]),
        fixed(r, [4 * H, H]),
        fixed(b),
      ],
      [
        [1, H],
        [1, H],
      ],
      { opset: 'opset4', data: { hidden_size: H } },
    );
    expectClose(cell[0]?.data, lstm(w, r, b, [x.slice(0, C)]).states[0]!);
  });

  it.each([false, true])('GRUSequence, linear before reset %s', async (linear) => {
    const [w, r, b] = [ramp(3 * H * C, 0.1), ramp(3 * H * H, 0.1), ramp((linear ? 4 : 3) * H, 0.1)];
    let h = [0.1, -0.1];
    const expected = stepsOf(0).map((step) => {
      const gate = (g: number, k: number): number =>
        sigmoid(dot(w, g * H + k, step) + dot(r, g * H + k, h) + b[g * H + k]!);
      const z = h.map((_, k) => gate(0, k));
      const reset = h.map((_, k) => gate(1, k));
      const scaled = h.map((value, k) => value * reset[k]!);
      const next = h.map((value, k) => {
        const inner = linear
          ? reset[k]! * (dot(r, 2 * H + k, h) + b[3 * H + k]!) + b[2 * H + k]!
          : dot(r, 2 * H + k, scaled) + b[2 * H + k]!;
        return (1 - z[k]!) * Math.tanh(dot(w, 2 * H + k, step) + inner) + z[k]! * value;
      });
      h = next;
      return next;
    });
    const outputs = await runLayer(
      'GRUSequence',
      [
        fed(x.slice(0, T * C), [1, T, C]),
        fed([0.1, -0.1], [1, 1, H]),
        fixed([3], [1], 'i32'),
        fixed(w, [1, 3 * H, C]),
        fixed(r, [1, 3 * H, H]),
        fixed(b, [1, b.length]),
      ],
      [
        [1, 1, T, H],
        [1, 1, H],
      ],
      { opset: 'opset5', data: { direction: 'forward', hidden_size: H, linear_before_reset: linear } },
    );
    expectClose(outputs[0]?.data, expected.flat());
  });

  it('CTCGreedyDecoder merges repetitions, drops blanks and ends with the sequence', async () => {
    const best = [1, 1, 3, 1, 0, 0, 2, 2];
    const logits = best.flatMap((winner) => [0, 1, 2, 3].map((c) => (c === winner ? 1 : 0)));
    const mask = fixed([0, 1, 1, 1, 1, 1, 0, 1], [8, 1]);
    const merged = await runLayer('CTCGreedyDecoder', [fed(logits, [8, 1, 4]), mask], [[1, 8, 1, 1]], {
      data: { ctc_merge_repeated: 'true' },
    });
    expect(merged[0]?.data).toEqual([1, 1, 0, -1, -1, -1, -1, -1]);
    const all = await runLayer('CTCGreedyDecoder', [fed(logits, [8, 1, 4]), mask], [[1, 8, 1, 1]], {
      data: { ctc_merge_repeated: 'false' },
    });
    expect(all[0]?.data).toEqual([1, 1, 1, 0, 0, -1, -1, -1]);
  });

  it('CTCGreedyDecoderSeqLen takes lengths', async () => {
    const best = [1, 1, 3, 0, 2, 2, 2, 3];
    const logits = best.flatMap((winner) => [0, 1, 2, 3].map((c) => (c === winner ? 1 : 0)));
    const [classes, lengths] = await runLayer(
      'CTCGreedyDecoderSeqLen',
      [fed(logits, [2, 4, 4]), fixed([4, 3], [2], 'i32')],
      [[2, 4], [2]],
      {
        opset: 'opset6',
        types: ['i32', 'i32'],
        data: { merge_repeated: 'true' },
      },
    );
    expect(classes?.data).toEqual([1, 0, -1, -1, 2, -1, -1, -1]);
    expect(lengths?.data).toEqual([2, 1]);
  });
});
