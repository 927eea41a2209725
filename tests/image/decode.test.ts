import { fileURLToPath } from 'node:url';
import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, readImage } from '../../src/image/files.js';
import type { RgbImage } from '../../src/image/index.js';
import { paint, png, toSharp } from '../helpers/images.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const RED = [220, 30, 20] as const;
const BLUE = [10, 40, 200] as const;
const WIDTH = 24;
const HEIGHT = 16;
/** Red on the left, blue on the right: shows swapped axes, colors and orientations. */
const painted = paint(WIDTH, HEIGHT, (x) => (x < WIDTH / 2 ? RED : BLUE));

async function decoded(bytes: Promise<Buffer>): Promise<RgbImage> {
  return decodeImage(await bytes, 'test');
}

function colorAt({ width, data }: RgbImage, x: number, y: number): number[] {
  return Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
}

/** Colors far from the edge between the two, within `tolerance` levels. */
function expectRedAndBlue(image: RgbImage, tolerance: number): void {
  expect([image.width, image.height, image.data.length]).toEqual([WIDTH, HEIGHT, WIDTH * HEIGHT * 3]);
  for (const [x, color] of [
    [2, RED],
    [WIDTH - 3, BLUE],
  ] as const) {
    colorAt(image, x, 8).forEach((value, channel) => {
      expect(Math.abs(value - color[channel]!)).toBeLessThanOrEqual(tolerance);
    });
  }
}

describe('an image', () => {
  it('reads as it was written, without loss', async () => {
    expect(Buffer.from((await decoded(png(painted))).data)).toEqual(Buffer.from(painted.data));
  });

  it.each<[string, number, () => Promise<Buffer>]>([
    // Lossy formats and color spaces come back within a few levels.
    ['JPEG', 8, () => toSharp(painted).jpeg({ quality: 95 }).toBuffer()],
    ['WebP', 8, () => toSharp(painted).webp({ quality: 95 }).toBuffer()],
    ['TIFF', 1, () => toSharp(painted).tiff({ compression: 'lzw' }).toBuffer()],
    ['AVIF', 12, () => toSharp(painted).avif({ quality: 90 }).toBuffer()],
    ['16-bit PNG', 1, () => toSharp(painted).toColourspace('rgb16').png().toBuffer()],
    ['palette PNG', 4, () => toSharp(painted).png({ palette: true, colours: 8 }).toBuffer()],
    ['GIF', 4, () => toSharp(painted).gif().toBuffer()],
    ['interlaced PNG', 0, () => toSharp(painted).png({ progressive: true }).toBuffer()],
    // CMYK has no such red and blue: a profile brings the nearest there are.
    ['CMYK JPEG', 75, () => toSharp(painted).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
  ])('reads right as %s', async (_format, tolerance, write) => {
    expectRedAndBlue(await decoded(write()), tolerance);
  });

  it('keeps CMYK red redder than blue, and blue bluer than red', async () => {
    const image = await decoded(toSharp(painted).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
    const [r1, , b1] = colorAt(image, 2, 8);
    const [r2, , b2] = colorAt(image, WIDTH - 3, 8);
    expect(r1!).toBeGreaterThan(b1! + 80);
    expect(b2!).toBeGreaterThan(r2! + 80);
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['8-bit', () => gray().png().toBuffer()],
    ['16-bit', () => gray().toColourspace('grey16').png().toBuffer()],
    ['with alpha', () => gray().ensureAlpha(0.5).png().toBuffer()],
    ['JPEG', () => gray().jpeg({ quality: 95 }).toBuffer()],
  ])('in gray (%s) has three equal channels', async (_format, write) => {
    const image = await decoded(write());
    expect(image.data).toHaveLength(WIDTH * HEIGHT * 3);
    for (const x of [2, WIDTH - 3]) {
      const [r, g, b] = colorAt(image, x, 8);
      expect([g, b]).toEqual([r, r]);
    }
    expect(Math.abs(colorAt(image, 2, 8)[0]! - 60)).toBeLessThanOrEqual(3);
    expect(Math.abs(colorAt(image, WIDTH - 3, 8)[0]! - 180)).toBeLessThanOrEqual(3);
  });

  it('loses its alpha channel without being blended with black', async () => {
    const bytes = toSharp(painted).ensureAlpha(0).png().toBuffer();
    expectRedAndBlue(await decoded(bytes), 0);
  });

  it.each<[string, boolean | undefined, () => Promise<Buffer>]>([
    ['wholly transparent', true, () => toSharp(painted).ensureAlpha(0).png().toBuffer()],
    ['transparent WebP', true, () => toSharp(painted).ensureAlpha(0.5).webp({ lossless: true }).toBuffer()],
    ['transparent gray', true, () => gray().ensureAlpha(0.5).png().toBuffer()],
    ['transparent with 16 bits', true, () => toSharp(painted).ensureAlpha(0.9).toColourspace('rgb16').png().toBuffer()],
    ['transparent palette', true, () => withHole().png({ palette: true }).toBuffer()],
    ['transparent in one pixel', true, () => withHole().png().toBuffer()],
    ['opaque with alpha', undefined, () => toSharp(painted).ensureAlpha(1).png().toBuffer()],
    ['opaque gray with alpha', undefined, () => gray().ensureAlpha(1).png().toBuffer()],
    ['opaque with 16 bits', undefined, () => toSharp(painted).ensureAlpha(1).toColourspace('rgb16').png().toBuffer()],
    ['without alpha', undefined, () => png(painted)],
  ])('tells that its transparency was dropped: %s', async (_what, dropped, write) => {
    expect((await decoded(write())).droppedAlpha).toBe(dropped);
  });

  it.each<[number, (x: number, y: number) => readonly [number, number]]>([
    // Where the pixel stored at (x, y) stands upright; orientations from 5 on store columns as rows.
    [1, (x, y) => [x, y]],
    [2, (x, y) => [WIDTH - 1 - x, y]],
    [3, (x, y) => [WIDTH - 1 - x, HEIGHT - 1 - y]],
    [4, (x, y) => [x, HEIGHT - 1 - y]],
    [5, (x, y) => [y, x]],
    [6, (x, y) => [WIDTH - 1 - y, x]],
    [7, (x, y) => [WIDTH - 1 - y, HEIGHT - 1 - x]],
    [8, (x, y) => [y, HEIGHT - 1 - x]],
  ])('stands upright with EXIF orientation %d', async (orientation, upright) => {
    const color = (x: number, y: number) => [x * 10, y * 15, 99] as const;
    const [width, height] = orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
    const stored = paint(width, height, (x, y) => color(...upright(x, y)));
    const image = await decoded(toSharp(stored).withMetadata({ orientation }).png().toBuffer());
    expect([image.width, image.height]).toEqual([WIDTH, HEIGHT]);
    expect(Buffer.from(image.data)).toEqual(Buffer.from(paint(WIDTH, HEIGHT, color).data));
  });

  it('is known by its content, not by its name', async () => {
    const path = folder.write('really-a-png.jpg', await png(painted));
    expectRedAndBlue(await readImage(path), 0);
  });
});

/** The image with one pixel through which one sees. */
function withHole() {
  const data = new Uint8Array(4 * WIDTH * HEIGHT).fill(255);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
    data.set(painted.data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  }
  data[4 * WIDTH + 3] = 0;
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } });
}

function gray() {
  const values = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < WIDTH / 2 ? 60 : 180));
  return sharp(values, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } }).toColourspace('b-w');
}

/** A few kilobytes of SVG: each group draws the one before it many times over. */
function drawing(): string {
  const groups = Array.from(
    { length: 12 },
    (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(16)}</g>`,
  ).join('');
  const filter = '<filter id="f"><feTurbulence numOctaves="99"/><feGaussianBlur stdDeviation="99"/></filter>';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><defs>${filter}<rect id="g0" width="4000" height="4000" filter="url(#f)"/>${groups}</defs><use href="#g12"/></svg>`;
}

describe('a file that is no image', () => {
  it('CIELAB is not called damaged', async () => {
    const lab = fileURLToPath(new URL('fixtures/decoded/lab.tif', import.meta.url));
    await expect(readImage(lab)).rejects.toThrow(/CIELAB, which is no RGB: save it in RGB/);
  });

  it.each<[string, () => Promise<Uint8Array> | Uint8Array, RegExp]>([
    ['empty.jpg', () => new Uint8Array(0), /^the image .*empty\.jpg is empty \(0 bytes\): get it again\.$/],
    ['text.jpg', () => Buffer.from('This is a text.\n'), /[/\\]text\.jpg is not an image in a format that can be read/],
    ['cut.jpg', async () => cut(await large().jpeg().toBuffer()), /^the image .*cut\.jpg is damaged or truncated/],
    ['cut.png', async () => cut(await large().png().toBuffer()), /^the image .*cut\.png is damaged or truncated/],
    ['header.png', async () => (await large().png().toBuffer()).subarray(0, 20), /^the image .*header\.png is damaged/],
    ['huge.png', hugePng, /^the image .*huge\.png has more than 128 megapixels \(\d+ x \d+\): scale it down first\.$/],
  ])('%s', async (name, bytes, message) => {
    const path = folder.write(name, await bytes());
    const failure = readImage(path);
    await expect(failure).rejects.toMatchObject({ name: 'DatumError', kind: 'image' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(path);
    await expect(failure).rejects.not.toThrow('\n');
  });

  it.each(['', '<?xml version="1.0"?>\n', '\uFEFF  <!-- GIF89a -->'])(
    'a drawing that would take hours is not begun, whatever it is called: %j',
    async (before) => {
      const path = folder.write('drawing.png', `${before}${drawing()}`);
      await expect(readImage(path)).rejects.toThrow('drawing.png is not an image in a format that can be read');
      const zipped = folder.write('drawing.jpg', gzipSync(drawing()));
      await expect(readImage(zipped)).rejects.toThrow('drawing.jpg is not an image in a format that can be read');
    },
  );

  it('a device has no end, and is not begun with', async () => {
    await expect(readImage('/dev/zero')).rejects.toThrow(
      'the image /dev/zero cannot be read (it is a device, and has to be a file).',
    );
  });

  it('is missing, or a folder', async () => {
    await expect(readImage(folder.at('no.jpg'))).rejects.toThrow(
      `there is no image ${folder.at('no.jpg')}: check the path.`,
    );
    await expect(readImage(folder.path)).rejects.toThrow('is a folder, not an image');
    folder.write('file', 'x');
    await expect(readImage(folder.at('file', 'photo.jpg'))).rejects.toThrow(/^there is no image/);
  });
});

function large() {
  return toSharp(paint(200, 150, (x, y) => [(x * 7) % 256, (y * 11) % 256, (x * y) % 256]));
}

function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** A valid PNG of 20,000 x 20,000 black pixels, one bit each, in 50 KB. */
function hugePng(): Buffer {
  const side = 20_000;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(side * (1 + side / 8)), { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
