import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/results/npy.js';
import { rangeOf, toGray } from '../../src/results/scale.js';
import { encodeGrayPng } from '../../src/image/files.js';
import { readNpy } from '../helpers/maps.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

describe('the gray image of a map', () => {
  it('runs from 0 at the lowest to 255 at the highest value', () => {
    expect(Array.from(toGray(Float32Array.of(-1, 0, 1, 3)))).toEqual([0, 64, 128, 255]);
  });

  it('is black for a constant map, never NaN', () => {
    for (const value of [0, 0.7, -3]) {
      expect(Array.from(toGray(new Float32Array(3).fill(value)))).toEqual([0, 0, 0]);
    }
    expect(Array.from(toGray(Float32Array.of(0.7, 0.70000005, 0.7)))).toEqual([0, 0, 0]);
    expect(toGray(new Float32Array(0))).toHaveLength(0);
  });

  it('knows the range and the peak, the first of several', () => {
    expect(rangeOf(Float32Array.of(1, 5, -2, 5))).toEqual({ min: -2, max: 5, peakIndex: 1 });
    expect(rangeOf(new Float32Array(0))).toEqual({ min: 0, max: 0, peakIndex: 0 });
  });

  it('is an 8-bit gray PNG of the map’s size', async () => {
    const bytes = await encodeGrayPng(Uint8Array.of(0, 100, 255, 7, 8, 9), 3, 2);
    const { data, info } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(await sharp(bytes).metadata()).toMatchObject({
      format: 'png',
      width: 3,
      height: 2,
      channels: 1,
      depth: 'uchar',
    });
    expect([info.channels, ...data]).toEqual([1, 0, 100, 255, 7, 8, 9]);
  });
});

describe('an NPY file', () => {
  it.each([[[2, 3]], [[6]], [[1, 2, 3]]])('of shape %j has its header aligned and its values in order', (shape) => {
    const data = Float32Array.of(0.5, -1, 3e-8, 4, 5, Infinity);
    const bytes = encodeNpy(data, shape);
    const path = folder.write(`${shape.join('x')}.npy`, bytes);
    expect(readNpy(path)).toEqual({ shape, data });
    // The format asks for data that begin at a multiple of 64 bytes, and a header that ends in a line break.
    const start = 10 + readFileSync(path).readUInt16LE(8);
    expect(start % 64).toBe(0);
    expect(bytes[start - 1]).toBe(0x0a);
  });
});
