import { mapToImage, type Placement } from '../image/index.js';
import type { ExplainedImage } from '../runs/explanation.js';
import { keptSize } from './evidence-region.js';
import { rangeOf, toGrey } from './scale.js';

/** Longest side of a map as files keep it: nine pixels for each of seven mask cells. */
const KEPT_SIDE = 64;

/** A map as bytes between its smallest and largest value, as files keep it. */
export interface KeptMap {
  readonly width: number;
  readonly height: number;
  /** In score units, of byte 0 and of byte 255. */
  readonly min: number;
  readonly max: number;
  /** `[height, width]` bytes in base64. */
  readonly bytes: string;
}

/** A map over the area that the model saw, small enough to be kept beside its figures. */
export function keptMap(areaMap: Float32Array, placement: Placement, image: ExplainedImage): KeptMap {
  const size = keptSize(image, KEPT_SIDE);
  const values = mapToImage(areaMap, placement, size);
  const { min, max } = rangeOf(values);
  return { ...size, min, max, bytes: Buffer.from(toGrey(values, { min, max })).toString('base64') };
}
