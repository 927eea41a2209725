import { foldoverCells } from '../rise/foldover.js';
import type { SeenMasks } from '../rise/seen-masks.js';
import { RegionParts } from './region-parts.js';

/** Regions of an image that are hidden and kept at random; plain data, the same in every thread. */
export interface RegionDrawing {
  readonly sampler: 'regions';
  /** The region of each pixel, `[height, width]`. */
  readonly regions: Uint16Array;
  readonly width: number;
  /** Number of regions. */
  readonly count: number;
  readonly seed: number;
}

/** Draws the masks by their numbers: 1 in the regions that are kept, 0 in the others. */
export function regionDrawer({ regions, count, seed }: RegionDrawing): (index: number, out: Float32Array) => void {
  const draw = foldoverCells(count, seed);
  const kept = new Uint8Array(count);
  return (index, out) => {
    draw(index, kept);
    for (let pixel = 0; pixel < out.length; pixel++) out[pixel] = kept[regions[pixel]!]!;
  };
}

/** The same masks as an analysis sees them: their parts are the regions. */
export function seenRegions(drawing: RegionDrawing): SeenMasks {
  const { count, seed } = drawing;
  const draw = foldoverCells(count, seed);
  const kept = new Uint8Array(count);
  const parts = new RegionParts(drawing);
  return {
    unit: 2,
    probability: 0.5,
    places: count,
    seen: () => ({
      parts,
      addMeans(index, out, start) {
        draw(index, kept);
        for (let region = 0; region < count; region++) out[start + region]! += kept[region]!;
      },
    }),
  };
}
