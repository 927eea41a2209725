import { boundsOf } from '../geometry.js';
import { malformed } from '../malformed.js';
import { readLines } from '../text.js';
import { BESIDE_BOX, PassedOver } from '../passed-over.js';
import type { DatasetItem, ImageSize, TrueBox } from '../types.js';

/** How the lines of label files are laid out. */
export interface LabelFileOptions {
  readonly classes: number;
  /** True where key points follow the box on each line (`kpt_shape` in data.yaml): they are passed over. */
  readonly keypoints: boolean;
}

/** A line of a label file; all but the class is in shares of the image's width or height. */
interface YoloLine {
  readonly label: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly polygon: readonly number[] | null;
  readonly score: number | null;
  readonly hasKeypoints: boolean;
}

/**
 * Reads `class cx cy w h` (Darknet and Ultralytics boxes), the same with a score behind (saved predictions), or
 * `class x1 y1 x2 y2 x3 y3 ...` (Ultralytics segments and oriented boxes, whose box is the one around them).
 *
 * @param size of the image in pixels.
 * @throws DatumError (`dataset`) naming the line.
 */
export async function readLabelFile(
  path: string,
  size: ImageSize,
  options: LabelFileOptions,
): Promise<Pick<DatasetItem, 'boxes' | 'passedOver'>> {
  const boxes: TrueBox[] = [];
  const passed = new PassedOver();
  for await (const { text, number } of readLines(path)) {
    const fail = (problem: string): Error => malformed(path, { line: number }, problem);
    const { label, left, top, width, height, polygon, score, hasKeypoints } = parseLine(text, options, fail);
    if (hasKeypoints) passed.add(BESIDE_BOX.keyPoints);
    const scaled = polygon?.map((value, i) => value * (i % 2 === 0 ? size.width : size.height)) ?? null;
    boxes.push({
      x: left * size.width,
      y: top * size.height,
      width: width * size.width,
      height: height * size.height,
      label,
      attributes: score === null ? {} : { score },
      segmentation: scaled === null ? null : { kind: 'polygons', polygons: [scaled] },
    });
  }
  return { boxes, ...passed.ofItem };
}

function parseLine(text: string, options: LabelFileOptions, fail: (problem: string) => Error): YoloLine {
  const numbers = text.split(/\s+/).map(Number);
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) throw fail(`'${text.split(/\s+/)[bad] ?? ''}' is not a number`);
  const label = numbers[0]!;
  if (!Number.isInteger(label) || label < 0) throw fail(`the class is ${label}, not a number counted from 0`);
  if (label >= options.classes)
    throw fail(
      `class ${label} has no name, since there ${options.classes === 1 ? 'is 1 class' : `are ${options.classes} classes`}`,
    );

  const places = numbers.slice(1);
  const isBox = places.length === 4 || places.length === 5 || (options.keypoints && places.length > 5);
  if (isBox) {
    const [cx, cy, width, height] = [places[0]!, places[1]!, places[2]!, places[3]!];
    const score = places.length === 5 ? places[4]! : null;
    // Pixels in place of shares are a common mistake; a little outside is rounding.
    if (Math.max(cx, cy, width, height) > 2) throw fail('the box is not in shares of the image (0 to 1)');
    return {
      label,
      left: cx - width / 2,
      top: cy - height / 2,
      width,
      height,
      polygon: null,
      score,
      hasKeypoints: places.length > 5,
    };
  }
  const bounds = places.length >= 6 && places.length % 2 === 0 ? boundsOf(places) : null;
  if (bounds !== null && Math.max(...places) > 2) throw fail('the outline is not in shares of the image (0 to 1)');
  if (bounds === null) throw fail(`there are ${numbers.length} values, where 'class cx cy w h' has 5`);
  return {
    label,
    left: bounds.x,
    top: bounds.y,
    width: bounds.width,
    height: bounds.height,
    polygon: places,
    score: null,
    hasKeypoints: false,
  };
}
