import { IrBuilder } from './ir-builder.js';

/**
 * A classifier of two classes: how bright the left half of a 16 x 16 image is, and the right half.
 *
 * @param extra put before the end of `<net>`: `rt_info`
 * @param mean of each channel, subtracted first
 */
export function halvesIr(extra = '', mean?: readonly number[]): { xml: string; bin: Uint8Array } {
  const ir = new IrBuilder();
  ir.extra = extra;
  const data = ir.parameter('data', [1, 3, 16, 16]);
  const [x] =
    mean === undefined ? [data] : ir.layer('Subtract', [data, ir.constant(mean, [1, 3, 1, 1])], [[1, 3, 16, 16]]);
  const [pooled] = ir.layer('AvgPool', [x!], [[1, 3, 1, 2]], {
    data: {
      kernel: '16,8',
      strides: '16,8',
      pads_begin: '0,0',
      pads_end: '0,0',
      'exclude-pad': 'true',
      rounding_type: 'floor',
    },
  });
  const [halves] = ir.layer('ReduceMean', [pooled!, ir.constant([1, 2], [2], 'i64')], [[1, 2]], {
    data: { keep_dims: 'false' },
  });
  const [scaled] = ir.layer('Multiply', [halves!, ir.constant([0.01], [1, 1])], [[1, 2]]);
  const [prob] = ir.layer('SoftMax', [scaled!], [[1, 2]], { name: 'prob', data: { axis: 1 } });
  ir.result(prob!);
  return ir.build();
}
