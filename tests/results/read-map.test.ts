/** Maps as other tools write them; the bytes are those of numpy.lib.format and of PNG. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../src/results/npy.js';
import { decodeNpy } from '../../src/results/npy-array.js';
import { readMap } from '../../src/results/read-map.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

/** A .npy by hand. */
function npy(descr: string, shape: string, body: Uint8Array, { fortran = false, version = 1 } = {}): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }\n`;
  const prefix = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(prefix + header.length + body.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), prefix);
  bytes.set(body, prefix + header.length);
  return bytes;
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
const swapped = (bytes: Uint8Array, size: number): Uint8Array =>
  bytes.map((_, i) => bytes[Math.floor(i / size) * size + size - 1 - (i % size)]!);

describe('an array of NumPy', () => {
  const values = [0, 1, 2, 3, 4, 5];
  // 0, 1, 2, 3, 4, 5 in 16 bits, as numpy.float16 has them.
  const half = Uint16Array.of(0x0000, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500);

  it.each<[string, Uint8Array]>([
    ['<f4', bytesOf(Float32Array.from(values))],
    ['<f8', bytesOf(Float64Array.from(values))],
    ['<f2', bytesOf(half)],
    ['|u1', Uint8Array.from(values)],
    ['|i1', bytesOf(Int8Array.from(values))],
    ['|b1', Uint8Array.from(values)],
    ['<u2', bytesOf(Uint16Array.from(values))],
    ['<i4', bytesOf(Int32Array.from(values))],
    ['<i8', bytesOf(BigInt64Array.from(values.map(BigInt)))],
    ['>f4', swapped(bytesOf(Float32Array.from(values)), 4)],
    ['>f2', swapped(bytesOf(half), 2)],
  ])('of %s is read', (descr, body) => {
    expect(decodeNpy(npy(descr, '(2, 3)', body), 'a.npy')).toEqual({ data: Float64Array.from(values), shape: [2, 3] });
  });

  it('of 16 bits is read with its small, large and negative numbers', () => {
    // numpy.array([6.1e-5, 5.96e-8, -2.5, 65504, -inf], numpy.float16)
    const data = decodeNpy(
      npy('<f2', '(5,)', bytesOf(Uint16Array.of(0x0400, 0x0001, 0xc100, 0x7bff, 0xfc00))),
      'a',
    ).data;
    expect([...data]).toEqual([2 ** -14, 2 ** -24, -2.5, 65_504, -Infinity]);
  });

  it('in Fortran order, and of a later version, is the same', () => {
    const columns = bytesOf(Float32Array.of(0, 3, 1, 4, 2, 5));
    const { data } = decodeNpy(npy('<f4', '(2, 3)', columns, { fortran: true, version: 2 }), 'a.npy');
    expect([...data]).toEqual(values);
    const cube = bytesOf(Float32Array.from([0, 4, 2, 6, 1, 5, 3, 7]));
    expect([...decodeNpy(npy('<f4', '(2, 2, 2)', cube, { fortran: true }), 'a').data]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('is what this tool writes too', () => {
    const map = Float32Array.of(-1.5, 2, 0.25, 3);
    expect([...decodeNpy(encodeNpy(map, [2, 2]), 'a').data]).toEqual([...map]);
  });
});

describe('a map', () => {
  it.each<[string, string]>([
    ['(2, 3)', 'two axes'],
    ['(1, 2, 3)', 'a batch of one'],
    ['(2, 3, 1)', 'a channel of one'],
    ['(1, 1, 2, 3)', 'both'],
  ])('of the shape %s, %s, is read', async (shape) => {
    const path = folder.write(`${shape.length}.npy`, npy('<f4', shape, bytesOf(Float32Array.of(0, 1, 2, 3, 4, 5))));
    expect((await readMap(path)).shape).toEqual([2, 3]);
  });

  it('of one row is a map', async () => {
    const path = folder.write('row.npy', npy('<f4', '(1, 6)', bytesOf(Float32Array.of(0, 1, 2, 3, 4, 5))));
    expect((await readMap(path)).shape).toEqual([1, 6]);
  });

  const gray = Uint8Array.of(0, 50, 100, 150, 200, 255);
  const raw = (data: Uint8Array | Uint16Array, channels: 1 | 2 | 3 | 4) =>
    sharp(data, { raw: { width: 3, height: 2, channels } });

  it('is a gray PNG of 8 or 16 bits, with its values as they stand there', async () => {
    const eight = folder.write('8.png', await raw(gray, 1).toColourspace('b-w').png().toBuffer());
    expect((await sharp(eight).metadata()).channels).toBe(1);
    expect(await readMap(eight)).toEqual({ data: Float32Array.from(gray), shape: [2, 3] });
    const wide = Uint16Array.of(0, 300, 20_000, 40_000, 65_000, 65_535);
    const sixteen = folder.write('16.png', await raw(wide, 1).toColourspace('grey16').png().toBuffer());
    expect(await readMap(sixteen)).toEqual({ data: Float32Array.from(wide), shape: [2, 3] });
  });

  it('is gray also as three equal colors, opaque or without transparency', async () => {
    const three = Uint8Array.from({ length: 18 }, (_, i) => gray[Math.floor(i / 3)]!);
    const rgb = folder.write('rgb.png', await raw(three, 3).png().toBuffer());
    expect((await readMap(rgb)).data).toEqual(Float32Array.from(gray));
    const four = Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : gray[Math.floor(i / 4)]!));
    const rgba = folder.write('rgba.png', await raw(four, 4).png().toBuffer());
    expect((await readMap(rgba)).data).toEqual(Float32Array.from(gray));
  });

  it('is no colored overlay, nothing transparent, and no other file', async () => {
    const colors = Uint8Array.from({ length: 18 }, (_, i) => i * 13);
    const overlay = folder.write('overlay.png', await raw(colors, 3).png().toBuffer());
    await expect(readMap(overlay)).rejects.toThrow(/overlay\.png is a colored image, perhaps a map laid over a photo/);
    const clear = Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? i * 9 : 80));
    const transparent = folder.write('clear.png', await raw(clear, 4).png().toBuffer());
    await expect(readMap(transparent)).rejects.toThrow('is transparent');
    const refused: [string, Uint8Array | string, RegExp][] = [
      ['a.jpg', 'x', /neither a \.npy nor a \.png/],
      ['a.npz', 'x', /neither a \.npy nor a \.png/],
      ['bad.png', 'no image', /is no image that can be read/],
      ['text.npy', 'no array', /is no \.npy file/],
      ['empty.npy', '', /is no \.npy file/],
      ['short.npy', npy('<f8', '(4, 4)', new Uint8Array(8)), /is truncated/],
      ['object.npy', npy('|O', '(2, 2)', new Uint8Array(40)), /values of the type \|O/],
      ['complex.npy', npy('<c8', '(2, 2)', new Uint8Array(40)), /values of the type <c8/],
      ['rgb.npy', npy('<f4', '(3, 2, 2)', new Uint8Array(48)), /has the shape \[3, 2, 2\]/],
      ['line.npy', npy('<f4', '(4,)', new Uint8Array(16)), /has the shape \[4\]/],
      ['none.npy', npy('<f4', '(0, 4)', new Uint8Array(0)), /has the shape \[0, 4\]/],
    ];
    for (const [name, bytes, sentence] of refused) {
      await expect(readMap(folder.write(name, bytes)), name).rejects.toThrow(sentence);
    }
    await expect(readMap(folder.at('nowhere.npy'))).rejects.toThrow(/there is no map .*nowhere\.npy: check the path/);
  });
});
