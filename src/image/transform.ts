import sharp, { type Sharp } from 'sharp';
import type { PixelRect, RgbImage } from './types.js';

const raw = (image: RgbImage) =>
  sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 }, limitInputPixels: false });

async function pixelsOf(pipeline: Sharp): Promise<RgbImage> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Scales an image to a size, each axis on its own: bilinear, with averaging when it shrinks. */
export async function resizeImage(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  if (image.width === width && image.height === height) return image;
  return pixelsOf(raw(image).resize(width, height, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }));
}

/** Cuts a rectangle out of an image; it must lie inside. */
export async function cropImage(image: RgbImage, rect: PixelRect): Promise<RgbImage> {
  const { x, y, width, height } = rect;
  if (x === 0 && y === 0 && width === image.width && height === image.height) return image;
  return pixelsOf(raw(image).extract({ left: x, top: y, width, height }));
}

/** Blurs with a Gaussian of standard deviation `sigma` pixels (at least 0.3). */
export async function blurImage(image: RgbImage, sigma: number): Promise<RgbImage> {
  return pixelsOf(raw(image).blur(Math.max(0.3, sigma)));
}

/** Left and right exchanged. */
export async function mirrorImage(image: RgbImage): Promise<RgbImage> {
  return pixelsOf(raw(image).flop());
}

/** The mean color of an image: r, g, b in 0..255. */
export function meanColor(image: RgbImage): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < image.data.length; i += 3) {
    sums[0] += image.data[i]!;
    sums[1] += image.data[i + 1]!;
    sums[2] += image.data[i + 2]!;
  }
  const pixels = image.width * image.height;
  return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels];
}

/** An image of one color, r, g, b in 0..255 (rounded). */
export function plainImage(width: number, height: number, color: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(color[i % 3]!);
  return { width, height, data };
}
