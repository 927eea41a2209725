import { describe, expect, it } from 'vitest';
import { IrBuilder, ramp, runIr, translate, type IrPort } from './ir-builder.js';

describe('sizes that follow from the input\u2019s', () => {
  it('are computed beforehand, and the batch stays open', async () => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [1, 1, 2, 3]);
    const i64 = (values: number[], shape: number[] = [values.length]): IrPort => ir.constant(values, shape, 'i64');
    const one = (
      type: string,
      inputs: IrPort[],
      shape: number[],
      data: Record<string, string> = {},
      kind = 'f32',
    ): IrPort =>
      ir.layer(type, inputs, [shape], { types: [kind], data, opset: type === 'Gather' ? 'opset8' : 'opset1' })[0]!;
    const shape = ir.layer('ShapeOf', [x], [[4]], { opset: 'opset3', types: ['i64'] })[0]!;
    const plane = one('Gather', [shape, i64([2, 3]), i64([0], [])], [2], {}, 'i64');
    const real = one('Convert', [plane], [2], { destination_type: 'f32' });
    const scaled = one('Multiply', [real, ir.constant([2.5], [1])], [2]);
    const whole = one('Floor', [scaled], [2]);
    const sizes = one('Convert', [whole], [2], { destination_type: 'i64' }, 'i64');
    const [out] = ir.layer('Interpolate', [x, sizes, ir.constant([1, 1], [2]), i64([2, 3])], [[1, 1, 5, 7]], {
      name: 'y',
      opset: 'opset4',
      data: {
        mode: 'nearest',
        shape_calculation_mode: 'sizes',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'simple',
      },
    });
    ir.result(out!);
    expect(translate(ir).anyBatch).toBe(true);
    const result = await runIr(ir, { x: { data: ramp(12), shape: [2, 1, 2, 3] } });
    expect(result['y']?.shape).toEqual([2, 1, 5, 7]);
  });

  it('feed prior boxes', async () => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [1, 1, 2, 2]);
    const bounds = (value: number): IrPort => ir.constant([value], [1], 'i64');
    const shape = ir.layer('ShapeOf', [x], [[4]], { types: ['i64'] })[0]!;
    const plane = ir.layer('StridedSlice', [shape, bounds(2), bounds(0), bounds(1)], [[2]], {
      types: ['i64'],
      data: { begin_mask: '0', end_mask: '1' },
    })[0]!;
    const [boxes] = ir.layer('PriorBox', [plane, plane], [[2, 16]], {
      data: { min_size: '1', offset: 0.5, step: 0, clip: 0 },
    });
    const [out] = ir.layer('Unsqueeze', [boxes!, bounds(0)], [[1, 2, 16]], { name: 'y' });
    ir.result(out!);
    const result = await runIr(ir, { x: { data: [0, 0, 0, 0], shape: [1, 1, 2, 2] } });
    expect(result['y']?.data.slice(0, 8)).toEqual([0, 0, 0.5, 0.5, 0.5, 0, 1, 0.5]);
  });

  it('feed prior boxes also where the batch is open', async () => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [-1, 1, 2, 2]);
    const bounds = (value: number): IrPort => ir.constant([value], [1], 'i64');
    const shape = ir.layer('ShapeOf', [x], [[4]], { types: ['i64'] })[0]!;
    const mask = { begin_mask: '0', end_mask: '0' };
    const plane = ir.layer('StridedSlice', [shape, bounds(2), bounds(4), bounds(1)], [[2]], {
      types: ['i64'],
      data: mask,
    })[0]!;
    const [boxes] = ir.layer('PriorBox', [plane, plane], [[2, 16]], {
      name: 'boxes',
      data: { min_size: '1', offset: 0.5, step: 0, clip: 0 },
    });
    ir.result(boxes!);
    const batch = ir.layer('StridedSlice', [shape, bounds(0), bounds(1), bounds(1)], [[1]], {
      types: ['i64'],
      data: mask,
    })[0]!;
    const target = ir.layer('Concat', [batch, ir.constant([-1], [1], 'i64')], [[2]], {
      types: ['i64'],
      data: { axis: 0 },
    })[0]!;
    ir.result(ir.layer('Reshape', [x, target], [[-1, 4]], { name: 'flat', data: { special_zero: 'true' } })[0]!);
    const result = await runIr(ir, { x: { data: ramp(12), shape: [3, 1, 2, 2] } });
    expect(result['boxes']?.shape).toEqual([2, 16]);
    expect(result['flat']?.shape).toEqual([3, 4]);
  });

  it.each<[string, number[], number[], number[]]>([
    ['Divide', [7, 9], [2, 2], [3, 4]],
    ['FloorMod', [7, 9], [2, 5], [1, 4]],
    ['Maximum', [7, 1], [2, 2], [7, 2]],
    ['Subtract', [7, 9], [2, 2], [5, 7]],
  ])('%s of constants is a constant', async (type, left, right, expected) => {
    const ir = new IrBuilder();
    const x = ir.parameter('x', [2], 'i64');
    const [made] = ir.layer(type, [ir.constant(left, [2], 'i64'), ir.constant(right, [2], 'i64')], [[2]], {
      types: ['i64'],
    });
    const [sum] = ir.layer('Add', [x, made!], [[2]], { name: 'y', types: ['i64'] });
    ir.result(sum!);
    const result = await runIr(ir, { x: { data: [0, 0], shape: [2], type: 'int64' } });
    expect(result['y']?.data).toEqual(expected);
  });
});
