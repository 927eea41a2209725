import { describe, expect, it } from 'vitest';
import { DatumError } from '../../src/errors.js';
import type { Signature, TensorInfo } from '../../src/launchers/types.js';
import { checkBatch, resolveInput, type InputChoices } from '../../src/models/input.js';

function resolved(shape: TensorInfo['shape'], choices: InputChoices = {}, more: TensorInfo[] = []) {
  const signature: Signature = {
    inputs: [{ name: 'image', type: 'float32', shape }, ...more],
    outputs: [],
    metadata: {},
  };
  return resolveInput(signature, choices, 'model.onnx');
}

it('errors tell the option and the file that they are about', () => {
  const failed = (): unknown => {
    try {
      return resolved(['N', 3, 'H', 'W']);
    } catch (error) {
      return error;
    }
  };
  expect(failed()).toBeInstanceOf(DatumError);
  expect(failed()).toMatchObject({ kind: 'model', option: 'inputSize', file: 'model.onnx' });
});

describe('the image input', () => {
  it.each<[TensorInfo['shape'], object]>([
    [[1, 3, 32, 48], { layout: 'nchw', channels: 3, height: 32, width: 48, batch: 1, rank: 4 }],
    [[4, 32, 48, 3], { layout: 'nhwc', channels: 3, height: 32, width: 48, batch: 4, rank: 4 }],
    [['N', 1, 28, 28], { layout: 'nchw', channels: 1, height: 28, width: 28, batch: null, rank: 4 }],
    [[3, 32, 48], { layout: 'nchw', channels: 3, height: 32, width: 48, batch: 1, rank: 3 }],
    [[32, 48, 3], { layout: 'nhwc', channels: 3, height: 32, width: 48, batch: 1, rank: 3 }],
  ])('%j', (shape, expected) => {
    expect(resolved(shape)).toMatchObject(expected);
  });

  it('takes its size from the user where it is open, else from what is usual', () => {
    const size = { width: 640, height: 480 };
    const usualSize = { width: 320, height: 320 };
    expect(resolved(['N', 3, 'H', 'W'], { size, usualSize })).toMatchObject(size);
    expect(resolved(['N', 3, 'H', 'W'], { usualSize })).toMatchObject(usualSize);
    expect(resolved(['N', 3, 200, 'W'], { usualSize })).toMatchObject({ width: 320, height: 200 });
    expect(() => resolved(['N', 3, 'H', 'W'])).toThrow(
      "the input 'image' of model.onnx leaves its height and width open: say the size it was trained for with inputSize, width x height.",
    );
  });

  it('keeps its size where it has one', () => {
    const size = { width: 48, height: 32 };
    expect(resolved([1, 3, 32, 48], { size })).toMatchObject(size);
    expect(() => resolved([1, 3, 32, 48], { size: { width: 32, height: 48 } })).toThrow(
      'model.onnx takes images of 48x32 pixels, not 32x48: leave inputSize out.',
    );
  });

  it('half open is asked for with the size that it has', () => {
    expect(() => resolved(['N', 3, 32, 'W'])).toThrow(
      "the input 'image' of model.onnx leaves its width open: say WIDTHx32 with inputSize",
    );
    expect(() => resolved(['N', 3, 32, 'W'], { size: { width: 64, height: 64 } })).toThrow(
      'model.onnx takes images of anyx32 pixels, not 64x64: say WIDTHx32 with inputSize.',
    );
  });

  it('is no larger than can be explained', () => {
    expect(() => resolved(['N', 3, 'H', 'W'], { size: { width: 40_000, height: 40_000 } })).toThrow(
      "inputSize: '40000x40000' is more than the 36 megapixels that can be explained",
    );
    expect(() => resolved([1, 3, 60_000, 60_000])).toThrow('takes images of 60000x60000 pixels, more than the 36');
    expect(() => resolved(['N', 3, 1_000_000_000, 'W'], { usualSize: { width: 640, height: 640 } })).toThrow(
      'takes images of 640x1000000000 pixels, more than the 36',
    );
    expect(() => resolved([100_000, 3, 224, 224])).toThrow(
      'takes 100000 images of 224x224 pixels at once, 56.1 GB, more than the 1 GB that a run may take',
    );
    expect(checkBatch({ width: 224, height: 224, channels: 3 }, 1024)).toBe(1024);
    expect(() => checkBatch({ width: 2048, height: 2048, channels: 3 }, 4096)).toThrow(
      'batchSize: 4096 images of 2048x2048 pixels take 192 GB in each thread, more than the 1 GB',
    );
  });

  it('is refused by what is wrong with it: its type, its shape, or that there is none', () => {
    const refusal = (inputs: readonly TensorInfo[]) => () =>
      resolveInput({ inputs, outputs: [], metadata: {} }, {}, 'model.onnx');
    expect(refusal([{ name: 'x', type: 'int64', shape: ['N', 3, 64, 64] }])).toThrow(
      "the input 'x' of model.onnx has the shape of images but takes int64, which are not pixels",
    );
    expect(refusal([{ name: 'x', type: 'float32', shape: [] }])).toThrow("its inputs are 'x' float32 without a shape.");
    expect(refusal([])).toThrow('model.onnx has no inputs');
  });

  it('leaves other inputs alone, and is the only one of its kind', () => {
    const extra: TensorInfo = { name: 'im_shape', type: 'float32', shape: [1, 2] };
    expect(resolved([1, 3, 32, 48], {}, [extra]).name).toBe('image');
    const second: TensorInfo = { name: 'mask', type: 'float32', shape: [1, 3, 32, 48] };
    expect(() => resolved([1, 3, 32, 48], {}, [second])).toThrow('takes several images (image, mask)');
    expect(() => resolved([1, 77])).toThrow("its inputs are 'image' float32 [1, 77].");
  });
});
