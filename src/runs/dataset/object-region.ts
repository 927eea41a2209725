import { regionOfBox, type Region } from '../../explain/metrics/region.js';
import type { Segmentation } from '../../datasets/index.js';
import type { Placement } from '../../image/index.js';
import type { TruthObject } from './truth.js';

/**
 * The pixels of an object in the part of the input that shows the image: its outline where the annotators drew one,
 * else its box.
 *
 * @returns `[area.height, area.width]`
 */
export function regionOfObject(object: TruthObject, placement: Placement): Region {
  const { segmentation } = object;
  if (segmentation?.kind === 'polygons' && segmentation.polygons.length > 0) {
    return regionOfPolygons(segmentation.polygons, placement);
  }
  if (segmentation?.kind === 'rle') return regionOfRuns(segmentation, placement);
  return regionOfBox(object, placement);
}

/** Pixels whose middle lies in any of the rings, each filled by the even-odd rule. */
function regionOfPolygons(polygons: readonly (readonly number[])[], placement: Placement): Region {
  const { area, scaleX, scaleY, offsetX, offsetY } = placement;
  const { width, height } = area;
  const inside = new Uint8Array(width * height);
  for (const ring of polygons) {
    const points = Array.from({ length: Math.floor(ring.length / 2) }, (_, i) => ({
      x: ring[2 * i]! * scaleX + offsetX - area.x,
      y: ring[2 * i + 1]! * scaleY + offsetY - area.y,
    }));
    for (let row = 0; row < height; row++) {
      const crossings = crossingsOf(points, row + 0.5);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
        const to = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
        if (to > from) inside.fill(1, row * width + from, row * width + to);
      }
    }
  }
  return { width, height, inside };
}

/** Where a ring's edges cross a horizontal line, rising. */
function crossingsOf(points: readonly { readonly x: number; readonly y: number }[], y: number): number[] {
  const crossings: number[] = [];
  for (const [i, a] of points.entries()) {
    const b = points[(i + 1) % points.length]!;
    if (a.y <= y === b.y <= y) continue;
    crossings.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
  }
  return crossings.sort((left, right) => left - right);
}

/** Pixels whose middle lies on a pixel of the mask. */
function regionOfRuns(runs: Extract<Segmentation, { kind: 'rle' }>, placement: Placement): Region {
  const { area, scaleX, scaleY, offsetX, offsetY, image } = placement;
  const mask = new Uint8Array(runs.width * runs.height);
  let at = 0;
  for (const [i, count] of runs.counts.entries()) {
    if (i % 2 === 1) mask.fill(1, at, at + count);
    at += count;
  }
  const inside = new Uint8Array(area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    const row = Math.floor((((y + 0.5 + area.y - offsetY) / scaleY) * runs.height) / image.height);
    for (let x = 0; x < area.width; x++) {
      const column = Math.floor((((x + 0.5 + area.x - offsetX) / scaleX) * runs.width) / image.width);
      if (row < 0 || row >= runs.height || column < 0 || column >= runs.width) continue;
      inside[y * area.width + x] = mask[column * runs.height + row]!;
    }
  }
  return { width: area.width, height: area.height, inside };
}
