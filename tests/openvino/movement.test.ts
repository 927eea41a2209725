import { describe, expect, it } from 'vitest';
import { fed, fixed, ints, positions, ramp, runLayer, type TestInput } from './ir-builder.js';

describe('shapes', () => {
  it('Reshape copies zeros and finds the rest', async () => {
    const [output] = await runLayer('Reshape', [positions(2, 3, 4), ints(0, -1)], [[2, 12]], {
      data: { special_zero: 'true' },
    });
    expect(output?.shape).toEqual([2, 12]);
  });

  it('Squeeze and Unsqueeze', async () => {
    const squeezed = await runLayer('Squeeze', [positions(1, 3, 1), ints(0)], [[3, 1]]);
    expect(squeezed[0]?.shape).toEqual([3, 1]);
    const all = await runLayer('Squeeze', [positions(1, 3, 1)], [[3]]);
    expect(all[0]?.shape).toEqual([3]);
    const unsqueezed = await runLayer('Unsqueeze', [positions(3), ints(0, -1)], [[1, 3, 1]]);
    expect(unsqueezed[0]?.shape).toEqual([1, 3, 1]);
  });

  it('ShapeOf gives integers of the asked type', async () => {
    const [output] = await runLayer('ShapeOf', [positions(2, 3)], [[2]], { opset: 'opset3', types: ['i32'] });
    expect(output).toEqual({ type: 'int32', shape: [2], data: [2, 3] });
  });

  it('Transpose by an order, or reversed', async () => {
    const ordered = await runLayer('Transpose', [positions(1, 2, 3), ints(2, 0, 1)], [[3, 1, 2]]);
    expect(ordered[0]).toEqual({ type: 'float32', shape: [3, 1, 2], data: [0, 3, 1, 4, 2, 5] });
    const reversed = await runLayer('Transpose', [positions(2, 3), fixed([], [0], 'i64')], [[3, 2]]);
    expect(reversed[0]?.data).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('Concat along a negative axis', async () => {
    const [output] = await runLayer('Concat', [positions(2, 1), fixed([8, 9], [2, 1])], [[2, 2]], {
      data: { axis: -1 },
    });
    expect(output?.data).toEqual([0, 8, 1, 9]);
  });

  it('Split and VariadicSplit', async () => {
    const even = await runLayer(
      'Split',
      [positions(2, 4), fixed([1], [], 'i64')],
      [
        [2, 2],
        [2, 2],
      ],
      { data: { num_splits: 2 } },
    );
    expect(even.map((part) => part.data)).toEqual([
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ]);
    const uneven = await runLayer(
      'VariadicSplit',
      [positions(2, 4), fixed([-1], [], 'i64'), ints(1, -1)],
      [
        [2, 1],
        [2, 3],
      ],
    );
    expect(uneven.map((part) => part.data)).toEqual([
      [0, 4],
      [1, 2, 3, 5, 6, 7],
    ]);
  });

  it('Broadcast by NumPy, by a mapping of axes, in both directions', async () => {
    const numpy = await runLayer('Broadcast', [positions(2, 1), ints(2, 2, 2)], [[2, 2, 2]], { opset: 'opset3' });
    expect(numpy[0]?.data).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    const mapped = await runLayer('Broadcast', [positions(2), ints(2, 3), ints(0)], [[2, 3]], {
      data: { mode: 'explicit' },
    });
    expect(mapped[0]?.data).toEqual([0, 0, 0, 1, 1, 1]);
    const both = await runLayer('Broadcast', [positions(2, 2), ints(1, 2)], [[2, 2]], {
      opset: 'opset3',
      data: { mode: 'bidirectional' },
    });
    expect(both[0]?.shape).toEqual([2, 2]);
  });

  it('Tile with fewer and more repeats than axes', async () => {
    const fewer = await runLayer('Tile', [positions(1, 2), ints(2)], [[1, 4]]);
    expect(fewer[0]?.data).toEqual([0, 1, 0, 1]);
    const more = await runLayer('Tile', [positions(2), ints(2, 1)], [[2, 2]]);
    expect(more[0]).toEqual({ type: 'float32', shape: [2, 2], data: [0, 1, 0, 1] });
  });
});

describe('StridedSlice', () => {
  const slice = async (
    input: TestInput,
    [begin, end, strides]: readonly [readonly number[], readonly number[], readonly number[]],
    masks: Record<string, string>,
    out: readonly number[],
  ): Promise<{ shape: readonly number[]; data: readonly number[] }> => {
    const data = { begin_mask: '', end_mask: '', ...masks };
    const [output] = await runLayer('StridedSlice', [input, ints(...begin), ints(...end), ints(...strides)], [out], {
      data,
    });
    return { shape: output!.shape, data: output!.data };
  };

  it('by bounds, negative ones too, and strides', async () => {
    expect(
      await slice(
        positions(4, 5),
        [
          [1, -3],
          [3, 5],
          [1, 2],
        ],
        {},
        [2, 2],
      ),
    ).toEqual({ shape: [2, 2], data: [7, 9, 12, 14] });
    expect(await slice(positions(5), [[3], [0], [-2]], {}, [2])).toEqual({ shape: [2], data: [3, 1] });
    expect(await slice(positions(3), [[1], [100], [1]], {}, [2])).toEqual({ shape: [2], data: [1, 2] });
  });

  it('a mask of 1 ignores the bound', async () => {
    expect(
      await slice(
        positions(2, 3),
        [
          [1, 1],
          [2, 2],
          [1, 1],
        ],
        { begin_mask: '0,1', end_mask: '0,1' },
        [1, 3],
      ),
    ).toEqual({
      shape: [1, 3],
      data: [3, 4, 5],
    });
    const backwards = await slice(positions(4), [[0], [0], [-1]], { begin_mask: '1', end_mask: '1' }, [4]);
    expect(backwards.data).toEqual([3, 2, 1, 0]);
  });

  it('takes axes away, adds new ones, skips by an ellipsis', async () => {
    const shrunk = await slice(
      positions(2, 3),
      [
        [-1, 0],
        [0, 0],
        [1, 1],
      ],
      { shrink_axis_mask: '1,0', end_mask: '0,1' },
      [3],
    );
    expect(shrunk).toEqual({ shape: [3], data: [3, 4, 5] });
    const added = await slice(
      positions(2, 3),
      [
        [0, 0, 1],
        [0, 0, 2],
        [1, 1, 1],
      ],
      { new_axis_mask: '1,0,0', end_mask: '0,1,0' },
      [1, 2, 1],
    );
    expect(added).toEqual({ shape: [1, 2, 1], data: [1, 4] });
    const skipped = await slice(
      positions(2, 2, 3),
      [
        [0, 2],
        [0, 3],
        [1, 1],
      ],
      { ellipsis_mask: '1,0' },
      [2, 2, 1],
    );
    expect(skipped).toEqual({ shape: [2, 2, 1], data: [2, 5, 8, 11] });
    const mixed = await slice(
      positions(2, 2, 3),
      [
        [1, 0, 0, 2],
        [2, 0, 0, 3],
        [1, 1, 1, 1],
      ],
      { shrink_axis_mask: '1,0,0,0', ellipsis_mask: '0,1,0,0', new_axis_mask: '0,0,1,0' },
      [2, 1, 1],
    );
    expect(mixed).toEqual({ shape: [2, 1, 1], data: [8, 11] });
  });

  it('by bounds that are computed while the model runs', async () => {
    const inputs = [positions(4), fed([1], [1], 'i64'), fed([3], [1], 'i64'), ints(1)];
    const [output] = await runLayer('StridedSlice', inputs, [[2]], { data: { begin_mask: '0', end_mask: '0' } });
    expect(output?.data).toEqual([1, 2]);
  });
});

describe('slices and gathers', () => {
  it('Slice with and without axes', async () => {
    const some = await runLayer('Slice', [positions(3, 4), ints(1), ints(4), ints(2), ints(-1)], [[3, 2]], {
      opset: 'opset8',
    });
    expect(some[0]?.data).toEqual([1, 3, 5, 7, 9, 11]);
    const all = await runLayer('Slice', [positions(3, 4), ints(2, 3), ints(-4, 0), ints(-1, -2)], [[3, 2]], {
      opset: 'opset8',
    });
    expect(all[0]?.data).toEqual([11, 9, 7, 5, 3, 1]);
  });

  it('Gather along an axis, by negative indices, by batch', async () => {
    const plain = await runLayer('Gather', [positions(2, 3), ints(2, 0), fixed([1], [], 'i64')], [[2, 2]]);
    expect(plain[0]?.data).toEqual([2, 0, 5, 3]);
    const negative = await runLayer('Gather', [positions(2, 3), fixed([-1], [], 'i64'), fixed([1], [], 'i64')], [[2]], {
      opset: 'opset8',
    });
    expect(negative[0]).toEqual({ type: 'float32', shape: [2], data: [2, 5] });
    const batched = await runLayer(
      'Gather',
      [positions(2, 3), fixed([2, 0, 1, 1], [2, 2], 'i64'), fixed([1], [], 'i64')],
      [[2, 2]],
      {
        opset: 'opset7',
        data: { batch_dims: 1 },
      },
    );
    expect(batched[0]?.data).toEqual([2, 0, 4, 4]);
  });

  it('Gather by batch along an axis further on', async () => {
    const indices = [1, 0, 2, 2];
    const [output] = await runLayer(
      'Gather',
      [positions(2, 2, 3, 2), fed(indices, [2, 2], 'i64'), fixed([2], [], 'i64')],
      [[2, 2, 2, 2]],
      { opset: 'opset8', data: { batch_dims: 1 } },
    );
    const expected = [0, 1].flatMap((n) =>
      [0, 1].flatMap((c) => [0, 1].flatMap((k) => [0, 1].map((x) => ((n * 2 + c) * 3 + indices[n * 2 + k]!) * 2 + x))),
    );
    expect(output?.shape).toEqual([2, 2, 2, 2]);
    expect(output?.data).toEqual(expected);
  });

  it('GatherElements and GatherND', async () => {
    const elements = await runLayer('GatherElements', [positions(2, 2), fixed([1, 0, 0, 0], [2, 2], 'i32')], [[2, 2]], {
      opset: 'opset6',
      data: { axis: 1 },
    });
    expect(elements[0]?.data).toEqual([1, 0, 2, 2]);
    const nd = await runLayer('GatherND', [positions(2, 2, 2), fixed([0, 1, 1, 0], [2, 2], 'i64')], [[2, 2]], {
      opset: 'opset8',
    });
    expect(nd[0]?.data).toEqual([2, 3, 4, 5]);
    const five = await runLayer('GatherND', [positions(2, 2, 2), fixed([1, 0, 0, 1], [2, 2, 1], 'i64')], [[4]], {
      opset: 'opset5',
      data: { batch_dims: 2 },
    });
    expect(five[0]).toEqual({ type: 'float32', shape: [4], data: [1, 2, 4, 7] });
  });

  it('ScatterUpdate along any axis, ScatterElementsUpdate, ScatterNDUpdate', async () => {
    const rows = await runLayer(
      'ScatterUpdate',
      [positions(2, 3), ints(1), fixed([7, 8, 9], [1, 3]), fixed([0], [], 'i64')],
      [[2, 3]],
    );
    expect(rows[0]?.data).toEqual([0, 1, 2, 7, 8, 9]);
    const columns = await runLayer(
      'ScatterUpdate',
      [positions(2, 3), ints(2, 0), fixed([7, 8, 9, 6], [2, 2]), fixed([1], [], 'i64')],
      [[2, 3]],
    );
    expect(columns[0]?.data).toEqual([8, 1, 7, 6, 4, 9]);
    const elements = await runLayer(
      'ScatterElementsUpdate',
      [positions(1, 3), fixed([1, 1], [1, 2], 'i64'), fixed([5, 6], [1, 2]), fixed([1], [], 'i64')],
      [[1, 3]],
      { opset: 'opset12', data: { reduction: 'sum' } },
    );
    expect(elements[0]?.data).toEqual([0, 12, 2]);
    const nd = await runLayer('ScatterNDUpdate', [positions(3), fixed([2], [1, 1], 'i64'), fixed([9], [1])], [[3]], {
      opset: 'opset4',
    });
    expect(nd[0]?.data).toEqual([0, 1, 9]);
  });
});

describe('movement', () => {
  it('ExtractImagePatches lays windows behind each other', async () => {
    const extract = async (data: Record<string, string>, shape: number[]): Promise<readonly number[] | undefined> =>
      (await runLayer('ExtractImagePatches', [positions(1, 2, 4, 4)], [shape], { opset: 'opset3', data }))[0]?.data;
    const value = (c: number, y: number, x: number): number =>
      y < 0 || x < 0 || y > 3 || x > 3 ? 0 : c * 16 + y * 4 + x;
    const expected = (rows: number, columns: number, step: number, rate: number, before: number): number[] =>
      [0, 1].flatMap((i) =>
        [0, 1].flatMap((j) =>
          [0, 1].flatMap((c) =>
            Array.from({ length: rows * columns }, (_, at) =>
              value(c, Math.floor(at / columns) * step + i * rate - before, (at % columns) * step + j * rate - before),
            ),
          ),
        ),
      );
    expect(await extract({ sizes: '2,2', strides: '2,2', rates: '1,1', auto_pad: 'valid' }, [1, 8, 2, 2])).toEqual(
      expected(2, 2, 2, 1, 0),
    );
    expect(await extract({ sizes: '2,2', strides: '1,1', rates: '2,2', auto_pad: 'valid' }, [1, 8, 2, 2])).toEqual(
      expected(2, 2, 1, 2, 0),
    );
    expect(await extract({ sizes: '2,2', strides: '3,3', rates: '2,2', auto_pad: 'same_upper' }, [1, 8, 2, 2])).toEqual(
      expected(2, 2, 3, 2, 1),
    );
  });

  it('Identity, and Tile by repeats that are computed while the model runs', async () => {
    const [same] = await runLayer('Identity', [positions(2, 2)], [[2, 2]], { opset: 'opset16' });
    expect(same?.data).toEqual([0, 1, 2, 3]);
    const [tiled] = await runLayer('Tile', [positions(1, 2), fed([2, 1], [2], 'i64')], [[-1, -1]]);
    expect(tiled?.data).toEqual([0, 1, 0, 1]);
  });

  it.each([
    ['constant', [7, 7, 0, 1, 2, 7]],
    ['edge', [0, 0, 0, 1, 2, 2]],
    ['reflect', [2, 1, 0, 1, 2, 1]],
    ['symmetric', [1, 0, 0, 1, 2, 2]],
  ])('Pad %s', async (mode, expected) => {
    const inputs = [positions(3), ints(2), ints(1), ...(mode === 'constant' ? [fixed([7], [])] : [])];
    const [output] = await runLayer('Pad', inputs, [[6]], { data: { pad_mode: mode } });
    expect(output?.data).toEqual(expected);
  });

  it('Pad of opset 12 cuts by negative numbers', async () => {
    const [output] = await runLayer('Pad', [positions(4), ints(-1), ints(1), fixed([9], [])], [[4]], {
      opset: 'opset12',
      data: { pad_mode: 'constant' },
    });
    expect(output?.data).toEqual([1, 2, 3, 9]);
  });

  const blocks = (mode: 'blocks_first' | 'depth_first', c: number, by: number, bx: number, C: number): number =>
    mode === 'blocks_first' ? (by * 2 + bx) * C + c : c * 4 + by * 2 + bx;
  it.each(['blocks_first', 'depth_first'] as const)('DepthToSpace and back, %s', async (mode) => {
    const data = ramp(1 * 8 * 2 * 3);
    const options = { data: { mode, block_size: 2 } };
    const [space] = await runLayer('DepthToSpace', [fed(data, [1, 8, 2, 3])], [[1, 2, 4, 6]], options);
    for (let c = 0; c < 2; c++)
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 6; x++) {
          const channel = blocks(mode, c, y % 2, x % 2, 2);
          expect(space?.data[(c * 4 + y) * 6 + x]).toBeCloseTo(data[(channel * 2 + (y >> 1)) * 3 + (x >> 1)]!, 5);
        }
    const [depth] = await runLayer('SpaceToDepth', [fed(space!.data, [1, 2, 4, 6])], [[1, 8, 2, 3]], options);
    for (const [index, value] of data.entries()) expect(depth?.data[index]).toBeCloseTo(value, 5);
  });

  it('ShuffleChannels', async () => {
    const [output] = await runLayer('ShuffleChannels', [positions(1, 6, 1, 1)], [[1, 6, 1, 1]], {
      data: { axis: 1, group: 2 },
    });
    expect(output?.data).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('ReorgYolo reads as Darknet does', async () => {
    const [C, H, W, s] = [4, 4, 6, 2];
    const data = ramp(C * H * W);
    const [output] = await runLayer('ReorgYolo', [fed(data, [1, C, H, W])], [[1, 16, 2, 3]], {
      opset: 'opset2',
      data: { stride: s },
    });
    const expected = new Array<number>(data.length);
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          const offset = Math.floor(c / (C / (s * s)));
          const plane = c % (C / (s * s));
          const x = w * s + (offset % s);
          const y = h * s + Math.floor(offset / s);
          expected[w + W * (h + H * c)] = data[x + W * s * (y + H * s * plane)]!;
        }
    for (const [index, value] of expected.entries()) expect(output?.data[index]).toBeCloseTo(value, 5);
  });

  it('Roll and Reverse', async () => {
    const rolled = await runLayer('Roll', [positions(2, 3), ints(1, -1), ints(0, 1)], [[2, 3]], { opset: 'opset7' });
    expect(rolled[0]?.data).toEqual([4, 5, 3, 1, 2, 0]);
    const reversed = await runLayer('Reverse', [positions(2, 2), fixed([0, 1], [2], 'boolean')], [[2, 2]], {
      data: { mode: 'mask' },
    });
    expect(reversed[0]?.data).toEqual([1, 0, 3, 2]);
  });

  it('SpaceToBatch and BatchToSpace', async () => {
    const batched = await runLayer(
      'SpaceToBatch',
      [positions(1, 2, 3), ints(1, 1, 2), ints(0, 0, 0), ints(0, 0, 1)],
      [[2, 2, 2]],
      { opset: 'opset2' },
    );
    expect(batched[0]?.data).toEqual([0, 2, 3, 5, 1, 0, 4, 0]);
    const back = await runLayer(
      'BatchToSpace',
      [fed([0, 2, 3, 5, 1, 0, 4, 0], [2, 2, 2]), ints(1, 1, 2), ints(0, 0, 0), ints(0, 0, 1)],
      [[1, 2, 3]],
      { opset: 'opset2' },
    );
    expect(back[0]?.data).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('ReverseSequence', async () => {
    const [output] = await runLayer('ReverseSequence', [positions(2, 3), fixed([2, 3], [2], 'i32')], [[2, 3]], {
      data: { batch_axis: 0, seq_axis: 1 },
    });
    expect(output?.data).toEqual([1, 0, 2, 5, 4, 3]);
  });

  it('GridSample at the corners and outside', async () => {
    const grid = fixed([-1, -1, 1, 1, 3, 3], [1, 1, 3, 2]);
    const [output] = await runLayer('GridSample', [positions(1, 1, 2, 2), grid], [[1, 1, 1, 3]], {
      opset: 'opset9',
      data: { align_corners: 'true' },
    });
    expect(output?.data).toEqual([0, 3, 0]);
  });
});
