import { z } from 'zod';

import { toAttributes } from '../attributes.js';
import { boundsOf, turnedBounds } from '../geometry.js';
import type { ListedObject } from '../listed/dataset.js';
import { malformed } from '../malformed.js';

const numbers = z.array(z.number());

export const region = z.object({
  shape_attributes: z.object({
    name: z.string(),
    x: z.number().optional(),
    y: z.number().optional(),
    width: z.number().optional(),
    height: z.number().optional(),
    cx: z.number().optional(),
    cy: z.number().optional(),
    r: z.number().optional(),
    rx: z.number().optional(),
    ry: z.number().optional(),
    /** Of an ellipse, in radians. */
    theta: z.number().optional(),
    all_points_x: numbers.optional(),
    all_points_y: numbers.optional(),
  }),
  region_attributes: z.record(z.string(), z.unknown()).nullish(),
});

export type Region = z.infer<typeof region>;

/** Names of the attribute that is the class, where a region has several; any other alone is it too. */
const CLASS_NAMES = ['class', 'label', 'name', 'type', 'category', 'object', 'object_name', 'class_name'];

/** The class of regions that have no attribute at all, as in datasets of one class. */
const UNNAMED = 'object';

/** An object, its class, and whether the region names none; without a box for points and lines. */
export interface ReadRegion extends Pick<ListedObject, 'label' | 'attributes' | 'polygons'> {
  readonly box: ListedObject['box'] | null;
  readonly isUnnamed: boolean;
}

/**
 * The object of a region.
 *
 * @throws DatumError (`dataset`) where the shape is not complete, or the class could be any of several attributes.
 */
export function readRegion(
  { shape_attributes: shape, region_attributes: given }: Region,
  place: { readonly path: string; readonly at: string },
): ReadRegion {
  const shown = readShape(shape, place) ?? { box: null };
  const attributes = given ?? {};
  const names = Object.keys(attributes);
  const own = CLASS_NAMES.map((name) => names.find((one) => one.toLowerCase() === name)).find(
    (name) => name !== undefined,
  );
  const key = own ?? (names.length === 1 ? names[0] : undefined);
  if (key === undefined && names.length > 1) {
    throw malformed(
      place.path,
      { at: place.at },
      `the region has the attributes ${names.join(', ')}, and which is its class is not clear`,
      "call the attribute of the class 'class'",
    );
  }
  const label = key === undefined ? '' : textOf(attributes[key]);
  const rest = Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== key));
  return { label: label === '' ? UNNAMED : label, isUnnamed: label === '', attributes: toAttributes(rest), ...shown };
}

/** A text, a number, or the chosen ones of a list of boxes to tick: `{"cat": true}`. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .flatMap(([name, chosen]) => (chosen === true ? [name] : []))
    .join(', ');
}

function readShape(
  shape: Region['shape_attributes'],
  place: { readonly path: string; readonly at: string },
): Pick<ListedObject, 'box' | 'polygons'> | null {
  const need = (name: 'x' | 'y' | 'width' | 'height' | 'cx' | 'cy' | 'r' | 'rx' | 'ry'): number => {
    const value = shape[name];
    if (value !== undefined) return value;
    throw malformed(place.path, { at: place.at }, `the ${shape.name} has no ${name}`);
  };
  switch (shape.name) {
    case 'rect': {
      const [x, y, width, height] = [need('x'), need('y'), need('width'), need('height')];
      return { box: { x, y, width, height } };
    }
    case 'circle': {
      const [cx, cy, r] = [need('cx'), need('cy'), need('r')];
      return { box: { x: cx - r, y: cy - r, width: 2 * r, height: 2 * r } };
    }
    case 'ellipse': {
      const [cx, cy, rx, ry] = [need('cx'), need('cy'), need('rx'), need('ry')];
      const upright = { x: cx - rx, y: cy - ry, width: 2 * rx, height: 2 * ry };
      return { box: turnedBounds(upright, ((shape.theta ?? 0) * 180) / Math.PI) };
    }
    case 'polygon': {
      const [xs, ys] = [shape.all_points_x ?? [], shape.all_points_y ?? []];
      const ring = xs.flatMap((x, i) => [x, ys[i] ?? Number.NaN]);
      const box = boundsOf(ring);
      if (xs.length < 3 || xs.length !== ys.length || box === null) {
        throw malformed(place.path, { at: place.at }, 'the polygon needs as many x as y, and three at least');
      }
      return { box, polygons: [ring] };
    }
    default:
      return null;
  }
}
