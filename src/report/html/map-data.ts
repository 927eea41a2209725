import { isDrawn } from '../../explain/verdict.js';
import { join } from 'node:path';
import { readImage } from '../../image/files.js';
import { resizeImage } from '../../image/index.js';
import type { MapSize } from '../../results/explanation.js';
import { gridOf, readMapSheet } from '../../results/map-sheet.js';
import type { StoredMap, TargetRecord } from '../../results/schema/target.js';
import { COARSE_CELLS } from '../../explain/metrics/coarse.js';
import { DatumError } from '../../errors.js';
import { readWhole } from '../../files.js';
import type { MapData } from './report-data.js';
import { decodeNpyGrid } from '../../results/npy.js';
import { rangeOf, toGray } from '../../results/scale.js';

/** The small maps of an item's targets: the image that they stand in is read once. */
export class ItemMaps {
  readonly #folder: string;
  readonly #sheets = new Map<string, ReturnType<typeof readMapSheet>>();

  /** @param folder of the item's files */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A stored map; null where its file is gone or damaged: a report is made without it.
   *
   * @param side longest side of the result
   */
  async data(stored: StoredMap, side: number): Promise<MapData | null> {
    const sheet = this.#sheets.get(stored.file) ?? readMapSheet(join(this.#folder, stored.file));
    this.#sheets.set(stored.file, sheet);
    const found = await sheet.catch((error: unknown) => {
      if (error instanceof DatumError) return null;
      throw error;
    });
    const grid = found === null ? null : gridOf(found, stored);
    return grid === null ? null : sampled(grid.values, grid, side);
  }
}

/**
 * A target's map, small enough for a page of many: the stored small one, else from the saved heatmap, else from the raw
 * map, else from the coarse one of the item's line; flat where the map is noise. Null where nothing was saved or the files
 * are gone.
 *
 * @param side longest side of the result
 */
export async function mapOf(
  target: TargetRecord,
  folder: string,
  maps: ItemMaps,
  side: number,
): Promise<MapData | null> {
  const { map, heatmap, raw, range, coarse, verdict } = target;
  if (!isDrawn(verdict)) return flatMap(target);
  if (side > COARSE_CELLS) {
    const stored = map === null ? null : await maps.data(map, side);
    if (stored !== null) return stored;
    const found = heatmap === null || range === null ? null : await fromHeatmap(join(folder, heatmap), range, side);
    if (found !== null) return found;
  }
  if (coarse !== null) return coarseMapData(coarse);
  return raw === null ? null : fromRaw(join(folder, raw), side);
}

/** A map that is no more than noise, with its range alone: stretched, it would look like a finding. */
function flatMap({ range, coarse }: TargetRecord): MapData | null {
  const known = range ?? (coarse === null ? null : rangeOf(Float32Array.from(coarse)));
  if (known === null) return null;
  const bytes = Buffer.from([0]).toString('base64');
  return { width: 1, height: 1, min: rounded(known.min), max: rounded(known.max), bytes };
}

/** A coarse map as bytes. */
export function coarseMapData(coarse: readonly number[]): MapData {
  return bytesOf(Float32Array.from(coarse), COARSE_CELLS, COARSE_CELLS);
}

async function fromHeatmap(path: string, { min, max }: MapRangeOnly, side: number): Promise<MapData | null> {
  try {
    const heatmap = await readImage(path);
    const { width, height } = fitted(heatmap, side);
    const small = resizeImage(heatmap, width, height);
    const bytes = Uint8Array.from({ length: width * height }, (_, i) => small.data[i * 3]!);
    return { width, height, min: rounded(min), max: rounded(max), bytes: Buffer.from(bytes).toString('base64') };
  } catch (error) {
    if (error instanceof DatumError) return null;
    throw error;
  }
}

type MapRangeOnly = NonNullable<TargetRecord['range']>;

/** Reads float32 NPY files as encodeNpy writes them. */
async function fromRaw(path: string, side: number): Promise<MapData | null> {
  let file: Buffer;
  try {
    file = await readWhole(path);
  } catch {
    return null;
  }
  const grid = decodeNpyGrid(file);
  return grid === null ? null : sampled(grid.values, grid, side);
}

/** A map as bytes, at the pixels of a size whose longest side is at most `side`. */
function sampled(values: Float32Array, { width, height }: MapSize, side: number): MapData {
  const small = fitted({ width, height }, side);
  const picked = Float32Array.from({ length: small.width * small.height }, (_, i) => {
    const x = Math.floor((((i % small.width) + 0.5) / small.width) * width);
    const y = Math.floor(((Math.floor(i / small.width) + 0.5) / small.height) * height);
    return values[y * width + x]!;
  });
  return bytesOf(picked, small.width, small.height);
}

function bytesOf(values: Float32Array, width: number, height: number): MapData {
  const range = rangeOf(values);
  return {
    width,
    height,
    min: rounded(range.min),
    max: rounded(range.max),
    bytes: Buffer.from(toGray(values, range)).toString('base64'),
  };
}

/** A size whose longest side is at most `side`. */
export function fitted(
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Four digits: pages are read by people. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
