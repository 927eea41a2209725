import type { XmlElement } from '@rgrove/parse-xml';

import { setFlags } from '../attributes.js';
import { malformed } from '../malformed.js';
import { BESIDE_BOX, PassedOver } from '../passed-over.js';
import { readTurned, TURNED_BOXES } from '../rotation.js';
import { sizeOf } from '../size.js';
import type { Attributes, ImageSize } from '../types.js';
import { child, childNumber, children, childText, lineOf, readXml, type XmlFile } from '../xml.js';

/** An `<object>` of a VOC file. */
export interface VocObject {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly attributes: Attributes;
  /** Whether it is the box around a turned one. */
  readonly isTurned: boolean;
}

export interface VocAnnotation {
  /** `<filename>`, which is not always right; null when missing. */
  readonly fileName: string | null;
  readonly size: ImageSize | null;
  readonly objects: readonly VocObject[];
  /** What is to be known of its boxes, in words; none mostly. */
  readonly remarks: readonly string[];
  readonly passedOver: PassedOver;
}

/** `<database>` of the files of the VOC challenges themselves. */
const CHALLENGE = /^The VOC\d{4} Database$/;

/** Said of images whose boxes are counted from 1. */
const FROM_ONE =
  'annotated by the VOC challenge, which counts pixels from 1 to the last one: edges are taken as they stand, as Datumaro takes them, so boxes begin a pixel too far right and down';

/**
 * Reads one file of `Annotations/`. Edges are taken as they stand (`w = xmax - xmin`), as Datumaro, CVAT and labelImg
 * write them. The development kit counts pixels from 1 and includes the last one, so its boxes are 1 pixel narrower
 * here, and start 1 pixel further right and down, than the pixels that they cover.
 *
 * @throws DatumError (`dataset`) when it is not such a file, naming the line.
 */
export async function readVocAnnotation(path: string): Promise<VocAnnotation> {
  const file = await readXml(path);
  if (file.root.name !== 'annotation') {
    throw malformed(
      path,
      { line: lineOf(file, file.root) },
      `the root is <${file.root.name}>, where VOC has <annotation>`,
    );
  }
  const size = child(file.root, 'size');
  const objects = children(file.root, 'object');
  const read = objects.map((object) => readObject(file, object));
  return {
    fileName: childText(file.root, 'filename'),
    size: size === null ? null : sizeOf(childNumber(file, size, 'width'), childNumber(file, size, 'height')),
    objects: read,
    passedOver: besideBoxes(objects),
    remarks: [
      ...(CHALLENGE.test(databaseOf(file.root)) ? [FROM_ONE] : []),
      ...(read.some(({ isTurned }) => isTurned) ? [TURNED_BOXES] : []),
    ],
  };
}

function databaseOf(root: XmlElement): string {
  const source = child(root, 'source');
  return source === null ? '' : (childText(source, 'database') ?? '');
}

/** What objects have beside their boxes: parts and actions in the challenges, polygons of Roboflow and others. */
function besideBoxes(objects: readonly XmlElement[]): PassedOver {
  const passed = new PassedOver();
  for (const object of objects) {
    passed.add(BESIDE_BOX.parts, null, children(object, 'part').length);
    passed.add(BESIDE_BOX.actions, null, children(object, 'actions').length);
    passed.add(BESIDE_BOX.polygons, null, children(object, 'polygon').length);
  }
  return passed;
}

function readObject(file: XmlFile, object: XmlElement): VocObject {
  const fail = (at: XmlElement, problem: string): Error => malformed(file.path, { line: lineOf(file, at) }, problem);
  const name = childText(object, 'name');
  if (name === null) throw fail(object, 'the object has no <name>');
  const corners = child(object, 'bndbox');
  if (corners === null) throw fail(object, `the object '${name}' has no <bndbox>`);
  const edge = (tag: string): number => {
    const value = childNumber(file, corners, tag);
    if (value === null) throw fail(corners, `the box of '${name}' has no <${tag}>`);
    return value;
  };
  const [left, top, right, bottom] = [edge('xmin'), edge('ymin'), edge('xmax'), edge('ymax')];

  const flag = (tag: string): boolean => childText(object, tag) === '1';
  const pose = childText(object, 'pose');
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  const custom = customAttributes(object);
  const turned = readTurned(box, custom);
  return {
    name,
    ...(turned?.box ?? box),
    isTurned: turned !== null,
    attributes: {
      ...(pose === null || pose === 'Unspecified' ? {} : { pose }),
      ...(turned?.attributes ?? custom),
      ...setFlags({ difficult: flag('difficult'), truncated: flag('truncated'), occluded: flag('occluded') }),
    },
  };
}

/** `<attributes><attribute><name/><value/></attribute>...`, which CVAT and Datumaro add. */
function customAttributes(object: XmlElement): Attributes {
  const attributes = new Map<string, string>();
  const list = child(object, 'attributes');
  for (const attribute of list === null ? [] : children(list, 'attribute')) {
    const name = childText(attribute, 'name');
    if (name !== null) attributes.set(name, childText(attribute, 'value') ?? '');
  }
  return Object.fromEntries(attributes);
}
