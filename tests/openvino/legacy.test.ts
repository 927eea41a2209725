import { describe, expect, it } from 'vitest';
import { fed, IrBuilder, ramp, runIr, runLayer, translate, type IrPort, type OperationOptions } from './ir-builder.js';
import { at, convolve, convolveTransposed, fill, type Planes } from './reference.js';

type Shape = readonly [number, number, number, number];

const old = (options: OperationOptions = {}): OperationOptions => ({ version: 3, ...options });
const input: Planes = { data: ramp(1 * 4 * 5 * 6), shape: [1, 4, 5, 6] };
const expectClose = (actual: readonly number[] | undefined, expected: readonly number[]): void => {
  expect(actual?.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual?.[index] ?? NaN) - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  }
};
const channel = (position: number): number => Math.floor(position / 30) % 4;

describe('layers of v3 to v7', () => {
  it('Convolution with weights and bias in blobs, in groups', async () => {
    const weights = ramp(6 * 2 * 3 * 2, 0.1);
    const biases = ramp(6);
    const out: Shape = [1, 6, 3, 5];
    const [output] = await runLayer(
      'Convolution',
      [fed(input.data, input.shape)],
      [out],
      old({
        data: {
          kernel: '3,2',
          strides: '2,1',
          dilations: '1,1',
          pads_begin: '1,0',
          pads_end: '1,0',
          group: 2,
          output: 6,
        },
        blobs: { weights, biases },
      }),
    );
    const plain = convolve(input, weights, out, { kernel: [3, 2], strides: [2, 1], begin: [1, 0] }, 2);
    expectClose(
      output?.data,
      plain.map((value, index) => value + biases[Math.floor(index / 15)]!),
    );
  });

  it('Deconvolution cut to its declared size', async () => {
    const weights = ramp(4 * 2 * 4 * 4, 0.1);
    const out: Shape = [1, 2, 10, 12];
    const [output] = await runLayer(
      'Deconvolution',
      [fed(input.data, input.shape)],
      [out],
      old({
        data: {
          kernel: '4,4',
          strides: '2,2',
          dilations: '1,1',
          pads_begin: '1,1',
          pads_end: '1,1',
          group: 1,
          output: 2,
        },
        blobs: { weights },
      }),
    );
    expectClose(
      output?.data,
      convolveTransposed(input, weights, out, { kernel: [4, 4], strides: [2, 2], begin: [1, 1] }),
    );
  });

  it('FullyConnected takes all values of an image', async () => {
    const weights = ramp(2 * 120, 0.1);
    const [output] = await runLayer(
      'FullyConnected',
      [fed(input.data, input.shape)],
      [[1, 2]],
      old({
        data: { 'out-size': 2 },
        blobs: { weights, biases: [1, -1] },
      }),
    );
    const product = (row: number): number =>
      input.data.reduce((sum, value, i) => sum + value * weights[row * 120 + i]!, 0);
    expectClose(output?.data, [product(0) + 1, product(1) - 1]);
  });

  it('ScaleShift, BatchNormalization and PReLU by channel', async () => {
    const blobs = { weights: [1, 2, 3, 4], biases: [0, 1, 0, -1] };
    const shift = await runLayer('ScaleShift', [fed(input.data, input.shape)], [input.shape], old({ blobs }));
    expectClose(
      shift[0]?.data,
      input.data.map((value, i) => value * (channel(i) + 1) + [0, 1, 0, -1][channel(i)]!),
    );
    const norm = await runLayer(
      'BatchNormalization',
      [fed(input.data, input.shape)],
      [input.shape],
      old({ blobs, data: { epsilon: 0.5 } }),
    );
    expectClose(
      norm[0]?.data,
      input.data.map((value, i) => (value - [0, 1, 0, -1][channel(i)]!) / Math.sqrt(channel(i) + 1.5)),
    );
    const prelu = await runLayer(
      'PReLU',
      [fed(input.data, input.shape)],
      [input.shape],
      old({ blobs: { weights: [0.1, 0.2, 0.3, 0.4] } }),
    );
    expectClose(
      prelu[0]?.data,
      input.data.map((value, i) => (value > 0 ? value : (value * (channel(i) + 1)) / 10)),
    );
  });

  it.each<[string, Record<string, string | number>, (value: number) => number]>([
    ['ReLU', { negative_slope: 0.1 }, (v) => (v > 0 ? v : v * 0.1)],
    ['Power', { power: 2, scale: 3, shift: 1 }, (v) => (1 + 3 * v) ** 2],
    ['Clamp', { min: 0, max: 6 }, (v) => Math.min(Math.max(v, 0), 6)],
    ['ELU', { alpha: 2 }, (v) => (v > 0 ? v : 2 * (Math.exp(v) - 1))],
    ['TanH', {}, Math.tanh],
    ['Activation', { type: 'sigmoid' }, (v) => 1 / (1 + Math.exp(-v))],
    ['ReLU6', { n: 4 }, (v) => Math.min(Math.max(v, 0), 4)],
    ['Exp', {}, Math.exp],
  ])('%s', async (type, data, expected) => {
    const [output] = await runLayer(type, [fed(input.data, input.shape)], [input.shape], old({ data }));
    expectClose(output?.data, input.data.map(expected));
  });

  it.each<[string, Record<string, string>, (a: number, b: number) => number]>([
    ['sum', {}, (a, b) => a + b],
    ['sum', { coeff: '1,-2' }, (a, b) => a - 2 * b],
    ['mul', {}, (a, b) => a * b],
    ['max', {}, Math.max],
    ['squared_diff', {}, (a, b) => (a - b) ** 2],
  ])('Eltwise %s %o', async (operation, extra, expected) => {
    const other = ramp(120, -0.5);
    const inputs = [fed(input.data, input.shape), fed(other, input.shape)];
    const [output] = await runLayer('Eltwise', inputs, [input.shape], old({ data: { operation, ...extra } }));
    expectClose(
      output?.data,
      input.data.map((value, i) => expected(value, other[i]!)),
    );
  });

  it('Pooling rounds as its output is declared', async () => {
    const out: Shape = [1, 4, 3, 3];
    const data = {
      kernel: '2,2',
      strides: '2,2',
      pads_begin: '0,0',
      pads_end: '0,0',
      'pool-method': 'max',
      'exclude-pad': 'true',
    };
    const [max] = await runLayer('Pooling', [fed(input.data, input.shape)], [out], old({ data }));
    const inside = (c: number, y: number, x: number): number[] =>
      [0, 1]
        .flatMap((i) => [0, 1].map((j) => [2 * y + i, 2 * x + j] as const))
        .filter(([row]) => row < 5)
        .map(([row, column]) => at(input, 0, c, row, column));
    expectClose(
      max?.data,
      fill(out, (_n, c, y, x) => Math.max(...inside(c, y, x))),
    );
    const [avg] = await runLayer(
      'Pooling',
      [fed(input.data, input.shape)],
      [out],
      old({ data: { ...data, 'pool-method': 'avg' } }),
    );
    expectClose(
      avg?.data,
      fill(out, (_n, c, y, x) => inside(c, y, x).reduce((a, b) => a + b) / inside(c, y, x).length),
    );
  });

  it('Normalize, across the plane and not, and Norm', async () => {
    const weights = [2, 2, 2, 2];
    const one = await runLayer(
      'Normalize',
      [fed(input.data, input.shape)],
      [input.shape],
      old({ data: { across_spatial: 0, channel_shared: 0, eps: 1e-10 }, blobs: { weights } }),
    );
    const column = (i: number): number =>
      Math.sqrt([0, 1, 2, 3].reduce((sum, c) => sum + input.data[c * 30 + (i % 30)]! ** 2, 0));
    expectClose(
      one[0]?.data,
      input.data.map((value, i) => (2 * value) / column(i)),
    );
    const all = await runLayer(
      'Normalize',
      [fed(input.data, input.shape)],
      [input.shape],
      old({ data: { across_spatial: 1, eps: 1e-10 }, blobs: { weights: [3] } }),
    );
    const norm = Math.hypot(...input.data);
    expectClose(
      all[0]?.data,
      input.data.map((value) => (3 * value) / norm),
    );
    const local = await runLayer(
      'Norm',
      [fed(input.data, input.shape)],
      [input.shape],
      old({ data: { alpha: 0.3, beta: 0.75, 'local-size': 3, region: 'across', k: 1 } }),
    );
    const near = (i: number): number =>
      [-1, 0, 1].reduce((sum, d) => {
        const c = channel(i) + d;
        return c < 0 || c > 3 ? sum : sum + input.data[c * 30 + (i % 30)]! ** 2;
      }, 0);
    expectClose(
      local[0]?.data,
      input.data.map((value, i) => value / (1 + 0.1 * near(i)) ** 0.75),
    );
  });

  it('Permute, Flatten, Reshape, Split, Crop, Tile', async () => {
    const small = fed([0, 1, 2, 3, 4, 5], [1, 2, 3]);
    const permuted = await runLayer('Permute', [small], [[1, 3, 2]], old({ data: { order: '0,2,1' } }));
    expect(permuted[0]?.data).toEqual([0, 3, 1, 4, 2, 5]);
    const flat = await runLayer('Flatten', [small], [[1, 6]], old({ data: { axis: 1, end_axis: -1 } }));
    expect(flat[0]?.shape).toEqual([1, 6]);
    const parts = await runLayer(
      'Split',
      [small],
      [
        [1, 2, 1],
        [1, 2, 2],
      ],
      old({ data: { axis: 2 } }),
    );
    expect(parts.map((part) => part.data)).toEqual([
      [0, 3],
      [1, 2, 4, 5],
    ]);
    const cropped = await runLayer(
      'Crop',
      [small],
      [[1, 1, 2]],
      old({ data: { axis: '1,2', offset: '1,0', dim: '1,2' } }),
    );
    expect(cropped[0]?.data).toEqual([3, 4]);
    const tiled = await runLayer('Tile', [small], [[1, 2, 6]], old({ data: { axis: 2, tiles: 2 } }));
    expect(tiled[0]?.data).toEqual([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
  });

  it('Resample and Interp', async () => {
    const out: Shape = [1, 4, 10, 12];
    const nearest = await runLayer(
      'Resample',
      [fed(input.data, input.shape)],
      [out],
      old({ data: { type: 'caffe.ResampleParameter.NEAREST', factor: 2, antialias: 0 } }),
    );
    expectClose(
      nearest[0]?.data,
      fill(out, (_n, c, y, x) => at(input, 0, c, y >> 1, x >> 1)),
    );
    const aligned = await runLayer(
      'Interp',
      [fed([0, 3], [1, 1, 1, 2])],
      [[1, 1, 1, 4]],
      old({ data: { align_corners: 1, pad_beg: 0, pad_end: 0 } }),
    );
    expectClose(aligned[0]?.data, [0, 1, 2, 3]);
  });

  it('PriorBox takes the sizes of its inputs', async () => {
    const ir = new IrBuilder(3);
    const map = ir.parameter('map', [1, 1, 1, 2]);
    const image = ir.parameter('image', [1, 3, 10, 20]);
    const [out] = ir.layer('PriorBox', [map, image], [[1, 2, 8]], {
      name: 'out',
      data: { min_size: '10', clip: 0, step: 0, offset: 0.5, flip: 1, variance: '0.1' },
    });
    ir.result(out!);
    const result = await runIr(ir, {
      map: { data: [0, 0], shape: [1, 1, 1, 2] },
      image: { data: new Array<number>(600).fill(0), shape: [1, 3, 10, 20] },
    });
    expect(result['out']?.shape).toEqual([1, 2, 8]);
    expectClose(result['out']?.data.slice(0, 8), [0, 0, 0.5, 1, 0.5, 0, 1, 1]);
  });
});

describe('means of old formats', () => {
  const build = (means: string): IrBuilder => {
    const ir = new IrBuilder(3);
    const x = ir.parameter('data', [1, 3, 1, 2]);
    ir.layer('Copy', [x], [[1, 3, 1, 2]], { name: 'out' });
    ir.extra = `<pre-process reference-layer-name="data" mean-precision="FP32">${means}</pre-process>`;
    return ir;
  };
  const feeds = { data: { data: [1, 2, 3, 4, 5, 6], shape: [1, 3, 1, 2] } };

  it('are subtracted, one a channel', async () => {
    const channels = [1, 2, 3].map((value, id) => `<channel id="${id}"><mean value="${value}"/></channel>`);
    const result = await runIr(build(channels.join('')), feeds);
    expect(result['out']?.data).toEqual([0, 1, 1, 2, 2, 3]);
  });

  it('are subtracted as images', async () => {
    const ir = build('');
    const places = [
      [1, 2],
      [3, 4],
      [5, 6],
    ].map((values) => ir.store(new Uint8Array(Float32Array.from(values).buffer)));
    const channels = places.map(
      ({ offset, size }, id) => `<channel id="${id}"><mean offset="${offset}" size="${size}"/></channel>`,
    );
    ir.extra = `<pre-process mean-precision="FP32">${channels.join('')}</pre-process>`;
    const result = await runIr(ir, feeds);
    expect(result['out']?.data).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('for an input that is not there are an error', () => {
    const ir = build('');
    ir.extra = '<pre-process reference-layer-name="other"/>';
    return expect(runIr(ir, feeds)).rejects.toThrow(/<pre-process> section for the input "other"/);
  });
});

describe('layers of v3 to v7 that differ from their successors', () => {
  const small = fed([0, 1, 2, 3, 4, 5], [2, 3]);

  it('StridedSlice: a mask of 0 ignores the bound', async () => {
    const slice = async (begin: string, end: string, out: number[]): Promise<readonly number[] | undefined> => {
      const ir = new IrBuilder(7);
      const x = ir.parameter('x', [2, 3]);
      const inputs = [
        [1, 1],
        [2, 2],
        [1, 1],
      ].map((values) => {
        const { offset, size } = ir.store(new Uint8Array(Int32Array.from(values).buffer));
        return constant(ir, offset, size);
      });
      const [y] = ir.layer('StridedSlice', [x, ...inputs], [out], {
        name: 'y',
        data: { begin_mask: begin, end_mask: end, new_axis_mask: '0,0', shrink_axis_mask: '0,0', ellipsis_mask: '0,0' },
      });
      ir.result(y!);
      return (await runIr(ir, { x: { data: [0, 1, 2, 3, 4, 5], shape: [2, 3] } }))['y']?.data;
    };
    expect(await slice('1,1', '1,1', [1, 1])).toEqual([4]);
    expect(await slice('0,1', '1,0', [2, 2])).toEqual([1, 2, 4, 5]);
  });

  it('OneHot takes depth and values as attributes', async () => {
    const [output] = await runLayer(
      'OneHot',
      [fed([2, 0, 5], [3], 'i32')],
      [[3, 3]],
      old({ data: { depth: 3, on_value: 'True', off_value: '-1.0', axis: -1 } }),
    );
    expect(output?.data).toEqual([-1, -1, 1, 1, -1, -1, -1, -1, -1]);
  });

  it('Eltwise compares and joins truths', async () => {
    const eltwise = async (operation: string): Promise<readonly number[] | undefined> =>
      (
        await runLayer('Eltwise', [fed([0, 1, 2, 0], [4]), fed([0, 1, 1, 3], [4])], [[4]], old({ data: { operation } }))
      )[0]?.data;
    expect(await eltwise('not_equal')).toEqual([0, 0, 1, 1]);
    expect(await eltwise('logical_and')).toEqual([0, 1, 1, 0]);
    expect(await eltwise('logical_or')).toEqual([0, 1, 1, 1]);
    expect(await eltwise('logical_xor')).toEqual([0, 0, 0, 1]);
    expect(await eltwise('floor_mod')).toEqual([NaN, 0, 0, 0]);
  });

  it('Pad mirrors with the border repeated', async () => {
    const [output] = await runLayer(
      'Pad',
      [small],
      [[2, 6]],
      old({ data: { pads_begin: '0,1', pads_end: '0,2', pad_mode: 'symmetric' } }),
    );
    expect(output?.data).toEqual([0, 0, 1, 2, 2, 1, 3, 3, 4, 5, 5, 4]);
  });

  it('NonMaxSuppression keeps all boxes of a class unless told', async () => {
    const boxes = [0, 0, 1, 1, 0, 0, 1, 0.9, 2, 2, 3, 3];
    const [output] = await runLayer(
      'NonMaxSuppression',
      [fed(boxes, [1, 3, 4]), fed([0.5, 0.9, 0.7], [1, 1, 3])],
      [[3, 3]],
      old({ types: ['i32'], data: { center_point_box: 0 } }),
    );
    expect(output?.data).toEqual([0, 0, 1, 0, 0, 2, 0, 0, 0]);
  });

  it('DepthToSpace without a mode takes blocks first', async () => {
    const [output] = await runLayer(
      'DepthToSpace',
      [fed([0, 1, 2, 3], [1, 4, 1, 1])],
      [[1, 1, 2, 2]],
      old({ data: { block_size: 2 } }),
    );
    expect(output?.data).toEqual([0, 1, 2, 3]);
  });

  it('Quantize is FakeQuantize', async () => {
    const bound = (value: number): ReturnType<typeof fed> => fed([value], [1]);
    const [output] = await runLayer(
      'Quantize',
      [fed([-1, 0.2, 0.4, 2], [4]), bound(0), bound(1), bound(0), bound(2)],
      [[4]],
      old({ data: { levels: 3 } }),
    );
    expect(output?.data).toEqual([0, 0, 1, 2]);
  });

  it.each<[string, number[], string, (a: number, b: number, c: number) => number]>([
    ['ReduceAnd', [1, 0, 1, 1, 1, 1], 'f32', (a, b, c) => (a && b && c ? 1 : 0)],
    ['ReduceOr', [0, 0, 0, 0, 1, 0], 'f32', (a, b, c) => (a || b || c ? 1 : 0)],
    ['ReduceLogSum', [1, 2, 3, 4, 5, 6], 'f32', (a, b, c) => Math.log(a + b + c)],
    ['ReduceLogSumExp', [1, 2, 3, 4, 5, 6], 'f32', (a, b, c) => Math.log(Math.exp(a) + Math.exp(b) + Math.exp(c))],
    ['ReduceSumSquare', [1, 2, 3, 4, 5, 6], 'f32', (a, b, c) => a * a + b * b + c * c],
  ])('%s', async (type, values, kind, reduce) => {
    const ir = new IrBuilder(6);
    const x = ir.parameter('x', [2, 3]);
    const { offset, size } = ir.store(new Uint8Array(Int32Array.of(1).buffer));
    const [y] = ir.layer(type, [x, constant(ir, offset, size)], [[2, 1]], {
      name: 'y',
      types: [kind],
      data: { keep_dims: 'True' },
    });
    ir.result(y!);
    const result = await runIr(ir, { x: { data: values, shape: [2, 3] } });
    expect(result['y']?.shape).toEqual([2, 1]);
    const rows = [values.slice(0, 3), values.slice(3)] as [number, number, number][];
    expectClose(
      result['y']?.data,
      rows.map(([a, b, c]) => reduce(a, b, c)),
    );
  });

  it('Shape, and Fill with a value', async () => {
    const ir = new IrBuilder(7);
    const x = ir.parameter('x', [2, 3]);
    const value = ir.parameter('value', []);
    const [shape] = ir.layer('Shape', [x], [[2]], { types: ['i32'] });
    const [filled] = ir.layer('Fill', [shape!, value], [[2, 3]]);
    const [sum] = ir.layer('Eltwise', [filled!, x], [[2, 3]], { name: 'y', data: { operation: 'sum' } });
    ir.result(sum!);
    const result = await runIr(ir, {
      x: { data: [0, 1, 2, 3, 4, 5], shape: [2, 3] },
      value: { data: [7], shape: [] },
    });
    expect(result['y']?.data).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it('cells of recurrent networks are refused by name', () => {
    const ir = new IrBuilder(5);
    const x = ir.parameter('x', [1, 2]);
    const [y] = ir.layer('GRUCell', [x, x], [[1, 2]], { name: 'cell', data: { hidden_size: 2 } });
    ir.result(y!);
    expect(() => translate(ir)).toThrow(/cannot be translated to ONNX:\n {2}GRUCell layer "cell"/);
  });
});

/** A Const layer of v7 with values at a place in the weights. */
function constant(ir: IrBuilder, offset: number, size: number): IrPort {
  const [port] = ir.layer('Const', [], [[size / 4]], { types: ['i32'], custom: { offset, size, precision: 'I32' } });
  return port!;
}
