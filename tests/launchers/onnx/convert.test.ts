import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, fromRuntime, toHalf, toRuntime } from '../../../src/launchers/onnx/convert.js';
import { onnxRuntime } from '../../../src/launchers/onnx/runtime.js';
import type { ElementType } from '../../../src/launchers/types.js';

const { Tensor } = onnxRuntime();

function converted(values: readonly number[], type: ElementType): number[] {
  const { data } = toRuntime({ data: Float32Array.from(values), shape: [values.length] }, type, 'image');
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

describe('half precision', () => {
  it.each([
    [0, 0x0000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -14, 0x0400],
    [1 / 3, 0x3555],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
  ])('%d has the bits of IEEE 754', (value, bits) => {
    expect(toHalf(value)).toBe(bits);
  });

  it('takes the even neighbour of a tie', () => {
    // 1 + 2^-11 lies between 1 (even) and 1 + 2^-10; 1 + 3 * 2^-11 between 1 + 2^-10 and 1 + 2^-9 (even).
    expect(fromHalf(toHalf(1 + 2 ** -11))).toBe(1);
    expect(fromHalf(toHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
  });

  it('comes back unchanged from every bit pattern that is a number', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromHalf(bits);
      if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits);
    }
    expect(fromHalf(toHalf(NaN))).toBeNaN();
  });

  it('is the nearest one', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(-60000), max: Math.fround(60000), noNaN: true }), (value) => {
        const error = Math.abs(fromHalf(toHalf(value)) - value);
        // Half a unit in the last of 11 bits, or of the smallest subnormal.
        expect(error).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
      }),
    );
  });
});

describe('a masked input in an integer type', () => {
  it.each<[ElementType, number[]]>([
    ['uint8', [0, 2, 127, 255, 255]],
    ['int8', [-5, 2, 127, 127, 127]],
    ['uint16', [0, 2, 127, 255, 300]],
    ['int16', [-5, 2, 127, 255, 300]],
    ['int32', [-5, 2, 127, 255, 300]],
    ['int64', [-5, 2, 127, 255, 300]],
  ])('%s is rounded, and clipped to its range', (type, expected) => {
    expect(converted([-5, 1.7, 127.2, 254.9, 300], type)).toEqual(expected);
  });

  it('cannot be text', () => {
    expect(() => converted([1], 'string')).toThrow(
      "the model's input 'image' is of type string, which cannot be fed from an image: export the model with a float32 or uint8 input.",
    );
  });
});

describe('an output', () => {
  it('is not copied where it is float32', () => {
    const data = Float32Array.of(1, 2);
    expect(fromRuntime(new Tensor('float32', data, [1, 2]), 'scores')).toEqual({ data, shape: [1, 2] });
    expect(fromRuntime(new Tensor('float32', data, [1, 2]), 'scores').data).toBe(data);
  });

  it('becomes float32 from any other type of numbers', () => {
    expect(fromRuntime(new Tensor('int64', BigInt64Array.of(-3n, 7n), [2]), 'ids').data).toEqual(
      Float32Array.of(-3, 7),
    );
    expect(fromRuntime(new Tensor('uint8', Uint8Array.of(3, 255), [2]), 'ids').data).toEqual(Float32Array.of(3, 255));
    const halves = new Tensor('float16', Uint16Array.of(0x3c00, 0xc000), [2]);
    expect(Array.from(fromRuntime(halves, 'scores').data)).toEqual([1, -2]);
  });

  it('that is text is refused by name', () => {
    expect(() => fromRuntime(new Tensor('string', ['cat'], [1]), 'names')).toThrow(
      "the model's output 'names' holds text, not numbers: choose others with outputLayers.",
    );
  });
});
