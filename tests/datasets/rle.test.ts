import fc from 'fast-check';
import { expect, it } from 'vitest';

import { decodeCounts, encodeCounts, fillsMask, placeRowRuns, rleBounds } from '../../src/datasets/rle.js';

it('writes and reads COCO’s compressed run lengths', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000)), (counts) => {
      expect(decodeCounts(encodeCounts(counts))).toEqual(counts);
    }),
  );
});

it('agrees with rleToString of the COCO API, by hand', () => {
  // 193 is 1 + 6 * 32: the group 1 with its "more" bit is 33, then 6; '0' is 48.
  expect(encodeCounts([3, 4, 193])).toBe('34Q6');
  expect(decodeCounts('34Q6')).toEqual([3, 4, 193]);
});

it('does not read what is no such string', () => {
  for (const text of ['P', '\n', '~', 'oooooooooooo']) expect(decodeCounts(text)).toBeNull();
});

const mask = fc
  .record({ width: fc.integer({ min: 1, max: 7 }), height: fc.integer({ min: 1, max: 7 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      pixels: fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height }),
    }),
  );

/** Run lengths of truth values, the first run being of false. */
function runsOf(values: readonly boolean[]): number[] {
  const runs = [0];
  let current = false;
  for (const value of values) {
    if (value !== current) runs.push(0);
    current = value;
    runs[runs.length - 1]!++;
  }
  return runs;
}

it('puts the smallest box around a mask', () => {
  fc.assert(
    fc.property(mask, ({ width, height, pixels }) => {
      const on = pixels.flatMap((set, i) => (set ? [[Math.floor(i / height), i % height] as const] : []));
      const [xs, ys] = [on.map(([x]) => x), on.map(([, y]) => y)];
      const expected =
        on.length === 0
          ? null
          : {
              x: Math.min(...xs),
              y: Math.min(...ys),
              width: Math.max(...xs) - Math.min(...xs) + 1,
              height: Math.max(...ys) - Math.min(...ys) + 1,
            };
      expect(rleBounds({ kind: 'rle', width, height, counts: runsOf(pixels) })).toEqual(expected);
    }),
  );
});

it('places a mask that is stored row by row into its image', () => {
  fc.assert(
    fc.property(mask, fc.nat(3), fc.nat(3), ({ width, height, pixels }, left, top) => {
      const image = { width: left + width + 1, height: top + height + 2 };
      const rle = placeRowRuns({ left, top, width, height }, runsOf(pixels), image)!;
      expect(fillsMask(rle)).toBe(true);
      const columns = Array.from({ length: image.width * image.height }, (_, i) => {
        const [x, y] = [Math.floor(i / image.height) - left, (i % image.height) - top];
        return x >= 0 && x < width && y >= 0 && y < height && pixels[y * width + x]!;
      });
      expect(rle.counts).toEqual(runsOf(columns));
    }),
  );
});

it('refuses a mask that does not fit', () => {
  expect(placeRowRuns({ left: 0, top: 0, width: 2, height: 2 }, [3], { width: 4, height: 4 })).toBeNull();
  expect(placeRowRuns({ left: 3, top: 0, width: 2, height: 2 }, [4], { width: 4, height: 4 })).toBeNull();
});
