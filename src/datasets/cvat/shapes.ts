import type { Box } from '../../annotations/index.js';
import { setFlags } from '../attributes.js';
import { boundsOf, turnedBounds } from '../geometry.js';
import { malformed } from '../malformed.js';
import { placeRowRuns } from '../rle.js';
import type { Attributes, ImageSize, Segmentation } from '../types.js';
import type { CvatShape } from './parser.js';

/** An object's place, as a box with an outline where the shape has one. */
export interface CvatPlace {
  readonly box: Box;
  readonly segmentation: Segmentation | null;
}

/**
 * The place of a shape; null for shapes without area (points, polylines, skeletons, cuboids), which are passed over. A
 * turned box becomes the upright box around it.
 *
 * @throws DatumError (`dataset`) naming the line.
 */
export function placeOf(shape: CvatShape, size: ImageSize | null, path: string): CvatPlace | null {
  const fail = (problem: string): Error => malformed(path, { line: shape.line }, problem);
  const number = (name: string): number => {
    const text = shape.xml[name];
    const value = Number(text);
    if (text === undefined || text.trim() === '' || !Number.isFinite(value)) {
      throw fail(
        `<${shape.type}> ${text === undefined ? `has no ${name}` : `has ${name}="${text}", which is not a number`}`,
      );
    }
    return value;
  };
  const turned = (box: Box): CvatPlace => ({
    box: shape.xml['rotation'] === undefined ? box : turnedBounds(box, number('rotation')),
    segmentation: null,
  });

  switch (shape.type) {
    case 'box': {
      const [x, y] = [number('xtl'), number('ytl')];
      return turned({ x, y, width: number('xbr') - x, height: number('ybr') - y });
    }
    case 'ellipse': {
      const [rx, ry] = [number('rx'), number('ry')];
      return turned({ x: number('cx') - rx, y: number('cy') - ry, width: 2 * rx, height: 2 * ry });
    }
    case 'polygon': {
      const points = (shape.xml['points'] ?? '').split(/[;,]/).map(Number);
      const bounds = points.every(Number.isFinite) && points.length >= 6 ? boundsOf(points) : null;
      if (bounds === null) throw fail('<polygon> needs points="x,y;x,y;x,y..."');
      return { box: bounds, segmentation: { kind: 'polygons', polygons: [points] } };
    }
    case 'mask': {
      const part = { left: number('left'), top: number('top'), width: number('width'), height: number('height') };
      const runs = (shape.xml['rle'] ?? '').split(',').map(Number);
      if (!runs.every((run) => Number.isInteger(run) && run >= 0)) throw fail('<mask> needs rle="n, n, n..."');
      const segmentation = size === null ? null : placeRowRuns(part, runs, size);
      if (size !== null && segmentation === null)
        throw fail("the mask's rle does not fill its width and height inside the image");
      return { box: { x: part.left, y: part.top, width: part.width, height: part.height }, segmentation };
    }
    default:
      return null;
  }
}

/** Attributes of a shape or tag: `true` and `false` are truth values, numbers stay texts as CVAT has them. */
export function attributesOf(shape: CvatShape): Attributes {
  const attributes = [...shape.attributes].map(
    ([name, text]) => [name, text === 'true' ? true : text === 'false' ? false : text] as const,
  );
  return { ...Object.fromEntries(attributes), ...setFlags({ occluded: shape.xml['occluded'] === '1' }) };
}
