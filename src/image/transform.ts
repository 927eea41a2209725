import type { PixelRect, RgbImage } from './types.js';

/** Cuts a rectangle out of an image `[height, width, 3]`; it must lie inside. */
export function cropImage(image: RgbImage, { x, y, width, height }: PixelRect): RgbImage {
  if (x === 0 && y === 0 && width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.width + x) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data };
}

/** Left and right exchanged. */
export function mirrorImage({ width, height, data }: RgbImage): RgbImage {
  const mirrored = new Uint8Array(data.length);
  for (let row = 0; row < height; row++) {
    let from = (row + 1) * width * 3;
    for (let to = row * width * 3; to < (row + 1) * width * 3; to += 3) {
      from -= 3;
      mirrored[to] = data[from]!;
      mirrored[to + 1] = data[from + 1]!;
      mirrored[to + 2] = data[from + 2]!;
    }
  }
  return { width, height, data: mirrored };
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
