import sharp from 'sharp';
import type { RgbImage } from './types.js';

/** Draws the outline of a box, white on black so that it shows on any picture; its width follows the picture's size. */
export async function outlineBox(
  image: RgbImage,
  box: { readonly x: number; readonly y: number; readonly w: number; readonly h: number },
): Promise<RgbImage> {
  const { width, height } = image;
  const stroke = Math.max(1, Math.round(Math.max(width, height) / 300));
  const rect = (colour: string, thickness: number): string =>
    `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" fill="none" shape-rendering="crispEdges" stroke="${colour}" stroke-width="${thickness}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${rect('#000', stroke * 3)}${rect('#fff', stroke)}</svg>`;
  const { data, info } = await sharp(image.data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
