import { describe, expect, it } from 'vitest';
import { fed, fixed, IrBuilder, ints, ramp, runIr, runLayer } from './ir-builder.js';
import { at, convolve, convolveTransposed, fill, under, type Planes, type Window } from './reference.js';

type Shape = readonly [number, number, number, number];

const expectClose = (actual: readonly number[] | undefined, expected: readonly number[]): void => {
  expect(actual?.length).toBe(expected.length);
  // Sums of some dozen single-precision products of size 25.
  for (const [index, value] of expected.entries())
    expect(Math.abs((actual?.[index] ?? NaN) - value)).toBeLessThan(2e-4);
};

const planes = (shape: Shape): Planes => ({ data: ramp(shape.reduce((a, b) => a * b)), shape });

describe('convolutions', () => {
  const input = planes([2, 4, 6, 5]);
  const weights = ramp(3 * 4 * 3 * 2, 0.1);

  it('with strides, dilations and uneven padding', async () => {
    const window: Window = { kernel: [3, 2], strides: [2, 1], dilations: [1, 2], begin: [1, 0] };
    const out: Shape = [2, 3, 3, 4];
    const [output] = await runLayer(
      'Convolution',
      [fed(input.data, input.shape), fixed(weights, [3, 4, 3, 2])],
      [out],
      {
        data: { strides: '2,1', dilations: '1,2', pads_begin: '1,0', pads_end: '0,1' },
      },
    );
    expectClose(output?.data, convolve(input, weights, out, window));
  });

  it.each([
    ['same_upper', [0, 0]],
    ['same_lower', [1, 1]],
  ] as const)('auto_pad %s', async (mode, begin) => {
    const out: Shape = [2, 3, 3, 5];
    const [output] = await runLayer(
      'Convolution',
      [fed(input.data, input.shape), fixed(weights, [3, 4, 3, 2])],
      [out],
      {
        data: { strides: '2,1', dilations: '1,1', pads_begin: '9,9', pads_end: '9,9', auto_pad: mode },
      },
    );
    expectClose(output?.data, convolve(input, weights, out, { kernel: [3, 2], strides: [2, 1], begin }));
  });

  it('auto_pad valid', async () => {
    const out: Shape = [2, 3, 4, 4];
    const [output] = await runLayer(
      'Convolution',
      [fed(input.data, input.shape), fixed(weights, [3, 4, 3, 2])],
      [out],
      {
        data: { strides: '1,1', dilations: '1,1', pads_begin: '9,9', pads_end: '9,9', auto_pad: 'valid' },
      },
    );
    expectClose(output?.data, convolve(input, weights, out, { kernel: [3, 2] }));
  });

  it('in groups', async () => {
    const grouped = ramp(2 * 3 * 2 * 3 * 3, 0.1);
    const out: Shape = [2, 6, 4, 3];
    const [output] = await runLayer(
      'GroupConvolution',
      [fed(input.data, input.shape), fixed(grouped, [2, 3, 2, 3, 3])],
      [out],
      {
        data: { strides: '1,1', dilations: '1,1', pads_begin: '0,0', pads_end: '0,0' },
      },
    );
    expectClose(output?.data, convolve(input, grouped, out, { kernel: [3, 3] }, 2));
  });

  it('of one axis', async () => {
    const line = planes([1, 2, 1, 7]);
    const [output] = await runLayer(
      'Convolution',
      [fed(line.data, [1, 2, 7]), fixed(ramp(6), [1, 2, 3])],
      [[1, 1, 3]],
      {
        data: { strides: '2', dilations: '1', pads_begin: '0', pads_end: '0' },
      },
    );
    expectClose(output?.data, convolve(line, ramp(6), [1, 1, 1, 3], { kernel: [1, 3], strides: [1, 2] }));
  });

  it('transposed, with padding and output padding', async () => {
    const turned = ramp(4 * 3 * 3 * 3, 0.1);
    const out: Shape = [2, 3, 12, 9];
    const [output] = await runLayer(
      'ConvolutionBackpropData',
      [fed(input.data, input.shape), fixed(turned, [4, 3, 3, 3])],
      [out],
      {
        data: { strides: '2,2', dilations: '1,1', pads_begin: '1,1', pads_end: '1,1', output_padding: '1,0' },
      },
    );
    expectClose(
      output?.data,
      convolveTransposed(input, turned, out, { kernel: [3, 3], strides: [2, 2], begin: [1, 1] }),
    );
  });

  it.each([
    ['same_upper', 1],
    ['same_lower', 0],
    ['explicit', 0],
  ])('transposed to a given size, auto_pad %s', async (mode, begin) => {
    const turned = ramp(4 * 3 * 3 * 3, 0.1);
    const out: Shape = [2, 3, 12, 10];
    const inputs = [fed(input.data, input.shape), fixed(turned, [4, 3, 3, 3]), ints(12, 10)];
    const [output] = await runLayer('ConvolutionBackpropData', inputs, [out], {
      data: { strides: '2,2', dilations: '1,1', pads_begin: '0,0', pads_end: '0,0', auto_pad: mode },
    });
    const window: Window = { kernel: [3, 3], strides: [2, 2], begin: [begin, begin] };
    expectClose(output?.data, convolveTransposed(input, turned, out, window));
  });

  it('transposed to a size that is larger than the windows reach', async () => {
    const turned = ramp(4 * 1 * 2 * 2, 0.1);
    const out: Shape = [2, 1, 13, 11];
    const inputs = [fed(input.data, input.shape), fixed(turned, [4, 1, 2, 2]), ints(13, 11)];
    const [output] = await runLayer('ConvolutionBackpropData', inputs, [out], {
      data: { strides: '2,2', dilations: '1,1', auto_pad: 'explicit' },
    });
    expectClose(output?.data, convolveTransposed(input, turned, out, { kernel: [2, 2], strides: [2, 2] }));
  });

  it('transposed in groups', async () => {
    const turned = ramp(2 * 2 * 3 * 2 * 2, 0.1);
    const out: Shape = [2, 6, 12, 10];
    const [output] = await runLayer(
      'GroupConvolutionBackpropData',
      [fed(input.data, input.shape), fixed(turned, [2, 2, 3, 2, 2])],
      [out],
      {
        data: { strides: '2,2', dilations: '1,1', pads_begin: '0,0', pads_end: '0,0' },
      },
    );
    expectClose(output?.data, convolveTransposed(input, turned, out, { kernel: [2, 2], strides: [2, 2] }, 2));
  });

  it('of bits', async () => {
    const bits = [1, 0, 1, 1, 0, 0, 1, 0];
    const out: Shape = [2, 1, 6, 5];
    const ir = new IrBuilder();
    const data = ir.parameter('data', input.shape);
    const weights = ir.constant([0b10110010, 0b11110000], [1, 4, 2, 2], 'u1');
    const [made] = ir.layer('BinaryConvolution', [data, weights], [out], {
      name: 'out',
      data: {
        strides: '1,1',
        dilations: '1,1',
        pads_begin: '0,0',
        pads_end: '1,1',
        pad_value: -1,
        mode: 'xnor-popcount',
      },
    });
    ir.result(made!);
    const signs = [...bits, 1, 1, 1, 1, 0, 0, 0, 0].map((bit) => 2 * bit - 1);
    const binary: Planes = { ...input, data: input.data.map((value) => (value > 0 ? 1 : -1)) };
    const expected = fill(out, (n, _o, y, x) => {
      let sum = 0;
      for (let c = 0; c < 4; c++)
        for (let i = 0; i < 4; i++) {
          const [row, column] = [y + (i >> 1), x + (i & 1)];
          const value = row >= 6 || column >= 5 ? -1 : at(binary, n, c, row, column);
          sum += value * signs[c * 4 + i]!;
        }
      return sum;
    });
    const result = await runIr(ir, { data: { data: input.data, shape: input.shape } });
    expectClose(result['out']?.data, expected);
  });

  it('deformed by no offset, as without', async () => {
    const offsets = fed(new Array<number>(2 * 8 * 5 * 4).fill(0), [2, 8, 5, 4]);
    const kernel = ramp(3 * 4 * 2 * 2, 0.1);
    const out: Shape = [2, 3, 5, 4];
    const inputs = [fed(input.data, input.shape), offsets, fixed(kernel, [3, 4, 2, 2])];
    const [output] = await runLayer('DeformableConvolution', inputs, [out], {
      opset: 'opset8',
      data: { strides: '1,1', dilations: '1,1', pads_begin: '0,0', pads_end: '0,0', deformable_group: 1, group: 1 },
    });
    expectClose(output?.data, convolve(input, kernel, out, { kernel: [2, 2] }));
  });
});

describe('poolings', () => {
  const input = planes([2, 2, 6, 7]);
  const mean = (values: readonly number[], count = values.length): number => values.reduce((a, b) => a + b, 0) / count;

  it.each([
    ['floor', [2, 2, 3, 4]],
    ['ceil', [2, 2, 4, 4]],
  ] as const)('MaxPool rounds %s', async (rounding, out) => {
    const window: Window = { kernel: [3, 2], strides: [2, 2], begin: [1, 1] };
    const [output] = await runLayer('MaxPool', [fed(input.data, input.shape)], [out], {
      data: { kernel: '3,2', strides: '2,2', pads_begin: '1,1', pads_end: '1,0', rounding_type: rounding },
    });
    expect(output?.shape).toEqual(out);
    expectClose(
      output?.data,
      fill(out, (n, c, y, x) => Math.max(...under(input, n, c, y, x, window, [1, 0]).values)),
    );
  });

  it('MaxPool with dilations and positions', async () => {
    const out: Shape = [2, 2, 4, 5];
    const window: Window = { kernel: [2, 2], dilations: [2, 2] };
    const [values, positions] = await runLayer('MaxPool', [fed(input.data, input.shape)], [out, out], {
      opset: 'opset8',
      types: ['f32', 'i64'],
      data: { kernel: '2,2', strides: '1,1', pads_begin: '0,0', pads_end: '0,0', dilations: '2,2', axis: 2 },
    });
    expectClose(
      values?.data,
      fill(out, (n, c, y, x) => Math.max(...under(input, n, c, y, x, window).values)),
    );
    for (const [index, position] of (positions?.data ?? []).entries()) {
      const plane = Math.floor(index / 20);
      expect(input.data[plane * 42 + position]).toBeCloseTo(values?.data[index] ?? NaN, 5);
    }
  });

  it.each([
    [true, 'floor', [2, 2, 3, 3]],
    [false, 'floor', [2, 2, 3, 3]],
    [true, 'ceil', [2, 2, 4, 4]],
    [false, 'ceil', [2, 2, 4, 4]],
  ] as const)('AvgPool, exclude-pad %s, rounding %s', async (exclude, rounding, out) => {
    const window: Window = { kernel: [3, 4], strides: [2, 2], begin: [1, 1] };
    const [output] = await runLayer('AvgPool', [fed(input.data, input.shape)], [out], {
      data: {
        kernel: '3,4',
        strides: '2,2',
        pads_begin: '1,1',
        pads_end: '1,1',
        rounding_type: rounding,
        'exclude-pad': exclude,
      },
    });
    const expected = fill(out, (n, c, y, x) => {
      const { values, padded } = under(input, n, c, y, x, window, [1, 1]);
      return mean(values, exclude ? values.length : padded);
    });
    expectClose(output?.data, expected);
  });

  it('ceil_torch drops a window that begins in the padding', async () => {
    const small = planes([1, 1, 3, 3]);
    const options = {
      opset: 'opset14',
      data: { kernel: '2,2', strides: '2,2', pads_begin: '1,1', pads_end: '1,1', rounding_type: 'ceil_torch' },
    };
    const [output] = await runLayer(
      'MaxPool',
      [fed([1, 2, 3, 4, 5, 6, 7, 8, 9], small.shape)],
      [[1, 1, 2, 2]],
      options,
    );
    expect(output?.data).toEqual([1, 3, 7, 9]);
  });

  it.each([
    ['AdaptiveAvgPool', [3, 7]],
    ['AdaptiveAvgPool', [4, 3]],
    ['AdaptiveAvgPool', [1, 1]],
    ['AdaptiveMaxPool', [4, 3]],
    ['AdaptiveMaxPool', [1, 1]],
  ] as const)('%s to %o', async (type, [h, w]) => {
    const out: Shape = [2, 2, h, w];
    const [output] = await runLayer(type, [fed(input.data, input.shape), ints(h, w)], [out], { opset: 'opset8' });
    const expected = fill(out, (n, c, y, x) => {
      const values: number[] = [];
      for (let i = Math.floor((y * 6) / h); i < Math.ceil(((y + 1) * 6) / h); i++)
        for (let j = Math.floor((x * 7) / w); j < Math.ceil(((x + 1) * 7) / w); j++) values.push(at(input, n, c, i, j));
      return type === 'AdaptiveAvgPool' ? mean(values) : Math.max(...values);
    });
    expectClose(output?.data, expected);
  });
});

describe('windows over an image whose size is open', () => {
  const input = planes([1, 2, 6, 7]);
  const run = async (
    type: string,
    weights: Shape | null,
    data: Record<string, string | boolean>,
    opset = 'opset1',
  ): Promise<Record<string, { shape: readonly number[]; data: readonly number[] } | undefined>> => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [1, 2, -1, -1]);
    const inputs =
      weights === null
        ? [x]
        : [
            x,
            ir.constant(
              ramp(
                weights.reduce((a, b) => a * b),
                0.1,
              ),
              weights,
            ),
          ];
    const [y] = ir.layer(type, inputs, [[1, 2, -1, -1]], { name: 'y', opset, data });
    ir.result(y!);
    return runIr(ir, { x: { data: input.data, shape: input.shape } });
  };

  it.each(['same_upper', 'same_lower'])('a convolution padded by %s', async (mode) => {
    const weights: Shape = [2, 2, 2, 3];
    const result = await run('Convolution', weights, {
      strides: '2,1',
      dilations: '1,1',
      pads_begin: '0,0',
      pads_end: '0,0',
      auto_pad: mode,
    });
    // Height: 3 rows of 2 over 6; width: 7 of 3 over 7, one value on each side.
    const expected = convolve(input, ramp(24, 0.1), [1, 2, 3, 7], { kernel: [2, 3], strides: [2, 1], begin: [0, 1] });
    expect(result['y']?.shape).toEqual([1, 2, 3, 7]);
    expectClose(result['y']?.data, expected);
  });

  it('poolings', async () => {
    const window = { kernel: '3,3', strides: '2,2', pads_begin: '0,0', pads_end: '0,0', rounding_type: 'floor' };
    const shape: Shape = [1, 2, 3, 4];
    // Height 6: 5 are needed, one behind; width 7: 9 are needed, one on each side.
    const view: Window = { kernel: [3, 3], strides: [2, 2], begin: [0, 1] };
    const largest = await run('MaxPool', null, { ...window, auto_pad: 'same_upper' });
    expectClose(
      largest['y']?.data,
      fill(shape, (n, c, y, x) => Math.max(...under(input, n, c, y, x, view, [1, 1]).values)),
    );
    for (const excluded of [true, false]) {
      const means = await run('AvgPool', null, { ...window, auto_pad: 'same_upper', 'exclude-pad': excluded });
      expectClose(
        means['y']?.data,
        fill(shape, (n, c, y, x) => {
          const { values, padded } = under(input, n, c, y, x, view, [1, 1]);
          return values.reduce((a, b) => a + b) / (excluded ? values.length : padded);
        }),
      );
    }
  });

  it('an adaptive pooling to one value', async () => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [1, 2, -1, -1]);
    const [y] = ir.layer('AdaptiveAvgPool', [x, ir.constant([1, 1], [2], 'i64')], [[1, 2, 1, 1]], {
      name: 'y',
      opset: 'opset8',
    });
    ir.result(y!);
    const result = await runIr(ir, { x: { data: input.data, shape: input.shape } });
    const means = [0, 1].map((c) => input.data.slice(c * 42, c * 42 + 42).reduce((a, b) => a + b) / 42);
    expectClose(result['y']?.data, means);
  });
});

describe('Interpolate', () => {
  const input = planes([1, 2, 3, 4]);
  const clamp = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);
  const coordinates: Record<string, (x: number, scale: number, length: number, count: number) => number> = {
    half_pixel: (x, scale) => (x + 0.5) / scale - 0.5,
    pytorch_half_pixel: (x, scale, _length, count) => (count > 1 ? (x + 0.5) / scale - 0.5 : 0),
    asymmetric: (x, scale) => x / scale,
    tf_half_pixel_for_nn: (x, scale) => (x + 0.5) / scale,
    align_corners: (x, _scale, length, count) => (count === 1 ? 0 : (x * (length - 1)) / (count - 1)),
  };
  const rounding: Record<string, (x: number, shrinks: boolean) => number> = {
    round_prefer_floor: (x) => Math.ceil(x - 0.5),
    round_prefer_ceil: (x) => Math.floor(x + 0.5),
    floor: (x) => Math.floor(x),
    ceil: (x) => Math.ceil(x),
    simple: (x, shrinks) => (shrinks ? Math.ceil(x) : Math.trunc(x)),
  };
  const linear = (mode: string, h: number, w: number): number[] =>
    fill([1, 2, h, w], (n, c, y, x) => {
      const cy = coordinates[mode]!(y, h / 3, 3, h);
      const cx = coordinates[mode]!(x, w / 4, 4, w);
      const [y0, x0] = [Math.floor(cy), Math.floor(cx)];
      const value = (i: number, j: number): number => at(input, n, c, clamp(i, 3), clamp(j, 4));
      const [fy, fx] = [cy - y0, cx - x0];
      return (
        (value(y0, x0) * (1 - fx) + value(y0, x0 + 1) * fx) * (1 - fy) +
        (value(y0 + 1, x0) * (1 - fx) + value(y0 + 1, x0 + 1) * fx) * fy
      );
    });

  const cases = Object.keys(coordinates).flatMap((mode) =>
    Object.keys(rounding).map((nearest) => [mode, nearest] as const),
  );
  it.each(cases)('nearest, %s, %s', async (mode, nearest) => {
    for (const [h, w] of [
      [6, 8],
      [5, 2],
      [2, 7],
    ] as const) {
      const inputs = [fed(input.data, input.shape), ints(h, w), fixed([1, 1], [2]), ints(2, 3)];
      const [output] = await runLayer('Interpolate', inputs, [[1, 2, h, w]], {
        opset: 'opset4',
        data: {
          mode: 'nearest',
          shape_calculation_mode: 'sizes',
          coordinate_transformation_mode: mode,
          nearest_mode: nearest,
        },
      });
      const expected = fill([1, 2, h, w], (n, c, y, x) => {
        const row = rounding[nearest]!(coordinates[mode]!(y, h / 3, 3, h), h < 3);
        const column = rounding[nearest]!(coordinates[mode]!(x, w / 4, 4, w), w < 4);
        return at(input, n, c, clamp(row, 3), clamp(column, 4));
      });
      expectClose(output?.data, expected);
    }
  });

  it.each(['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners'])('linear, %s', async (mode) => {
    for (const kind of ['linear', 'linear_onnx']) {
      const inputs = [fed(input.data, input.shape), ints(5, 7), fixed([1, 1], [2]), ints(2, 3)];
      const [output] = await runLayer('Interpolate', inputs, [[1, 2, 5, 7]], {
        opset: 'opset4',
        data: { mode: kind, shape_calculation_mode: 'sizes', coordinate_transformation_mode: mode },
      });
      expectClose(output?.data, linear(mode, 5, 7));
    }
  });

  it('by scales, of opset 11, over all axes', async () => {
    const inputs = [fed(input.data, input.shape), fixed([1, 1, 2, 2], [4])];
    const [output] = await runLayer('Interpolate', inputs, [[1, 2, 6, 8]], {
      opset: 'opset11',
      data: { mode: 'linear_onnx', shape_calculation_mode: 'scales' },
    });
    expectClose(output?.data, linear('half_pixel', 6, 8));
  });

  it('cubic with a coefficient of its own', async () => {
    const a = -0.5;
    const weight = (t: number): number => {
      const s = Math.abs(t);
      if (s <= 1) return (a + 2) * s ** 3 - (a + 3) * s ** 2 + 1;
      return s < 2 ? a * s ** 3 - 5 * a * s ** 2 + 8 * a * s - 4 * a : 0;
    };
    const inputs = [fed(input.data, input.shape), ints(6, 8), fixed([1, 1], [2]), ints(2, 3)];
    const [output] = await runLayer('Interpolate', inputs, [[1, 2, 6, 8]], {
      opset: 'opset4',
      data: { mode: 'cubic', shape_calculation_mode: 'sizes', cube_coeff: a },
    });
    const expected = fill([1, 2, 6, 8], (n, c, y, x) => {
      const [cy, cx] = [(y + 0.5) / 2 - 0.5, (x + 0.5) / 2 - 0.5];
      let sum = 0;
      for (let i = -1; i < 3; i++)
        for (let j = -1; j < 3; j++) {
          const [row, column] = [Math.floor(cy) + i, Math.floor(cx) + j];
          sum += at(input, n, c, clamp(row, 3), clamp(column, 4)) * weight(cy - row) * weight(cx - column);
        }
      return sum;
    });
    expectClose(output?.data, expected);
  });

  it('pads with zeros first', async () => {
    const inputs = [fed([1, 2], [1, 1, 1, 2]), ints(1, 8), fixed([1, 1], [2]), ints(2, 3)];
    const [output] = await runLayer('Interpolate', inputs, [[1, 1, 1, 8]], {
      opset: 'opset4',
      data: { mode: 'nearest', shape_calculation_mode: 'sizes', pads_begin: '0,0,0,1', pads_end: '0,0,0,1' },
    });
    expect(output?.data).toEqual([0, 0, 1, 1, 2, 2, 0, 0]);
  });

  it('of opset 1 aligns corners, or takes the value before', async () => {
    const aligned = await runLayer('Interpolate', [fed(input.data, input.shape), ints(5, 7)], [[1, 2, 5, 7]], {
      data: { axes: '2,3', mode: 'linear', align_corners: 'true' },
    });
    expectClose(aligned[0]?.data, linear('align_corners', 5, 7));
    const plain = await runLayer('Interpolate', [fed(input.data, input.shape), ints(5, 7)], [[1, 2, 5, 7]], {
      data: { axes: '2,3', mode: 'linear', align_corners: 'false' },
    });
    expectClose(plain[0]?.data, linear('asymmetric', 5, 7));
    const nearest = await runLayer('Interpolate', [fed(input.data, input.shape), ints(6, 8)], [[1, 2, 6, 8]], {
      data: { axes: '2,3', mode: 'nearest', align_corners: 'false' },
    });
    expectClose(
      nearest[0]?.data,
      fill([1, 2, 6, 8], (n, c, y, x) => at(input, n, c, y >> 1, x >> 1)),
    );
  });
});
