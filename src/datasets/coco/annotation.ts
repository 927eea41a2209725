import type { Box } from '../../annotations/index.js';
import { setFlags, toAttributes } from '../attributes.js';
import { boundsOf } from '../geometry.js';
import { malformed } from '../malformed.js';
import { maskOf } from '../mask.js';
import { rleBounds } from '../rle.js';
import type { Attributes, Segmentation } from '../types.js';
import type { CocoAnnotation } from './schema.js';

/** One annotation as it is read: a box, or a label of the whole image when it has no place. */
export interface ReadAnnotation {
  readonly box: Box | null;
  readonly segmentation: Segmentation | null;
  readonly attributes: Attributes;
}

/**
 * @param place where the annotation stands, for messages.
 * @throws DatumError (`dataset`) when the run lengths of a mask do not fit its size.
 */
export function readAnnotation(
  annotation: CocoAnnotation,
  path: string,
  place: { readonly byte: number },
): ReadAnnotation {
  const segmentation = readSegmentation(annotation.segmentation, path, place);
  const { bbox } = annotation;
  const box =
    bbox?.length === 4
      ? { x: bbox[0], y: bbox[1], width: bbox[2], height: bbox[3] }
      : boundsOfSegmentation(segmentation);
  if (box === null && Array.isArray(annotation.segmentation)) {
    throw malformed(path, place, 'the object has no box, and no outline of three points or more');
  }
  return {
    box,
    segmentation,
    attributes: {
      ...toAttributes(annotation.attributes),
      ...setFlags({ crowd: Boolean(annotation.iscrowd) }),
      ...(typeof annotation.score === 'number' ? { score: annotation.score } : {}),
    },
  };
}

export function boundsOfSegmentation(segmentation: Segmentation | null): Box | null {
  if (segmentation === null) return null;
  return segmentation.kind === 'rle' ? rleBounds(segmentation) : boundsOf(segmentation.polygons.flat());
}

function readSegmentation(
  value: CocoAnnotation['segmentation'],
  path: string,
  place: { readonly byte: number },
): Segmentation | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    // A ring with half a point is not read; the object's box is.
    const polygons = value.filter((ring) => ring.length >= 6 && ring.length % 2 === 0);
    return polygons.length === 0 ? null : { kind: 'polygons', polygons };
  }
  return maskOf(value.counts, value.size, path, place);
}
