import { basename, join } from 'node:path';

import { setFlags } from '../attributes.js';
import { DatumError } from '../../errors.js';
import { itemIdOfStem, UniqueIds } from '../item-id.js';
import { LabelList } from '../label-list.js';
import { malformed, readAnnotations } from '../malformed.js';
import { pairFiles, type Pair } from '../pairs.js';
import { PassedOver } from '../passed-over.js';
import { Probe } from '../probe.js';
import { readLines } from '../text.js';
import type { Dataset, DatasetItem, TrueBox } from '../types.js';
import { compareNames } from '../walk.js';

/** Areas in which nothing was marked. */
const IGNORED = 'DontCare';

/** A line: class, truncated, occluded, alpha, left, top, right, bottom, seven numbers in space, and maybe a score. */
const NUMBER = '\\s+-?\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?';
const LINE = new RegExp(`^\\s*(\\p{L}.*?)((?:${NUMBER}){14,15})\\s*$`, 'iu');

/**
 * Opens KITTI's object detection (https://www.cvlibs.net/datasets/kitti/eval_object.php): `image_2/` and `label_2/`,
 * or any folders of such names, whole or per subset. An area of `DontCare` is left out and counted.
 */
export async function openKitti(path: string): Promise<Dataset> {
  const probe = await Probe.of(path);
  const pairs: Pair[] = [];
  for (const pair of await pairFiles(path, (name) => /\.txt$/i.test(name))) {
    const isLabels = pair.annotation !== null && recogniseKitti(await probe.head(pair.annotation)) !== null;
    const inLabels = /(^|\/)label[^/]*\/[^/]*$/i.test(pair.annotation ?? '');
    if (isLabels || inLabels) pairs.push(pair);
    else if (pair.image !== null) pairs.push({ ...pair, annotation: null });
  }
  if (pairs.every(({ annotation }) => annotation === null)) {
    throw new DatumError(
      'dataset',
      `${path}: there are no label files of KITTI; give the folder that holds label_2/.`,
      {
        file: path,
      },
    );
  }
  const names = new Set<string>();
  for (const { annotation } of pairs) {
    if (annotation === null) continue;
    for await (const { text } of readLines(join(path, annotation))) {
      const [, name = IGNORED] = LINE.exec(text) ?? [];
      if (name !== IGNORED) names.add(name);
    }
  }
  const labelList = new LabelList([...names].sort(compareNames));
  return {
    format: 'kitti',
    root: path,
    labelNames: labelList.names,
    subsets: [...new Set(pairs.map(({ subset }) => subset))],
    count: pairs.length,
    notes: [],
    async *items() {
      const ids = new UniqueIds();
      for (const pair of pairs) yield await readItem(path, pair, labelList, ids);
    },
  };
}

/** What a file's start shows of KITTI, in words; null when it is something else. */
export function recogniseKitti(head: string): string | null {
  const lines = head.split(/\r?\n/).filter((line) => line.trim() !== '');
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.length > 0 && whole.every((line) => LINE.test(line))
    ? "has KITTI's lines of a class and 14 numbers"
    : null;
}

async function readItem(root: string, pair: Pair, labelList: LabelList, ids: UniqueIds): Promise<DatasetItem> {
  const { image, annotation, subset, stem } = pair;
  const name = basename(stem);
  return {
    id: ids.claim(itemIdOfStem(stem), subset),
    subset,
    imagePath: image === null ? null : join(root, image),
    missing: image === null ? `there is no image named '${name}' in ${root}` : null,
    size: null,
    annotated: annotation !== null,
    labels: [],
    attributes: {},
    ...(await readAnnotations(async () =>
      annotation === null ? { boxes: [] } : readLabels(join(root, annotation), labelList),
    )),
  };
}

async function readLabels(path: string, labelList: LabelList): Promise<Pick<DatasetItem, 'boxes' | 'passedOver'>> {
  const boxes: TrueBox[] = [];
  const passedOver = new PassedOver();
  for await (const { text, number } of readLines(path)) {
    const fail = (problem: string): Error => malformed(path, { line: number }, problem);
    // A class may be of several words.
    const [, named, numbers = ''] = LINE.exec(text) ?? [];
    const [first = '', ...others] = text.split(/\s+/);
    const [name, rest] = named === undefined ? [first, others] : [named, numbers.trim().split(/\s+/)];
    const values = rest.map(Number);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) throw fail(`'${rest[bad] ?? ''}' is not a number`);
    if (values.length < 14 || values.length > 15) {
      throw fail(`there are ${values.length + 1} values, where KITTI has a class and 14 numbers, or 15 with a score`);
    }
    if (name === IGNORED) {
      passedOver.add(`areas of ${IGNORED}`);
      continue;
    }
    const [truncated = 0, occluded = 0, , left = 0, top = 0, right = 0, bottom = 0] = values;
    const score = values[14];
    boxes.push({
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      label: labelList.add(name),
      attributes: {
        ...(score === undefined ? {} : { score }),
        // A share that is outside the image; 1 and 2 are partly and largely occluded, 3 is not known.
        ...setFlags({ truncated: truncated > 0, occluded: occluded === 1 || occluded === 2 }),
      },
      segmentation: null,
    });
  }
  return { boxes, ...passedOver.ofItem };
}
