import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { FRAME_REMARKS } from '../../src/datasets/frames.js';
import { openDataset } from '../../src/datasets/open.js';
import type { DatasetItem } from '../../src/datasets/types.js';
import { readImage } from '../../src/image/files.js';
import { collect, makeFiles, temporaryFolder } from './samples/world.js';

/** Size of the image as it is seen, and a white object on it. */
const SEEN = { width: 24, height: 16 };
const OBJECT = { x: 2, y: 3, width: 5, height: 4 };

/** Turns upright pixels into stored ones, so that the orientation turns them back. */
async function storedFile(path: string, orientation: number): Promise<void> {
  const upright = Buffer.alloc(SEEN.width * SEEN.height * 3);
  for (let y = OBJECT.y; y < OBJECT.y + OBJECT.height; y++) {
    upright.fill(255, (y * SEEN.width + OBJECT.x) * 3, (y * SEEN.width + OBJECT.x + OBJECT.width) * 3);
  }
  const image = (): Sharp => sharp(upright, { raw: { ...SEEN, channels: 3 } });
  // Two quarter turns and mirrors undo each orientation: https://exiftool.org/TagNames/EXIF.html, tag 0x0112.
  const undo: Record<number, () => Promise<Sharp>> = {
    1: () => Promise.resolve(image()),
    2: () => Promise.resolve(image().flop()),
    3: () => Promise.resolve(image().rotate(180)),
    4: () => Promise.resolve(image().flip()),
    5: async () => again(await raw(image().rotate(270)), (one) => one.flip()),
    6: () => Promise.resolve(image().rotate(270)),
    7: async () => again(await raw(image().rotate(90)), (one) => one.flip()),
    8: () => Promise.resolve(image().rotate(90)),
  };
  const stored = await undo[orientation]!();
  await writeFile(path, await stored.withMetadata({ orientation }).toFormat(formatOf(path), LOSSLESS).toBuffer());
}

const LOSSLESS = { quality: 100, lossless: true };
const formatOf = (path: string): 'png' | 'webp' | 'tiff' | 'jpeg' =>
  path.endsWith('.tif') ? 'tiff' : path.endsWith('.jpg') ? 'jpeg' : path.endsWith('.webp') ? 'webp' : 'png';

const raw = (image: Sharp): Promise<{ data: Buffer; info: OutputInfo }> =>
  image.raw().toBuffer({ resolveWithObject: true });

function again({ data, info }: { data: Buffer; info: OutputInfo }, then: (image: Sharp) => Sharp): Sharp {
  return then(sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } }));
}

/** The box around what is white in a file as its pixels are stored: what an annotator sees whose tool turns nothing. */
async function storedBox(path: string): Promise<readonly number[]> {
  const { data, info } = await raw(sharp(path).removeAlpha());
  const [xs, ys]: [number[], number[]] = [[], []];
  for (let at = 0; at < info.width * info.height; at++) {
    if (data[3 * at]! < 128) continue;
    xs.push(at % info.width);
    ys.push(Math.floor(at / info.width));
  }
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) + 1 - left, Math.max(...ys) + 1 - top];
}

async function read(
  file: string,
  orientation: number,
  declared: { width?: number; height?: number },
  bbox: readonly number[] | 'stored',
  more: object = {},
): Promise<DatasetItem> {
  const root = await temporaryFolder();
  await storedFile(join(root, file), orientation);
  const own = bbox === 'stored' ? await storedBox(join(root, file)) : bbox;
  await makeFiles(root, {
    'annotations/instances_val.json': {
      images: [{ id: 1, file_name: file, ...declared }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: own, ...more }],
      categories: [{ id: 1, name: 'cat' }],
    },
  });
  const [item] = await collect((await openDataset(root)).items());
  return item!;
}

const boxOf = ({ boxes }: DatasetItem): unknown => boxes.map(({ x, y, width, height }) => ({ x, y, width, height }))[0];
const flat = ({ x, y, width, height }: typeof OBJECT): number[] => [x, y, width, height];
const turned = { width: SEEN.height, height: SEEN.width };

describe.each(['a.jpg', 'a.png', 'a.webp', 'a.tif'])('boxes on an image that EXIF turns: %s', (file) => {
  it.each([5, 6, 7, 8])('as stored, when the size is that of the file; orientation %d', async (orientation) => {
    const item = await read(file, orientation, turned, 'stored');
    expect(boxOf(item)).toEqual(OBJECT);
    expect(item).toMatchObject({ size: SEEN, remarks: [FRAME_REMARKS.stored] });
    const { width, height } = await readImage(item.imagePath!);
    expect({ width, height }).toEqual(SEEN);
  });

  it.each([5, 6, 7, 8])('as seen, when the size is that; orientation %d', async (orientation) => {
    const item = await read(file, orientation, SEEN, flat(OBJECT));
    expect(boxOf(item)).toEqual(OBJECT);
    expect(item.remarks).toEqual([FRAME_REMARKS.seen]);
  });

  it.each([2, 3, 4])(
    'taken as seen and said to be unclear, when sizes do not tell; orientation %d',
    async (orientation) => {
      const item = await read(file, orientation, SEEN, flat(OBJECT));
      expect(boxOf(item)).toEqual(OBJECT);
      expect(item.remarks).toEqual([FRAME_REMARKS.unclear]);
    },
  );
});

it('outlines and masks are turned with their box', async () => {
  // A triangle and a mask of one pixel in the stored frame of orientation 6: (x, y) is seen at (15 - y, x).
  const ring = await read('a.png', 6, turned, [3, 9, 4, 5], { segmentation: [[3, 9, 7, 9, 7, 14]] });
  expect(ring.boxes[0]?.segmentation).toEqual({ kind: 'polygons', polygons: [[15, 3, 15, 7, 10, 7]] });
  const counts = [3 * 24 + 5, 1, 16 * 24 - 3 * 24 - 6];
  const mask = await read('a.png', 6, turned, [3, 5, 1, 1], { segmentation: { counts, size: [24, 16] } });
  const { x, y } = mask.boxes[0]!;
  expect(mask.boxes[0]?.segmentation).toEqual({
    kind: 'rle',
    ...SEEN,
    counts: [x * 16 + y, 1, 24 * 16 - x * 16 - y - 1],
  });
});

it('without a size, a box that fits one frame alone tells it', async () => {
  // On the image as seen, 24 x 16, no box is at y 20; on 16 x 24 none is at x 20.
  expect((await read('a.png', 6, {}, [2, 18, 4, 4])).remarks).toEqual([FRAME_REMARKS.stored]);
  expect((await read('a.png', 6, {}, [18, 2, 4, 4])).remarks).toEqual([FRAME_REMARKS.seen]);
  expect((await read('a.png', 6, {}, [2, 2, 4, 4])).remarks).toEqual([FRAME_REMARKS.unclear]);
  expect((await read('a.png', 1, {}, [2, 2, 4, 4])).remarks).toBeUndefined();
});

it('a box that contradicts the size of its frame is said', async () => {
  expect((await read('a.png', 6, turned, [18, 2, 4, 4])).remarks).toEqual([FRAME_REMARKS.beyond]);
  expect((await read('a.png', 6, SEEN, [2, 18, 4, 4])).remarks).toEqual([FRAME_REMARKS.beyond]);
});

it('a size in the same proportions scales the boxes; another one makes the item malformed', async () => {
  const scaled = await read('a.png', 1, { width: 48, height: 32 }, [4, 6, 10, 8], {
    segmentation: [[4, 6, 14, 6, 14, 14]],
  });
  expect(boxOf(scaled)).toEqual(OBJECT);
  expect(scaled.boxes[0]?.segmentation).toEqual({ kind: 'polygons', polygons: [[2, 3, 7, 3, 7, 7]] });
  expect(scaled).toMatchObject({ size: SEEN, remarks: [FRAME_REMARKS.scaled] });
  const both = await read('a.png', 6, { width: 32, height: 48 }, [6, 34, 8, 10]);
  expect(both.remarks).toEqual([FRAME_REMARKS.scaled]);
  expect(boxOf(both)).toEqual({ x: 24 - 17 - 5 - 0, y: 3, width: 5, height: 4 });

  const near = await read('a.png', 1, { width: 25, height: 15 }, flat(OBJECT));
  expect(near.remarks).toEqual([FRAME_REMARKS.near]);
  expect(boxOf(near)).toEqual(OBJECT);

  const wrong = await read('a.png', 1, { width: 100, height: 30 }, flat(OBJECT));
  expect(wrong).toMatchObject({
    boxes: [],
    annotated: false,
    malformed: expect.stringMatching(/declare 100 x 30 pixels, and the image has 24 x 16/) as string,
  });
});

it('relative boxes are of the image as it is seen, also where EXIF turns a PNG', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'data.yaml': 'train: images\nval: images\nnames: [cat]\n',
    'labels/a.txt': '0 0.5 0.5 0.5 0.25\n',
    'images/.keep': '',
  });
  await storedFile(join(root, 'images/a.png'), 6);
  const [item] = await collect((await openDataset(root)).items());
  expect(boxOf(item!)).toEqual({ x: 6, y: 6, width: 12, height: 4 });
});
