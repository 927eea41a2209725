import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage, resizeImage } from '../../image/index.js';
import type { SourceTarget } from '../explained/source-item.js';
import { COARSE_CELLS } from '../../explain/metrics/coarse.js';
import { DatumError } from '../../errors.js';
import type { MapData } from './report-data.js';
import { rangeOf, toGrey } from '../../results/scale.js';

/**
 * A target's map, small enough for a page of many: from the saved heatmap, else from the raw map, else from the coarse
 * one of the item's line; flat where the map is noise. Null where nothing was saved or the files are gone.
 *
 * @param side longest side of the result
 */
export async function mapOf(target: SourceTarget, folder: string, side: number): Promise<MapData | null> {
  const { heatmap, raw, range, coarse, verdict } = target;
  if (verdict === 'noise') return flatMap(target);
  if (heatmap !== null && range !== null && side > COARSE_CELLS) {
    const found = await fromHeatmap(join(folder, heatmap), range, side);
    if (found !== null) return found;
  }
  if (coarse !== null) return coarseMapData(coarse);
  return raw === null ? null : fromRaw(join(folder, raw), side);
}

/** A map that is no more than noise, with its range alone: stretched, it would look like a finding. */
function flatMap({ range, coarse }: SourceTarget): MapData | null {
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
    const picture = await readImage(path);
    const { width, height } = fitted(picture, side);
    const small = await resizeImage(picture, width, height);
    const bytes = Uint8Array.from({ length: width * height }, (_, i) => small.data[i * 3]!);
    return { width, height, min: rounded(min), max: rounded(max), bytes: Buffer.from(bytes).toString('base64') };
  } catch (error) {
    if (error instanceof DatumError) return null;
    throw error;
  }
}

type MapRangeOnly = NonNullable<SourceTarget['range']>;

/** Reads float32 NPY files as encodeNpy writes them. */
async function fromRaw(path: string, side: number): Promise<MapData | null> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch {
    return null;
  }
  const start = 10 + file.readUInt16LE(8);
  const [, h, w] = /'shape': \((\d+), (\d+)\)/.exec(file.toString('latin1', 10, start)) ?? [];
  const [height, width] = [Number(h), Number(w)];
  if (!(width > 0 && height > 0) || file.length < start + width * height * 4) return null;
  const small = fitted({ width, height }, side);
  const values = Float32Array.from({ length: small.width * small.height }, (_, i) => {
    const x = Math.floor((((i % small.width) + 0.5) / small.width) * width);
    const y = Math.floor(((Math.floor(i / small.width) + 0.5) / small.height) * height);
    return file.readFloatLE(start + (y * width + x) * 4);
  });
  return bytesOf(values, small.width, small.height);
}

function bytesOf(values: Float32Array, width: number, height: number): MapData {
  const range = rangeOf(values);
  return {
    width,
    height,
    min: rounded(range.min),
    max: rounded(range.max),
    bytes: Buffer.from(toGrey(values, range)).toString('base64'),
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
