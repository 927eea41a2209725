import type { Box } from '../annotations/index.js';
import type { Segmentation } from './types.js';

/** A mask as run lengths down the columns. */
export type Rle = Extract<Segmentation, { kind: 'rle' }>;

/**
 * Run lengths from COCO's compressed string: numbers in groups of 5 bits, least significant first, a sixth bit saying
 * that more follow, in characters from `0`; from the third number on, each is the difference to the one two before it.
 *
 * @returns null when the string is not of that form.
 */
export function decodeCounts(text: string): number[] | null {
  const counts: number[] = [];
  let at = 0;
  while (at < text.length) {
    let value = 0;
    let shift = 0;
    let group: number;
    do {
      group = text.charCodeAt(at++) - 48;
      // A string that ends within a number gives NaN here.
      if (!(group >= 0 && group < 64) || shift > 30) return null;
      value |= (group & 0x1f) << shift;
      shift += 5;
    } while ((group & 0x20) !== 0);
    // The fifth bit of the last group is the sign.
    if ((group & 0x10) !== 0 && shift < 32) value |= -1 << shift;
    if (counts.length > 2) value += counts[counts.length - 2]!;
    if (value < 0) return null;
    counts.push(value);
  }
  return counts;
}

/** COCO's compressed string of run lengths; the inverse of {@link decodeCounts}. */
export function encodeCounts(counts: readonly number[]): string {
  let text = '';
  counts.forEach((count, i) => {
    let value = i > 2 ? count - counts[i - 2]! : count;
    for (;;) {
      const group = value & 0x1f;
      value >>= 5;
      const more = (group & 0x10) !== 0 ? value !== -1 : value !== 0;
      text += String.fromCharCode((more ? group | 0x20 : group) + 48);
      if (!more) break;
    }
  });
  return text;
}

/** Whether the runs cover the mask exactly. */
export function fillsMask({ width, height, counts }: Rle): boolean {
  return counts.reduce((sum, count) => sum + count, 0) === width * height;
}

/** The smallest box around the mask's foreground; null when it is empty. */
export function rleBounds({ height, counts }: Rle): Box | null {
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  let at = 0;
  counts.forEach((count, run) => {
    if (run % 2 === 1 && count > 0) {
      const first = Math.floor(at / height);
      const last = Math.floor((at + count - 1) / height);
      left = Math.min(left, first);
      right = Math.max(right, last);
      // A run that reaches the next column touches the image's bottom and top.
      top = Math.min(top, first === last ? at % height : 0);
      bottom = Math.max(bottom, first === last ? (at + count - 1) % height : height - 1);
    }
    at += count;
  });
  return left <= right ? { x: left, y: top, width: right - left + 1, height: bottom - top + 1 } : null;
}

/**
 * Run lengths of a whole image from a mask that covers a part of it and is stored row by row, as in CVAT.
 *
 * @param part run lengths along the rows of the part, the first run being background.
 * @returns null when the runs do not cover the part, or the part is not inside the image.
 */
export function placeRowRuns(
  part: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  runs: readonly number[],
  image: { readonly width: number; readonly height: number },
): Rle | null {
  const { left, top, width, height } = part;
  if (left < 0 || top < 0 || left + width > image.width || top + height > image.height) return null;
  if (runs.reduce((sum, run) => sum + run, 0) !== width * height) return null;
  const mask = new Uint8Array(image.width * image.height);
  let at = 0;
  runs.forEach((run, i) => {
    for (const end = at + run; at < end; at++) {
      if (i % 2 === 1) mask[(left + (at % width)) * image.height + top + Math.floor(at / width)] = 1;
    }
  });
  return { kind: 'rle', width: image.width, height: image.height, counts: runsOf(mask) };
}

/** Lengths of the runs of equal values, the first being zeros. */
export function runsOf(mask: Uint8Array): number[] {
  const counts: number[] = [];
  let value = 0;
  let length = 0;
  for (const pixel of mask) {
    if (pixel !== value) {
      counts.push(length);
      value = pixel;
      length = 0;
    }
    length++;
  }
  counts.push(length);
  return counts;
}
