import { codeOf, DatumError, messageOf } from '../errors.js';
import { readWhole } from '../files.js';
import { decodeGray16Png, encodeGray16Png, type Gray16Image } from '../image/files.js';
import { mapToImage, type Placement } from '../image/placement.js';
import type { MapSize } from './explanation.js';
import { maskCells } from './mask-cells.js';
import { rangeOf } from './scale.js';
import type { StoredMap } from './schema/target.js';

/** Samples of a stored map along each side of a mask cell: with fewer, bilinear enlarging shows the samples. */
const SAMPLES_A_CELL = 8;
const LARGEST = 65_535;
/**
 * Values are multiples of this, 4096 levels: an eighth of a thousandth of the range off at most, where the small size costs
 * ten times that. What is finer is noise, which would be half of the file.
 */
const STEP = 16;

/**
 * The size of an image's stored maps: eight samples a mask cell, 48 x 48 for 6 x 6 cells, but no more than the map has
 * pixels. Where the model sees a part of the image alone, the cells of that part count.
 */
export function storedMapSize(
  options: Readonly<Record<string, unknown>>,
  { area, scaled }: Pick<Placement, 'area' | 'scaled'>,
  { mapWidth, mapHeight }: { readonly mapWidth: number; readonly mapHeight: number },
): MapSize {
  const cells = maskCells(options, area);
  const along = (count: number, whole: number, seen: number, most: number): number =>
    Math.max(1, Math.min(most, Math.round((SAMPLES_A_CELL * count * whole) / seen)));
  return {
    width: along(cells.width, scaled.width, area.width, mapWidth),
    height: along(cells.height, scaled.height, area.height, mapHeight),
  };
}

/** The maps of one image, small, one below the other in one PNG of 16 bits. */
export class MapSheet {
  readonly file: string;
  readonly #size: MapSize;
  readonly #placement: Placement;
  readonly #maps: Uint16Array[] = [];

  /** @param file name that the JSON calls the PNG by */
  constructor(file: string, size: MapSize, placement: Placement) {
    this.file = file;
    this.#size = size;
    this.#placement = placement;
  }

  /** Whether there is no map in it. */
  get isEmpty(): boolean {
    return this.#maps.length === 0;
  }

  /** Adds a map over the area that the model saw, and says where it stands. */
  add(areaMap: Float32Array): StoredMap {
    const values = mapToImage(areaMap, this.#placement, this.#size);
    const { min, max } = rangeOf(values);
    const factor = max > min ? LARGEST / (max - min) / STEP : 0;
    const level = (value: number): number => Math.min(LARGEST, Math.round((value - min) * factor) * STEP);
    const top = this.#maps.length * this.#size.height;
    this.#maps.push(Uint16Array.from(values, level));
    return { file: this.file, top, ...this.#size, min, max };
  }

  encode(): Promise<Buffer> {
    const { width, height } = this.#size;
    const data = new Uint16Array(width * height * this.#maps.length);
    for (const [i, map] of this.#maps.entries()) data.set(map, i * width * height);
    return encodeGray16Png({ width, height: height * this.#maps.length, data });
  }
}

/** A map as it is drawn: `[height, width]` over the whole image, in score units. */
export interface Grid extends MapSize {
  readonly values: Float32Array;
}

/**
 * Reads the PNG of an image's maps; null where there is none.
 *
 * @throws DatumError (`output`) where it is damaged.
 */
export async function readMapSheet(path: string): Promise<Gray16Image | null> {
  try {
    return await decodeGray16Png(await readWhole(path));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new DatumError('output', `${path} is damaged (${messageOf(cause)}): explain the image again.`, {
      cause,
      file: path,
    });
  }
}

/** A map out of the PNG that it stands in; null where the PNG does not reach so far. */
export function gridOf(sheet: Gray16Image, { top, width, height, min, max }: StoredMap): Grid | null {
  if (sheet.width !== width || sheet.height < top + height) return null;
  const stored = sheet.data.subarray(top * width, (top + height) * width);
  const values = Float32Array.from(stored, (value) => min + (value / LARGEST) * (max - min));
  return { width, height, values };
}
