import type { Box } from '../annotations/index.js';
import type { ImageFrame } from '../image/frame.js';
import { runsOf, type Rle } from './rle.js';
import type { Segmentation } from './types.js';

/**
 * A box of an image as it is stored, on the image as it is seen.
 *
 * Source: Exif 2.32 (CIPA DC-008), tag 0x0112: which row and column of what is seen the first stored ones are.
 */
export function turnBox({ x, y, width: w, height: h }: Box, { width, height, orientation }: ImageFrame): Box {
  const right = width - x - w;
  const below = height - y - h;
  switch (orientation) {
    case 2:
      return { x: right, y, width: w, height: h };
    case 3:
      return { x: right, y: below, width: w, height: h };
    case 4:
      return { x, y: below, width: w, height: h };
    case 5:
      return { x: y, y: x, width: h, height: w };
    case 6:
      return { x: below, y: x, width: h, height: w };
    case 7:
      return { x: below, y: right, width: h, height: w };
    case 8:
      return { x: y, y: right, width: h, height: w };
    default:
      return { x, y, width: w, height: h };
  }
}

/** The outline of an object of the image as stored, on the image as it is seen. */
export function turnSegmentation(outline: Segmentation, frame: ImageFrame): Segmentation {
  if (outline.kind === 'rle') return turnMask(outline, frame.orientation);
  return {
    kind: 'polygons',
    polygons: outline.polygons.map((ring) =>
      pairs(ring).flatMap(([px, py]) => {
        const { x, y } = turnBox({ x: px, y: py, width: 0, height: 0 }, frame);
        return [x, y];
      }),
    ),
  };
}

/** An outline on an image of another size. A mask has a size of its own, which stands for that of the image. */
export function scaleSegmentation(outline: Segmentation, x: number, y: number): Segmentation {
  if (outline.kind === 'rle') return outline;
  return {
    kind: 'polygons',
    polygons: outline.polygons.map((ring) => ring.map((value, i) => value * (i % 2 === 0 ? x : y))),
  };
}

function pairs(ring: readonly number[]): (readonly [number, number])[] {
  return Array.from({ length: Math.floor(ring.length / 2) }, (_, i) => [ring[2 * i]!, ring[2 * i + 1]!] as const);
}

function turnMask({ width, height, counts }: Rle, orientation: number): Rle {
  const [seenWidth, seenHeight] = orientation >= 5 ? [height, width] : [width, height];
  const seen = new Uint8Array(width * height);
  let at = 0;
  for (const [run, count] of counts.entries()) {
    for (const end = at + count; at < end; at++) {
      if (run % 2 === 0) continue;
      const pixel = { x: Math.floor(at / height), y: at % height, width: 1, height: 1 };
      const { x, y } = turnBox(pixel, { width, height, orientation });
      seen[x * seenHeight + y] = 1;
    }
  }
  return { kind: 'rle', width: seenWidth, height: seenHeight, counts: runsOf(seen) };
}
