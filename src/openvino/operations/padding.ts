import type { Attributes } from '../../onnx/index.js';
import type { Dim } from '../translate/operand.js';
import type { LayerScope } from '../translate/layer-scope.js';

/** How a window moves over the spatial axes of its input. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Values added before and after each spatial axis. */
export interface Pads {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  /** ONNX's `auto_pad` where sizes are not known; then the two above are 0. */
  readonly auto?: 'SAME_UPPER' | 'SAME_LOWER';
}

/** Padding as attributes of an ONNX window. */
export function padAttributes({ begin, end, auto }: Pads): Attributes {
  return auto === undefined ? { pads: [...begin, ...end] } : { auto_pad: auto };
}

/**
 * The padding that `auto_pad` asks for. `same_upper` and `same_lower` make the output as large as the input divided
 * by the stride, with the odd value at the end or at the beginning.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/convolution-1.html
 *
 * @param spatial sizes of the input's spatial axes; needed for `same_...` only.
 */
export function padsOf(scope: LayerScope, spatial: readonly Dim[], window: Window): Pads {
  const { attributes } = scope;
  const none = new Array<number>(spatial.length).fill(0);
  const mode = attributes.choice('auto_pad', ['explicit', 'notset', 'same_upper', 'same_lower', 'valid'], 'explicit');
  if (mode === 'valid') return { begin: none, end: none };
  if (mode === 'explicit' || mode === 'notset') {
    return { begin: attributes.ints('pads_begin', none), end: attributes.ints('pads_end', none) };
  }
  if (spatial.includes(null)) {
    if (window.dilations.some((dilation) => dilation !== 1)) {
      throw scope.unsupported(`auto_pad="${mode}" with dilations needs an input of known size`);
    }
    return { begin: none, end: none, auto: mode === 'same_upper' ? 'SAME_UPPER' : 'SAME_LOWER' };
  }
  const totals = spatial.map((length, axis) => {
    const size = length ?? 0;
    const stride = window.strides[axis] ?? 1;
    const output = Math.ceil(size / stride);
    return Math.max((output - 1) * stride + extent(window, axis) - size, 0);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  return mode === 'same_upper' ? { begin: smaller, end: larger } : { begin: larger, end: smaller };
}

/** How many values of an axis one position of the window spans. */
export function extent({ kernel, dilations }: Window, axis: number): number {
  return ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
}
