import { z } from 'zod';

import { setFlags, toAttributes } from '../attributes.js';
import { boundsOf } from '../geometry.js';
import { checked } from '../json/parse.js';
import type { ListedImage, ListedObject, Unread } from '../listed/dataset.js';
import { BESIDE_BOX } from '../passed-over.js';

const confidence = z.number().nullish();

const classification = z.object({ label: z.string(), confidence });

const detection = z.object({
  label: z.string(),
  /** Left, top, width, height in shares of the image. */
  bounding_box: z.tuple([z.number(), z.number(), z.number(), z.number()], { error: 'a box is four numbers' }),
  confidence,
  iscrowd: z.union([z.number(), z.boolean()]).nullish(),
  attributes: z.unknown().optional(),
  mask: z.unknown().optional(),
  mask_path: z.unknown().optional(),
});

const polyline = z.object({
  label: z.string(),
  points: z.array(z.array(z.tuple([z.number(), z.number()]))),
  closed: z.boolean().nullish(),
  filled: z.boolean().nullish(),
  confidence,
});

/** The members of a label, by its class in FiftyOne: one, or a list in a member of this name. */
const LISTS = {
  Detections: 'detections',
  Classifications: 'classifications',
  Polylines: 'polylines',
} as const;

/** Classes of labels that are read. */
export const READ: ReadonlySet<string> = new Set(['Detection', 'Classification', 'Polyline', ...Object.keys(LISTS)]);

/** The class of a field's value, such as `Detections`; null where it is no label. */
export function classOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && '_cls' in value && typeof value._cls === 'string'
    ? value._cls
    : null;
}

/**
 * What a field of a sample says.
 *
 * @param at where it stands, such as `samples[3].ground_truth`.
 * @throws DatumError (`dataset`) where a label is not complete.
 */
export function readLabel(
  value: object,
  path: string,
  at: string,
  unread: Unread,
): Pick<ListedImage, 'labels' | 'objects'> {
  const kind = classOf(value) ?? '';
  const members = new Map(Object.entries(value));
  const list = kind === 'Detections' || kind === 'Classifications' || kind === 'Polylines' ? LISTS[kind] : null;
  const parts = list === null ? [value] : checked(z.array(z.unknown()), members.get(list) ?? [], path, `${at}.${list}`);
  const placeOf = (i: number): string => (list === null ? at : `${at}.${list}[${i}]`);
  if (kind.startsWith('Classification')) {
    const labels = parts.map((part, i) => {
      const { label, confidence: score } = checked(classification, part, path, placeOf(i));
      return { label, attributes: scoreOf(score) };
    });
    return { labels, objects: [] };
  }
  return {
    objects: parts.flatMap((part, i) =>
      kind.startsWith('Polyline')
        ? readPolyline(part, path, placeOf(i), unread)
        : [readDetection(part, path, placeOf(i), unread)],
    ),
  };
}

/** A detection, also as `labels.json` has it. */
export function readDetection(value: unknown, path: string, at: string, unread: Unread): ListedObject {
  const {
    label,
    bounding_box: box,
    confidence: score,
    iscrowd,
    attributes,
    ...rest
  } = checked(detection, value, path, at);
  if ((rest.mask ?? rest.mask_path ?? null) !== null) unread.add(BESIDE_BOX.masks);
  const [x, y, width, height] = box;
  return {
    label,
    box: { x, y, width, height },
    attributes: { ...toAttributes(attributes), ...scoreOf(score), ...setFlags({ crowd: Boolean(iscrowd) }) },
  };
}

function readPolyline(value: unknown, path: string, at: string, unread: Unread): ListedObject[] {
  const { label, points, closed, filled, confidence: score } = checked(polyline, value, path, at);
  const polygons = points.map((ring) => ring.flat()).filter((ring) => ring.length >= 6);
  const box = boundsOf(polygons.flat());
  if (box === null || (closed !== true && filled !== true)) {
    unread.add('lines', label);
    return [];
  }
  return [{ label, box, polygons, attributes: scoreOf(score) }];
}

const scoreOf = (score: number | null | undefined): { score?: number } => (typeof score === 'number' ? { score } : {});
