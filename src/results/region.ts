import type { ExplainedImage, ExplainedTarget, MapSize } from './explanation.js';
import type { RegionRecord } from './schema/target.js';

/** Longest side of a region as files keep it: its border is as smooth as the masks. */
const KEPT_SIDE = 128;

/** Where keeping pixels raises the score beyond doubt, `[height, width]`, 0 or 1; nowhere where that is not known. */
export function evidenceRegion(
  target: ExplainedTarget,
  size?: MapSize,
  map: Float32Array = target.renderMap(size),
): Uint8Array {
  const region = target.renderSignificant(size) ?? new Uint8Array(map.length);
  for (let i = 0; i < region.length; i++) if (!(map[i]! > 0)) region[i] = 0;
  return region;
}

/** The region of a target's evidence, small enough to be kept beside its figures. */
export function keptRegion(target: ExplainedTarget, image: ExplainedImage): RegionRecord {
  const size = keptSize(image, KEPT_SIDE);
  return { ...size, runs: runsOf(evidenceRegion(target, size)).join(' ') };
}

/** The size of an image's maps, at most `side` pixels long. */
export function keptSize({ mapWidth, mapHeight }: ExplainedImage, side: number): MapSize {
  const scale = Math.min(1, side / Math.max(mapWidth, mapHeight));
  return { width: Math.max(1, Math.round(mapWidth * scale)), height: Math.max(1, Math.round(mapHeight * scale)) };
}

function runsOf(region: Uint8Array): number[] {
  const runs: number[] = [];
  let inside = 0;
  let length = 0;
  for (const pixel of region) {
    if (pixel === inside) length++;
    else {
      runs.push(length);
      inside = pixel;
      length = 1;
    }
  }
  return [...runs, length];
}
