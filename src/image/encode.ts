import sharp from 'sharp';
import type { RgbImage } from './types.js';

/** A PNG of an 8-bit gray image `[height, width]`. */
export async function encodeGrayPng(data: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** A PNG of a color image. */
export async function encodePng(image: RgbImage): Promise<Buffer> {
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 }, limitInputPixels: false })
    .png()
    .toBuffer();
}

/** A WebP of a color image, for pages: a fifth of a PNG's size, with losses the eye does not see. */
export async function encodeWebp(image: RgbImage): Promise<Buffer> {
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 }, limitInputPixels: false })
    .webp({ quality: 80 })
    .toBuffer();
}
