import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Box } from '../../src/annotations/index.js';
import { boxToInput, mapToImage, type Placement, type RgbImage } from '../../src/image/index.js';
import { inputMapToArea, type ImageMap } from '../../src/image/map-to-area.js';
import { readImage } from '../../src/image/files.js';
import { LibraryModel, type Found } from '../../src/library/model.js';
import type { Model } from '../../src/library/open-model.js';
import { encodeNpy } from '../../src/results/npy.js';
import { MOST_BOXES, PLACES, type ComparedModel, type ComparedPhoto } from './plan.js';

/** A photo as one model sees it, with what is to be explained. */
export interface PreparedPhoto {
  readonly file: string;
  readonly path: string;
  readonly image: RgbImage;
  readonly placement: Placement;
  /** The class of a classifier, or the boxes of a detector. */
  readonly targets: readonly Found[];
  /** For a classifier's class: boxes of the object; null where none are known. */
  readonly truth: readonly Box[] | null;
  /** For peers: the model's input before normalization, `[H, W, 3]` RGB in 8 bits, and after it, `[3, H, W]`. */
  readonly pixels: string;
  readonly input: string;
}

/** Smallest score of a detector's box that stands for an object. */
const CERTAIN = 0.5;

/**
 * @param detector finds the object's boxes
 * @param folder for what peers read
 */
export async function preparePhoto(
  model: Model,
  compared: ComparedModel,
  photo: ComparedPhoto,
  detector: Model,
  folder: string,
): Promise<PreparedPhoto> {
  const path = `${PLACES.photos}${photo.file}`;
  const image = await readImage(path);
  const core = LibraryModel.coreOf(model);
  const scene = await core.scene(image);
  const stem = join(folder, `${compared.id}-${photo.file}`);
  const [pixels, input] = [`${stem}-pixels.npy`, `${stem}-input.npy`];
  const { width, height, channels } = core.info.input;
  writeFileSync(
    pixels,
    bytesAsNpy(paddedPixels(scene.shown, scene.placement, core.info.preprocessing.pad), height, width),
  );
  writeFileSync(input, encodeNpy(Float32Array.from(scene.input), [channels, height, width]));
  const found = await model.predict(image);
  const targets =
    compared.task === 'classifier' ? found.slice(0, 1) : found.filter(({ box }) => box !== null).slice(0, MOST_BOXES);
  const truth = compared.task === 'classifier' ? await boxesOf(detector, photo, image, targets[0]) : null;
  return { file: photo.file, path, image, placement: scene.placement, targets, truth, pixels, input };
}

/** Boxes of the object that a classifier answered, by a detector; null where it answered something else. */
async function boxesOf(
  detector: Model,
  { object }: ComparedPhoto,
  image: RgbImage,
  answer: Found | undefined,
): Promise<Box[] | null> {
  if (object === null || answer === undefined) return null;
  const id = answer.label.id;
  if (!object.classes.some(([first, last]) => first <= id && id <= last)) return null;
  const found = await detector.predict(image, { detConfThresh: CERTAIN });
  const boxes = found.flatMap(({ label, box }) => (label.name === object.name && box !== null ? [box] : []));
  return boxes.length === 0 ? null : boxes;
}

/** A target's place in the model's input, `[x1, y1, x2, y2]`. */
export function cornersInInput(box: Box, placement: Placement): number[] {
  const { x, y, width, height } = boxToInput(box, placement);
  return [x, y, x + width, y + height];
}

/** A peer's map over the model's input, as a map over the photo. */
export function overPhoto(map: ImageMap, placement: Placement): ImageMap {
  const { area, image, scaled } = placement;
  const data = inputMapToArea(map, placement);
  if (scaled.width === area.width && scaled.height === area.height) return { data, shape: [area.height, area.width] };
  // What was cropped away is in no map.
  return { data: mapToImage(data, placement, image), shape: [image.height, image.width] };
}

function paddedPixels({ data, width }: RgbImage, { area, input }: Placement, pad: number): Uint8Array {
  const out = new Uint8Array(input.width * input.height * 3).fill(pad);
  for (let row = 0; row < area.height; row++) {
    const line = data.subarray(row * width * 3, (row + 1) * width * 3);
    out.set(line, ((row + area.y) * input.width + area.x) * 3);
  }
  return out;
}

/** Source: numpy.lib.format, version 1.0. */
function bytesAsNpy(values: Uint8Array, height: number, width: number): Uint8Array {
  const dictionary = `{'descr': '|u1', 'fortran_order': False, 'shape': (${height}, ${width}, 3), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  const bytes = new Uint8Array(10 + header.length + values.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(values, 10 + header.length);
  return bytes;
}
