import { z } from 'zod';

import { boundsOf } from '../geometry.js';
import type { ListedImage, ListedObject, Unread } from '../listed/dataset.js';
import { malformed } from '../malformed.js';
import { sizeOf } from '../size.js';

const texts = z.array(z.string()).optional();

/** A region's place, in hundredths of the image; and its classes, whose name tells the tool. */
const value = z.object({
  x: z.number().optional(),
  y: z.number().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  radiusX: z.number().optional(),
  radiusY: z.number().optional(),
  /** In degrees, clockwise, about the left top corner; of an ellipse about its center. */
  rotation: z.number().nullish(),
  points: z.array(z.tuple([z.number(), z.number()])).optional(),
  rectanglelabels: texts,
  polygonlabels: texts,
  ellipselabels: texts,
  labels: texts,
  choices: texts,
  /** Classes of regions that have no box here: of key points, and of masks that are painted. */
  keypointlabels: texts,
  brushlabels: texts,
});

export const result = z.object({
  id: z.string().optional(),
  type: z.string().optional(),
  original_width: z.number().nullish(),
  original_height: z.number().nullish(),
  image_rotation: z.number().nullish(),
  value,
});

export type Result = z.infer<typeof result>;

/** Where a list of results stands, for messages. */
export interface ResultsPlace {
  readonly path: string;
  readonly at: string;
}

/**
 * The labels and objects of one annotation. Regions without a class get that of the result of the same id, as the tags
 * `Rectangle` and `Labels` write them.
 *
 * @throws DatumError (`dataset`) where a region is not complete, or was drawn on the image turned.
 */
export function readResults(
  results: readonly Result[],
  place: ResultsPlace,
  unread: Unread,
): Pick<ListedImage, 'labels' | 'objects' | 'size' | 'relative'> {
  const objects: ListedObject[] = [];
  const labels: { label: string }[] = [];
  const named = new Map(
    results.flatMap(({ id, value: { labels: own } }) => (id !== undefined && own ? [[id, own]] : [])),
  );
  const [first] = results;
  const size = sizeOf(first?.original_width, first?.original_height);
  results.forEach((one, i) => {
    const { choices, rectanglelabels, polygonlabels, ellipselabels, labels: plain } = one.value;
    if (choices !== undefined) {
      labels.push(...choices.map((label) => ({ label })));
      return;
    }
    const shape = readShape(one, { path: place.path, at: `${place.at}[${i}]` });
    if (shape === null) {
      // The text of a region, and the class beside a region, are no objects of their own.
      if (one.type === 'labels' || one.type === 'textarea') return;
      const [label] = one.value.keypointlabels ?? one.value.brushlabels ?? named.get(one.id ?? '') ?? [];
      unread.add(`regions of the type ${one.type ?? 'unknown'}`, label ?? null);
      return;
    }
    const classes = rectanglelabels ?? polygonlabels ?? ellipselabels ?? plain ?? named.get(one.id ?? '') ?? [];
    // A result of the tag Labels repeats the place of its region.
    if (
      one.type === 'labels' &&
      results.some((other) => other !== one && other.id !== undefined && other.id === one.id)
    )
      return;
    if (classes.length === 0) unread.add('regions without a class');
    objects.push(...classes.map((label) => ({ label, ...shape })));
  });
  return { labels, objects, size, relative: true };
}

function readShape(
  { value: shape, ...one }: Result,
  place: ResultsPlace,
): Pick<ListedObject, 'box' | 'polygons'> | null {
  const fail = (problem: string): Error => malformed(place.path, { at: place.at }, problem);
  if ((one.image_rotation ?? 0) !== 0)
    throw fail(`the image was turned by ${one.image_rotation ?? 0} degrees in the tool, which is not read`);
  if (shape.points !== undefined) {
    const ring = shape.points.flatMap(([x, y]) => [x / 100, y / 100]);
    const box = boundsOf(ring);
    if (shape.points.length < 3 || box === null) throw fail('the polygon has fewer than 3 points');
    return { box, polygons: [ring] };
  }
  const { x, y, width, height, radiusX, radiusY, rotation } = shape;
  if (x === undefined || y === undefined) return null;
  const angle = ((rotation ?? 0) * Math.PI) / 180;
  const size = sizeOf(one.original_width, one.original_height);
  if (angle !== 0 && size === null) throw fail('a turned region needs original_width and original_height');
  // Turning is meant in pixels: shares of the width and of the height differ.
  const ratio = size === null ? 1 : size.width / size.height;
  const turned = (dx: number, dy: number): [number, number] => [
    (x + dx * Math.cos(angle) - (dy / ratio) * Math.sin(angle)) / 100,
    (y + dx * ratio * Math.sin(angle) + dy * Math.cos(angle)) / 100,
  ];
  if (radiusX !== undefined && radiusY !== undefined) {
    const w = Math.hypot(radiusX * Math.cos(angle), (radiusY / ratio) * Math.sin(angle));
    const h = Math.hypot(radiusX * ratio * Math.sin(angle), radiusY * Math.cos(angle));
    return { box: { x: (x - w) / 100, y: (y - h) / 100, width: w / 50, height: h / 50 } };
  }
  if (width === undefined || height === undefined) return null;
  if (angle === 0) return { box: { x: x / 100, y: y / 100, width: width / 100, height: height / 100 } };
  const ring = [turned(0, 0), turned(width, 0), turned(width, height), turned(0, height)].flat();
  return { box: boundsOf(ring)!, polygons: [ring] };
}
