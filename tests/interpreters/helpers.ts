import type { Tensor, TensorInfo } from '../../src/launchers/types.js';
import type { DecodedBatch, DecoderContext, Evidence, ImagePlacement } from '../../src/interpreters/contract/types.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

export function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  return { data: Float32Array.from(values), shape };
}

/** An image that fills the input exactly. */
export function filling({ width, height }: Size): ImagePlacement {
  return { imageWidth: width, imageHeight: height, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
}

export function batchOf(count: number, size: Size, placement: ImagePlacement = filling(size)): DecodedBatch {
  const shape = [count, size.height, size.width, 3];
  return { count, placement, pixels: () => ({ data: new Float32Array(shape.reduce((a, b) => a * b)), shape }) };
}

export function contextOf(
  size: Size,
  options: Readonly<Record<string, unknown>> = {},
  outputs: readonly TensorInfo[] = [],
): DecoderContext {
  return {
    signature: { inputs: [imageInput(size)], outputs, metadata: {} },
    input: { name: 'images', ...size, channels: 3 },
    labels: null,
    options,
  };
}

export function imageInput({ width, height }: Size): TensorInfo {
  return { name: 'images', type: 'float32', shape: [1, 3, height, width] };
}

/** Evidence of a model whose sample run gave `outputs`. */
export function evidenceOf(
  input: Size,
  outputs: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Evidence {
  return {
    signature: {
      inputs: [imageInput(input)],
      outputs: Object.entries(outputs).map(([name, { shape }]) => ({ name, type: 'float32', shape })),
      metadata,
    },
    labels: null,
    sample: outputs,
    input,
  };
}
