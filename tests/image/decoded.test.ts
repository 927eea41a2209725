import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readImageFrame, seenSize } from '../../src/image/frame.js';
import { decodeImage, readImage } from '../../src/image/files.js';

const at = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const golden = z
  .object({
    images: z.record(z.string(), z.object({ size: z.tuple([z.number(), z.number()]), rgb: z.base64() }).nullable()),
    gray16: z.array(z.number()),
  })
  .parse(JSON.parse(readFileSync(at('decoded.json'), 'utf8')));

/** Decoders of JPEG may round a value otherwise; all else is the same to the bit. */
const levels = (name: string): number => (name.endsWith('.jpg') ? 1 : 0);

describe("an image is what Pillow's convert('RGB') makes of it", () => {
  const images = Object.entries(golden.images).flatMap(([name, image]) => (image === null ? [] : [{ name, image }]));
  it.each(images)('$name', async ({ name, image }) => {
    const { width, height, data } = await readImage(at(`decoded/${name}`));
    expect([width, height]).toEqual(image.size);
    const expected = Buffer.from(image.rgb, 'base64');
    const off = Math.max(...expected.map((value, i) => Math.abs(value - data[i]!)));
    expect(off).toBeLessThanOrEqual(levels(name));
    expect(seenSize(await readImageFrame(at(`decoded/${name}`)))).toEqual({ width, height });
  });

  const broken = Object.entries(golden.images).flatMap(([name, image]) => (image === null ? [name] : []));
  it.each(broken)('or fails, with a sentence, where that fails: %s', async (name) => {
    await expect(readImage(at(`decoded/${name}`))).rejects.toMatchObject({
      kind: 'image',
      message: expect.stringMatching(/get it again|get the image again/) as string,
    });
  });
});

it.each(['gray-16.png', 'gray-16.tif'])('16-bit gray is divided by 256, and says so: %s', async (name) => {
  const image = await readImage(at(`decoded/${name}`));
  expect(Array.from(image.data).filter((_, i) => i % 3 === 0)).toEqual(golden.gray16.map((value) => value >> 8));
  expect(image.deep).toEqual({ kind: 'gray16', brightest: Math.max(...golden.gray16) });
});

/** A BMP of 2 x 2 pixels: red and green above blue and white. */
function bmp(bits: number, compression: number, masks: readonly number[], rows: readonly number[]): Buffer {
  const head = Buffer.alloc(54 + 4 * masks.length);
  head.write('BM');
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(2, 18);
  head.writeInt32LE(-2, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  masks.forEach((mask, i) => head.writeUInt32LE(mask, 54 + 4 * i));
  return Buffer.concat([head, Buffer.from(rows)]);
}

it('BMP of 16 bits, with masks, and from the top is read; compressed and cut off it is refused', async () => {
  const corners = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
  const of555 = bmp(16, 0, [], [0x00, 0x7c, 0xe0, 0x03, 0x1f, 0x00, 0xff, 0x7f]);
  const of565 = bmp(16, 3, [0xf800, 0x7e0, 0x1f], [0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00, 0xff, 0xff]);
  expect([...(await decodeImage(of555)).data]).toEqual(corners);
  expect([...(await decodeImage(of565)).data]).toEqual(corners);
  await expect(decodeImage(of565.subarray(0, -1))).rejects.toThrow('it ends too early');
  await expect(decodeImage(bmp(8, 1, [], [0, 0]))).rejects.toThrow('a compressed BMP');
});
