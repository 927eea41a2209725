import sharp from 'sharp';
import type { RgbImage } from '../../src/image/index.js';

/** An image whose pixel (x, y) has the color that `color` gives. */
export function paint(
  width: number,
  height: number,
  color: (x: number, y: number) => readonly [number, number, number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 3);
  }
  return { width, height, data };
}

/** All pixels white: the model sees 1 in 0..1 wherever nothing is hidden. */
export function white(width: number, height: number): RgbImage {
  return paint(width, height, () => [255, 255, 255]);
}

/** Pixels that differ from each other and stay the same from run to run. */
export function speckled(width: number, height: number): RgbImage {
  return paint(width, height, (x, y) => [hash(x, y, 1), hash(x, y, 2), hash(x, y, 3)]);
}

function hash(x: number, y: number, salt: number): number {
  const mixed = Math.imul(x * 374761393 + y * 668265263 + salt * 2246822519, 3266489917);
  return 40 + (((mixed ^ (mixed >>> 15)) >>> 0) % 200);
}

/** The image in sharp, to be written in any format. */
export function toSharp({ width, height, data }: RgbImage) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The bytes of a PNG. */
export function png(image: RgbImage): Promise<Buffer> {
  return toSharp(image).png().toBuffer();
}
