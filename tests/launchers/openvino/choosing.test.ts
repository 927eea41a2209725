import { describe, expect, it } from 'vitest';
import { fed, fixed, positions, ramp, runLayer } from '../../openvino/ir-builder.js';

describe('choosing and ordering', () => {
  const values = fed([3, 1, 2, 9, 7, 8], [2, 3]);
  it('TopK by value, by position, and the smallest', async () => {
    const k = fixed([2], [], 'i64');
    const types = ['f32', 'i32'];
    const best = await runLayer(
      'TopK',
      [values, k],
      [
        [2, 2],
        [2, 2],
      ],
      { types, data: { axis: 1, mode: 'max', sort: 'value' } },
    );
    expect(best.map((output) => output.data)).toEqual([
      [3, 2, 9, 8],
      [0, 2, 0, 2],
    ]);
    const ordered = await runLayer(
      'TopK',
      [values, k],
      [
        [2, 2],
        [2, 2],
      ],
      { types, data: { axis: 1, mode: 'min', sort: 'index' } },
    );
    expect(ordered.map((output) => output.data)).toEqual([
      [1, 2, 7, 8],
      [1, 2, 1, 2],
    ]);
  });

  it('CumSum, OneHot, NonZero, Range, Eye', async () => {
    const sum = await runLayer('CumSum', [positions(4), fixed([0], [], 'i64')], [[4]], {
      data: { exclusive: 'true', reverse: 'true' },
    });
    expect(sum[0]?.data).toEqual([6, 5, 3, 0]);
    const hot = await runLayer(
      'OneHot',
      [fed([1, 0], [2], 'i64'), fixed([3], [], 'i64'), fixed([5], []), fixed([-1], [])],
      [[2, 3]],
      { data: { axis: -1 } },
    );
    expect(hot[0]?.data).toEqual([-1, 5, -1, 5, -1, -1]);
    const zero = await runLayer('NonZero', [fed([0, 1, 2, 0], [2, 2])], [[2, 2]], { types: ['i64'] });
    expect(zero[0]?.data).toEqual([0, 1, 1, 0]);
    const range = await runLayer('Range', [fed([1], [], 'i64'), fixed([10], [], 'i64'), fixed([3], [], 'i64')], [[3]], {
      opset: 'opset4',
      types: ['i64'],
    });
    expect(range[0]?.data).toEqual([1, 4, 7]);
    const eye = await runLayer('Eye', [fixed([2], [], 'i64'), fixed([3], [], 'i64'), fixed([1], [], 'i64')], [[2, 3]], {
      opset: 'opset9',
    });
    expect(eye[0]?.data).toEqual([0, 1, 0, 0, 0, 1]);
  });

  it('NonMaxSuppression orders by score, or by class, and fills up with -1', async () => {
    const boxes = fed([0, 0, 1, 1, 0, 0, 1, 0.9, 0, 2, 1, 3], [1, 3, 4]);
    const scores = fed([0.5, 0.6, 0.7, 0.9, 0.1, 0.8], [1, 2, 3]);
    const inputs = [boxes, scores, fixed([3], [], 'i64'), fixed([0.5], []), fixed([0.2], [])];
    const options = { opset: 'opset9', types: ['i64', 'f32', 'i64'] };
    const sorted = await runLayer('NonMaxSuppression', inputs, [[6, 3], [6, 3], [1]], options);
    expect(sorted[0]?.data.slice(0, 12)).toEqual([0, 1, 0, 0, 1, 2, 0, 0, 2, 0, 0, 1]);
    expect(sorted[0]?.data.slice(12)).toEqual([-1, -1, -1, -1, -1, -1]);
    expect(sorted[1]?.data.slice(0, 3).map((value) => Math.round(value * 10))).toEqual([0, 10, 9]);
    expect(sorted[2]?.data).toEqual([4]);
    const byClass = await runLayer('NonMaxSuppression', inputs, [[-1, 3], [-1, 3], [1]], {
      ...options,
      data: { sort_result_descending: 'false' },
    });
    expect(byClass[0]?.data).toEqual([0, 0, 2, 0, 0, 1, 0, 1, 0, 0, 1, 2]);
  });
});

describe('matrices', () => {
  const product = (a: number[][], b: number[][]): number[] =>
    a.flatMap((row) =>
      b[0]!.map((_, column) => row.reduce((sum, value, index) => sum + value * b[index]![column]!, 0)),
    );
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('MatMul, transposed %s and %s', async (first, second) => {
    const a = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const b = [
      [1, -1],
      [2, 0],
      [3, 1],
    ];
    const turn = (m: number[][]): number[][] => m[0]!.map((_, column) => m.map((row) => row[column]!));
    const [left, right] = [first ? turn(a) : a, second ? turn(b) : b];
    const data = { transpose_a: first, transpose_b: second };
    for (const stack of [[], [1]]) {
      const inputs = [
        fed(left.flat(), [...stack, left.length, left[0]!.length]),
        fixed(right.flat(), [right.length, right[0]!.length]),
      ];
      const [output] = await runLayer('MatMul', inputs, [[...stack, 2, 2]], { data });
      expect(output?.data).toEqual(product(a, b));
    }
  });

  it('MatMul of vectors', async () => {
    const [output] = await runLayer('MatMul', [fed([1, 2], [2]), fixed([3, 4], [2])], [[]], { data: {} });
    expect(output?.data).toEqual([11]);
  });

  it('Einsum', async () => {
    const [output] = await runLayer('Einsum', [positions(2, 3), positions(3)], [[2]], {
      opset: 'opset7',
      data: { equation: 'ij,j->i' },
    });
    expect(output?.data).toEqual([5, 14]);
  });

  it('ScaledDotProductAttention with a mask, causal, and with a scale', async () => {
    const [q, k, v] = [ramp(6), ramp(6, 0.5), ramp(6, 2)];
    const attend = (allowed: (i: number, j: number) => number, scale: number): number[] =>
      [0, 1, 2].flatMap((i) => {
        const scores = [0, 1, 2].map(
          (j) => (q[2 * i]! * k[2 * j]! + q[2 * i + 1]! * k[2 * j + 1]!) * scale + allowed(i, j),
        );
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = weights.reduce((a, b) => a + b);
        return [0, 1].map((d) => weights.reduce((sum, weight, j) => sum + (weight / total) * v[2 * j + d]!, 0));
      });
    const inputs = [fed(q, [1, 3, 2]), fed(k, [1, 3, 2]), fed(v, [1, 3, 2])];
    const options = { opset: 'opset13' };
    const check = (actual: readonly number[] | undefined, expected: readonly number[]): void => {
      for (const [index, value] of expected.entries()) expect(actual?.[index]).toBeCloseTo(value, 3);
    };
    const causal = await runLayer('ScaledDotProductAttention', inputs, [[1, 3, 2]], {
      ...options,
      data: { causal: 'true' },
    });
    check(
      causal[0]?.data,
      attend((i, j) => (j <= i ? 0 : -Infinity), Math.SQRT1_2),
    );
    const mask = fixed([0, 1, 1, 1, 0, 1, 1, 1, 0], [3, 3], 'boolean');
    const masked = await runLayer('ScaledDotProductAttention', [...inputs, mask], [[1, 3, 2]], {
      ...options,
      data: { causal: 'false' },
    });
    check(
      masked[0]?.data,
      attend((i, j) => (i === j ? -Infinity : 0), Math.SQRT1_2),
    );
    const zero = fixed(new Array<number>(9).fill(0), [3, 3]);
    const scaled = await runLayer('ScaledDotProductAttention', [...inputs, zero, fixed([0.1], [])], [[1, 3, 2]], {
      ...options,
      data: { causal: 'false' },
    });
    check(
      scaled[0]?.data,
      attend(() => 0, 0.1),
    );
  });
});
