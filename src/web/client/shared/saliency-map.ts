import type { MapData } from '../../../report/html/report-data.js';
import type { RegionRecord } from '../../../results/schema/target.js';

/** A map as the page holds it: bytes between its smallest and largest value. */
export interface SaliencyMap {
  readonly width: number;
  readonly height: number;
  readonly min: number;
  readonly max: number;
  /** `[height, width]`, 0..255. */
  readonly bytes: Uint8Array;
}

const regions = new WeakMap<RegionRecord, SaliencyMap>();
const decoded = new WeakMap<MapData, SaliencyMap>();

/** Decodes a map once. */
export function decodeMap(data: MapData): SaliencyMap {
  const known = decoded.get(data);
  if (known !== undefined) return known;
  const text = atob(data.bytes);
  const bytes = Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const map = { width: data.width, height: data.height, min: data.min, max: data.max, bytes };
  decoded.set(data, map);
  return map;
}

/** Decodes a region once: all or nothing. */
export function decodeRegion(data: RegionRecord): SaliencyMap {
  const known = regions.get(data);
  if (known !== undefined) return known;
  const { width, height } = data;
  const bytes = new Uint8Array(width * height);
  let at = 0;
  for (const [i, length] of data.runs.split(' ').entries()) {
    const end = at + Number(length);
    if (i % 2 === 1) bytes.fill(255, at, end);
    at = end;
  }
  const region = { width, height, min: 0, max: 1, bytes };
  regions.set(data, region);
  return region;
}

/**
 * A map at another size, bilinear between the middles of its pixels.
 *
 * @returns `[height, width]`, 0..1 from the map's smallest to its largest value
 */
export function enlarge(map: SaliencyMap, width: number, height: number): Float32Array {
  const columns = neighbours(map.width, width);
  const rows = neighbours(map.height, height);
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const { first: top, second: bottom, weight: down } = rows[y]!;
    for (let x = 0; x < width; x++) {
      const { first: left, second: right, weight: across } = columns[x]!;
      const above = map.bytes[top * map.width + left]! * (1 - across) + map.bytes[top * map.width + right]! * across;
      const below =
        map.bytes[bottom * map.width + left]! * (1 - across) + map.bytes[bottom * map.width + right]! * across;
      out[y * width + x] = (above * (1 - down) + below * down) / 255;
    }
  }
  return out;
}

/**
 * The value of a map at a place, in score units.
 *
 * @param at shares of its sides; null gives null
 */
export function valueAt(map: SaliencyMap, at: { readonly x: number; readonly y: number } | null): number | null {
  if (at === null) return null;
  const cell = (share: number, length: number): number => Math.min(length - 1, Math.max(0, Math.floor(share * length)));
  const byte = map.bytes[cell(at.y, map.height) * map.width + cell(at.x, map.width)] ?? 0;
  return map.min + (byte / 255) * (map.max - map.min);
}

interface Neighbours {
  readonly first: number;
  readonly second: number;
  /** Of the second. */
  readonly weight: number;
}

function neighbours(from: number, to: number): Neighbours[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const first = Math.floor(at);
    return { first, second: Math.min(from - 1, first + 1), weight: at - first };
  });
}

/** The level that the given share of pixels reaches or exceeds. */
export function levelOfShare(values: Float32Array, share: number): number {
  if (share >= 1) return -Infinity;
  const falling = Float32Array.from(values).sort().reverse();
  return falling[Math.max(0, Math.ceil(share * falling.length) - 1)] ?? Infinity;
}
