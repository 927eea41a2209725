import type { XmlElement } from '@rgrove/parse-xml';

import { setFlags } from '../attributes.js';
import { boundsOf } from '../geometry.js';
import { malformed } from '../malformed.js';
import { sizeOf } from '../size.js';
import type { Attributes } from '../types.js';
import { child, childNumber, children, childText, lineOf, readXml, type XmlFile } from '../xml.js';
import type { LabelMeFile, LabelMeObject } from './file.js';

/**
 * Reads the XML of the LabelMe web tool (http://labelme.csail.mit.edu/Release3.0/). Objects marked as deleted, and
 * objects without a name, are left out and counted; of a `<segm>`, the box is read and not the mask image.
 *
 * @throws DatumError (`dataset`) naming the line.
 */
export async function readLabelMeXml(path: string): Promise<LabelMeFile> {
  const file = await readXml(path);
  const { root } = file;
  if (root.name !== 'annotation') {
    throw malformed(path, { line: lineOf(file, root) }, `the root is <${root.name}>, where LabelMe has <annotation>`);
  }
  const imageName = childText(root, 'filename');
  if (imageName === null) throw malformed(path, { line: lineOf(file, root) }, 'there is no <filename>');
  const size = child(root, 'imagesize');
  const objects = children(root, 'object');
  return {
    imageName,
    folder: childText(root, 'folder') ?? '',
    size: size === null ? null : sizeOf(childNumber(file, size, 'ncols'), childNumber(file, size, 'nrows')),
    labels: [],
    unplaced: objects.map(leftOut).flatMap((kind) => (kind === null ? [] : [{ kind, name: null }])),
    objects: objects.filter((object) => leftOut(object) === null).flatMap((object) => readObject(file, object)),
  };
}

/** Why an object is left out, in words; null where it is not. */
function leftOut(object: XmlElement): string | null {
  if (childText(object, 'deleted') === '1') return 'objects marked as deleted';
  return childText(object, 'name') === null ? 'objects without a name' : null;
}

function readObject(file: XmlFile, object: XmlElement): LabelMeObject[] {
  const name = childText(object, 'name') ?? '';
  const attributes = {
    ...parseAttributes(childText(object, 'attributes') ?? ''),
    ...setFlags({ occluded: childText(object, 'occluded') === 'yes' }),
  };
  const polygon = child(object, 'polygon');
  if (polygon !== null) {
    const points = readPoints(file, polygon);
    const box = boundsOf(points);
    if (box === null)
      throw malformed(file.path, { line: lineOf(file, polygon) }, `the polygon of '${name}' has no points`);
    const isBox = childText(object, 'type') === 'bounding_box' || points.length < 6;
    return [{ name, box, segmentation: isBox ? null : { kind: 'polygons', polygons: [points] }, attributes }];
  }
  const segment = child(object, 'segm');
  const box = segment === null ? null : child(segment, 'box');
  if (box === null) {
    throw malformed(
      file.path,
      { line: lineOf(file, object) },
      `the object '${name}' has neither a <polygon> nor a <segm> with a <box>`,
    );
  }
  const edge = (tag: string): number => childNumber(file, box, tag) ?? 0;
  const [x, y] = [edge('xmin'), edge('ymin')];
  return [{ name, box: { x, y, width: edge('xmax') - x, height: edge('ymax') - y }, segmentation: null, attributes }];
}

function readPoints(file: XmlFile, polygon: XmlElement): number[] {
  return children(polygon, 'pt').flatMap((point) => {
    const [x, y] = [childNumber(file, point, 'x'), childNumber(file, point, 'y')];
    if (x === null || y === null)
      throw malformed(file.path, { line: lineOf(file, point) }, 'the <pt> needs <x> and <y>');
    return [x, y];
  });
}

/** `red, seats=4, name="a"`: a word alone is true; `\,` and `\=` stand for the characters. */
function parseAttributes(text: string): Attributes {
  const attributes = new Map<string, string | number | boolean>();
  for (const [part] of text.matchAll(/(?:\\.|[^,\\])+/g)) {
    const [, rawName, rawValue] = /^((?:\\.|[^=\\])*)(?:=([\s\S]*))?$/.exec(part.trim()) ?? [];
    const name = unescape(rawName ?? '').trim();
    if (name !== '') attributes.set(name, rawValue === undefined ? true : parseValue(rawValue.trim()));
  }
  return Object.fromEntries(attributes);
}

function parseValue(text: string): string | number | boolean {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const quoted = /^"([\s\S]*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return unescape(quoted);
  return text !== '' && String(Number(text)) === text ? Number(text) : unescape(text);
}

const unescape = (text: string): string => text.replace(/\\(.)/g, '$1');
