import type { Box } from '../../annotations/index.js';
import { setFlags, toAttributes } from '../attributes.js';
import { boundsOf } from '../geometry.js';
import { maskOrNull } from '../mask.js';
import { DAMAGED } from '../passed-over.js';
import { readTurned } from '../rotation.js';
import { rleBounds } from '../rle.js';
import type { Attributes, Segmentation } from '../types.js';
import { cocoSegmentation, type CocoAnnotation } from './schema.js';

/** One annotation as it is read: a box, or a label of the whole image when it has no place. */
export interface ReadAnnotation {
  readonly box: Box | null;
  readonly segmentation: Segmentation | null;
  readonly attributes: Attributes;
  /** What of it is not read, in words; null where all is. */
  readonly passedOver: string | null;
  /** Whether it marks a place that cannot be used: it is then no label of the whole image. */
  readonly withoutPlace: boolean;
  /** Whether its box is the one around a turned box. */
  readonly isTurned: boolean;
}

const ODD_POLYGONS = 'polygons of an odd number of coordinates';
const SHORT_POLYGONS = 'polygons of less than three points';

export function readAnnotation(annotation: CocoAnnotation): ReadAnnotation {
  const { segmentation, passedOver } = readSegmentation(annotation.segmentation);
  const { bbox } = annotation;
  const written = bbox?.length === 4 ? { x: bbox[0], y: bbox[1], width: bbox[2], height: bbox[3] } : null;
  const own = toAttributes(annotation.attributes);
  const turned = written === null || segmentation !== null ? null : readTurned(written, own);
  const box = turned?.box ?? written ?? boundsOfSegmentation(segmentation);
  return {
    box,
    isTurned: turned !== null,
    segmentation,
    passedOver,
    withoutPlace: box === null && passedOver !== null,
    attributes: {
      ...(turned?.attributes ?? own),
      ...setFlags({ crowd: Boolean(annotation.iscrowd) }),
      ...(typeof annotation.score === 'number' ? { score: annotation.score } : {}),
    },
  };
}

export function boundsOfSegmentation(segmentation: Segmentation | null): Box | null {
  if (segmentation === null) return null;
  return segmentation.kind === 'rle' ? rleBounds(segmentation) : boundsOf(segmentation.polygons.flat());
}

/**
 * Rings of an odd length, or of less than three points, are no outline, nor are masks whose run lengths do not fit their
 * size: the box, where there is one, stays.
 */
function readSegmentation(written: unknown): {
  readonly segmentation: Segmentation | null;
  readonly passedOver: string | null;
} {
  if (written === null || written === undefined) return { segmentation: null, passedOver: null };
  const { data: value } = cocoSegmentation.safeParse(written);
  if (value === undefined)
    return { segmentation: null, passedOver: Array.isArray(written) ? DAMAGED.polygons : DAMAGED.masks };
  if (!Array.isArray(value)) {
    const mask = maskOrNull(value.counts, value.size);
    return { segmentation: mask, passedOver: mask === null ? DAMAGED.masks : null };
  }
  const rings = ringsOf(value);
  const polygons = rings.filter((ring) => ring.length >= 6 && ring.length % 2 === 0);
  // An empty list says that there is no outline.
  const bad = rings.filter((ring) => ring.length > 0 && !polygons.includes(ring));
  const passedOver =
    bad.length === 0 ? null : bad.some((ring) => ring.length % 2 === 1) ? ODD_POLYGONS : SHORT_POLYGONS;
  return { segmentation: polygons.length === 0 ? null : { kind: 'polygons', polygons }, passedOver };
}

function ringsOf(value: readonly number[] | readonly (readonly number[])[]): readonly (readonly number[])[] {
  const numbers: number[] = [];
  const rings: (readonly number[])[] = [];
  for (const one of value) {
    if (typeof one === 'number') numbers.push(one);
    else rings.push(one);
  }
  return numbers.length > 0 ? [numbers] : rings;
}
