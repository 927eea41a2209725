import { z } from 'zod';

import { DatumError } from '../../errors.js';
import { toAttributes } from '../attributes.js';
import { boundsOf, unionOf } from '../geometry.js';
import { readJson } from '../json/parse.js';
import { malformed } from '../malformed.js';
import { sizeOf } from '../size.js';
import type { LabelMeFile, LabelMeObject } from './file.js';

const shape = z.object({
  label: z.string(),
  points: z.array(z.tuple([z.number(), z.number()], { error: 'a point is two numbers: x, y' })),
  shape_type: z.string().nullish(),
  /** Of the type `mask`: a PNG in base64, the size of the box of its two points. */
  mask: z.string().nullish(),
  group_id: z.union([z.number(), z.string()]).nullish(),
  flags: z.unknown().optional(),
});

const schema = z.object({
  imagePath: z.string().min(1),
  imageWidth: z.number().nullish(),
  imageHeight: z.number().nullish(),
  flags: z.record(z.string(), z.unknown()).nullish(),
  shapes: z.array(shape),
});

/** Types of shapes that have a box. */
const PLACED: ReadonlySet<string> = new Set(['polygon', 'rotation', 'rectangle', 'mask', 'circle']);

/** The first bytes of a PNG in base64. */
const PNG = 'iVBORw0KGgo';

type Shape = z.infer<typeof shape>;

/**
 * Reads the JSON of the labelme desktop tool (https://github.com/wkentaro/labelme) and its kin: polygons, rectangles,
 * turned rectangles (`rotation`, of X-AnyLabeling), circles and the boxes of masks; points and lines have no place. Shapes of one label and `group_id` are one object; flags of
 * the file that are true are labels of the image.
 *
 * @throws DatumError (`dataset`) naming the place in the file.
 */
export async function readLabelMeJson(path: string): Promise<LabelMeFile> {
  const file = await readJson(path, schema);
  const groups = new Map<string, Shape[]>();
  file.shapes.forEach((one, i) => {
    const { group_id: group } = one;
    const key = group === null || group === undefined ? `alone:${i}` : `${group}:${one.label}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  });
  const unplaced = file.shapes
    .filter(({ shape_type: type }) => !PLACED.has(type ?? 'polygon'))
    .map(({ shape_type: type, label }) => ({ kind: `shapes of the type ${type ?? ''}`, name: label.trim() }));
  return {
    imageName: file.imagePath,
    folder: '',
    size: sizeOf(file.imageWidth, file.imageHeight),
    labels: Object.entries(file.flags ?? {}).flatMap(([name, set]) => (set === true ? [name] : [])),
    unplaced,
    ...readObjects(() => [...groups.values()].flatMap((parts) => toObject(path, parts, file.shapes))),
  };
}

/** A mistake in a shape is the image's own: the other files are read. */
function readObjects(read: () => LabelMeObject[]): Pick<LabelMeFile, 'objects' | 'malformed'> {
  try {
    return { objects: read() };
  } catch (error) {
    if (!(error instanceof DatumError) || error.kind !== 'dataset') throw error;
    return { objects: [], malformed: error.message };
  }
}

function toObject(path: string, parts: readonly Shape[], all: readonly Shape[]): LabelMeObject[] {
  const polygons: number[][] = [];
  const boxes = parts.flatMap((part) => {
    const fail = (problem: string): Error => malformed(path, { at: `shapes[${all.indexOf(part)}]` }, problem);
    const points = part.points.flat();
    switch (part.shape_type ?? 'polygon') {
      case 'polygon':
      case 'rotation':
        if (points.length < 6)
          throw fail(`the ${part.shape_type ?? 'polygon'} '${part.label}' has fewer than 3 points`);
        polygons.push(points);
        return [boundsOf(points)!];
      case 'rectangle':
      case 'mask':
        if (points.length < 4) throw fail(`the ${part.shape_type ?? ''} '${part.label}' needs two corners`);
        if (part.mask && !part.mask.startsWith(PNG)) throw fail(`the mask of '${part.label}' is not a PNG in base64`);
        return [boundsOf(points)!];
      case 'circle': {
        const [cx, cy, x, y] = points;
        if (cx === undefined || cy === undefined || x === undefined || y === undefined) {
          throw fail(`the circle '${part.label}' needs its centre and a point on it`);
        }
        const radius = Math.hypot(x - cx, y - cy);
        return [{ x: cx - radius, y: cy - radius, width: 2 * radius, height: 2 * radius }];
      }
      default:
        return [];
    }
  });
  const box = unionOf(boxes);
  if (box === null) return [];
  const outlined = polygons.length > 0 && polygons.length === boxes.length;
  return [
    {
      name: parts[0]!.label.trim(),
      box,
      segmentation: outlined ? { kind: 'polygons', polygons } : null,
      attributes: toAttributes(parts[0]!.flags),
    },
  ];
}
