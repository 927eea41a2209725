import { unionOf, boundsOf } from '../geometry.js';
import { setFlags, toAttributes } from '../attributes.js';
import { checked } from '../json/parse.js';
import { malformed } from '../malformed.js';
import { readTurned, TURNED_BOXES } from '../rotation.js';
import { rleBounds, type Rle } from '../rle.js';
import { maskOrNull } from '../mask.js';
import { DAMAGED, kindOf, PassedOver } from '../passed-over.js';
import type { Attributes, DatasetItem, TrueBox, TrueLabel } from '../types.js';
import { datumaroAnnotation, datumaroKind, type DatumaroAnnotation } from './schema.js';

/** Types that have a place but no area or no class: passed over. */
const PASSED_OVER = new Set([
  'points',
  'polyline',
  'caption',
  'cuboid_3d',
  'cuboid_2d',
  'hash_key',
  'feature_vector',
  'skeleton',
  'rotated_bbox',
  'super_resolution_annotation',
  'depth_annotation',
  'tabular',
]);

/** Flags that are attributes here only when set. */
const FLAGS = ['crowd', 'difficult', 'truncated', 'occluded'] as const;

/** Where an item stands, for messages. */
export interface ItemPlace {
  readonly path: string;
  /** Such as `items[3]`. */
  readonly at: string;
}

/**
 * The labels and boxes of a Datumaro item. A polygon or mask makes a box around it; shapes of one group and label are
 * one object, whose box is the group's bbox when it has one.
 *
 * @throws DatumError (`dataset`) where an annotation is not complete or has an unknown type.
 */
export function readObjects(
  annotations: readonly unknown[],
  labelNames: readonly string[],
  place: ItemPlace,
): Pick<DatasetItem, 'labels' | 'boxes' | 'passedOver' | 'withoutPlace' | 'remarks'> {
  const labels: TrueLabel[] = [];
  const passed = new PassedOver();
  const groups = new Map<string, ObjectParts>();
  const remarks = new Set<string>();
  annotations.forEach((value, i) => {
    const at = `${place.at}.annotations[${i}]`;
    const fail = (problem: string): Error => malformed(place.path, { at }, problem);
    const { type, label_id: label, group } = checked(datumaroKind, value, place.path, at);
    if (PASSED_OVER.has(type)) {
      // What is grouped belongs to an object that has a box mostly.
      const isAlone = !group && type !== 'caption' && labelNames[label ?? -1] !== undefined;
      passed.add(kindOf(type), isAlone ? (label ?? null) : null);
      return;
    }
    if (label === null || label === undefined) {
      passed.add('annotations without a class');
      return;
    }
    if (labelNames[label] === undefined) throw fail(`label_id ${label} is not in the ${labelNames.length} categories`);
    const annotation = checked(datumaroAnnotation, value, place.path, at);
    const own = readAttributes(annotation.attributes);
    const turned = type !== 'bbox' || annotation.bbox === undefined ? null : readTurned(boxOf(annotation.bbox), own);
    if (turned !== null) remarks.add(TURNED_BOXES);
    const attributes = turned?.attributes ?? own;
    if (type === 'label') {
      labels.push({ label, attributes });
      return;
    }
    const key = group ? `${group}:${label}` : `alone:${i}`;
    const parts = groups.get(key) ?? { label, attributes: {}, boxes: [], polygons: [], masks: [], damaged: 0 };
    groups.set(key, parts);
    parts.attributes = { ...parts.attributes, ...attributes };
    if (turned === null) addShape(parts, annotation, fail);
    else parts.boxes.push(turned.box);
  });
  const boxes: TrueBox[] = [];
  for (const parts of groups.values()) {
    const read = toBoxes(parts);
    boxes.push(...read);
    passed.add(DAMAGED.masks, read.length === 0 && parts.damaged > 0 ? parts.label : null, parts.damaged);
  }
  return { labels, boxes, ...passed.ofItem, ...(remarks.size > 0 ? { remarks: [...remarks] } : {}) };
}

interface ObjectParts {
  readonly label: number;
  attributes: Attributes;
  readonly boxes: { x: number; y: number; width: number; height: number }[];
  readonly polygons: (readonly number[])[];
  readonly masks: Rle[];
  /** Masks that cannot be read. */
  damaged: number;
}

const boxOf = ([x, y, width, height]: NonNullable<DatumaroAnnotation['bbox']>): ObjectParts['boxes'][number] => ({
  x,
  y,
  width,
  height,
});

function addShape(parts: ObjectParts, annotation: DatumaroAnnotation, fail: (problem: string) => Error): void {
  const { type, bbox, points, rle } = annotation;
  switch (type) {
    case 'bbox':
      if (bbox === undefined) throw fail('a bbox needs "bbox": left, top, width, height');
      parts.boxes.push(boxOf(bbox));
      return;
    case 'polygon':
      if (points === undefined || points.length < 6) throw fail('a polygon needs "points": x, y of at least 3 points');
      parts.polygons.push(points);
      return;
    case 'ellipse': {
      const bounds = points === undefined ? null : boundsOf(points);
      if (bounds === null) throw fail('an ellipse needs "points": left, top, right, bottom');
      parts.boxes.push(bounds);
      return;
    }
    case 'mask': {
      if (rle === undefined) throw fail('a mask needs "rle"');
      const mask = maskOrNull(rle.counts, rle.size);
      if (mask === null) parts.damaged++;
      else parts.masks.push(mask);
      return;
    }
    default:
      throw fail(`the annotation type '${type}' is not known`);
  }
}

/** One box for an object; several bboxes in one group stay apart, for nothing says which outline belongs to which. */
function toBoxes({ label, attributes, boxes, polygons, masks }: ObjectParts): TrueBox[] {
  const mask = masks[0];
  const segmentation =
    polygons.length > 0
      ? ({ kind: 'polygons', polygons } as const)
      : masks.length === 1 && mask !== undefined
        ? mask
        : null;
  if (boxes.length > 1) return boxes.map((box) => ({ ...box, label, attributes, segmentation: null }));
  const outline = [boundsOf(polygons.flat()), ...masks.map(rleBounds)].filter((box) => box !== null);
  const box = boxes[0] ?? unionOf(outline);
  return box === null ? [] : [{ ...box, label, attributes, segmentation }];
}

function readAttributes(value: unknown): Attributes {
  const { is_crowd: isCrowd, ...rest } = toAttributes(value);
  const flags = Object.fromEntries(FLAGS.map((name) => [name, isSet(rest[name])]));
  const others = Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in flags)));
  return { ...others, ...setFlags({ ...flags, crowd: flags['crowd'] === true || isSet(isCrowd) }) };
}

const isSet = (value: unknown): boolean => value === true || value === 1;
