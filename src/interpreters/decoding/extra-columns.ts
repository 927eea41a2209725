import { option } from '../../errors.js';
import { namedClasses } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';
import { ultralyticsNotes } from '../contract/ultralytics.js';
import { columnsFrom, type Table } from './boxes.js';
import { denseTable, type DenseOutput } from './dense.js';
import { ENCLOSED, LARGEST_ANGLE } from './oriented.js';

/** What stands behind the classes in the rows of Ultralytics' heads. */
export interface ExtraColumns {
  readonly classes: number;
  /** Whether the column behind the classes is the angle of a turned box. */
  readonly oriented: boolean;
  /** What the columns are, and how that is known; empty where there are none. */
  readonly text: string;
  /** False where what follows the classes is nothing that Ultralytics' heads have. */
  readonly sure: boolean;
  /** What the user must say, where the columns may be two things; null where they are settled. */
  readonly open: string | null;
}

/**
 * Tells the classes of a row `4 + classes + extra` from what follows them: an angle (oriented boxes), key points of 2 or
 * 3 numbers, mask coefficients. The exporter's notes tell; else the sample: classes lie in 0..1, an angle in radians
 * reaches beyond, key points are pixels whose third number lies in 0..1, coefficients have both signs; else the number
 * of names. Null where a sample shows no class scores behind the box at all.
 *
 * Source: ultralytics/ultralytics `ultralytics/nn/modules/head.py` (OBB, Pose, Segment: _inference).
 */
export function extraColumns(dense: DenseOutput, evidence: Evidence): ExtraColumns | null {
  const found = behindClasses(dense, evidence);
  if (found === null || found.text !== '' || dense.masks === 0) return found;
  return { ...found, text: `behind them are ${dense.masks} mask coefficients: only the boxes are explained` };
}

function behindClasses(dense: DenseOutput, evidence: Evidence): ExtraColumns | null {
  const { task, keyPoints } = ultralyticsNotes(evidence);
  const room = dense.columns - 4;
  const named = namedClasses(evidence);
  const noted = notedExtra(task, keyPoints, room, named);
  if (noted !== null && noted < room) return known(room - noted, kindOf(task), noted, 'noted by the exporter');
  const shown = dense.sample === null ? null : fromSample(dense, room);
  if (shown === 'none') return null;
  if (shown !== null) return resolve(shown, room, named);
  const classes = named !== null && named < room ? named : room;
  return known(classes, 'extra', room - classes, 'by the number of names');
}

/** How many numbers follow the classes by the notes; null where these do not tell. */
function notedExtra(task: string | null, keyPoints: number | null, room: number, named: number | null): number | null {
  if (task === 'detect') return 0;
  if (task === 'obb') return 1;
  if (task === 'pose' && keyPoints !== null) return keyPoints;
  if ((task === 'pose' || task === 'segment') && named !== null) return room - named;
  return null;
}

type Kind = 'angle' | 'key points' | 'mask coefficients' | 'extra';

function kindOf(task: string | null): Kind {
  return task === 'obb' ? 'angle' : task === 'pose' ? 'key points' : task === 'segment' ? 'mask coefficients' : 'extra';
}

function known(classes: number, kind: Kind, extra: number, why: string): ExtraColumns {
  const oriented = kind === 'angle';
  const text =
    extra === 0
      ? ''
      : oriented
        ? `the last column is the angle of a turned box (${why}): ${ENCLOSED}`
        : kind === 'extra'
          ? `${extra} columns behind the classes are not read (${why})`
          : `the last ${extra} columns are ${kind} (${why}): only the boxes are explained`;
  return { classes, oriented, text, sure: true, open: null };
}

/** What a sample shows of the columns behind the box. */
interface Shown {
  /** Columns from the first on whose values all lie in 0..1. */
  readonly scores: number;
  /** Whether the last of these is seldom near 0, as an angle may be and a class is not. */
  readonly lastIsDense: boolean;
  readonly rest: Kind | 'none' | 'odd';
}

function resolve({ scores, lastIsDense, rest }: Shown, room: number, named: number | null): ExtraColumns {
  const extra = room - scores;
  if (rest === 'angle') return known(scores, 'angle', 1, 'radians beyond 0..1 in the run');
  if (rest === 'key points') return known(scores, 'key points', extra, 'pixels in the run');
  if (rest === 'mask coefficients') return known(scores, 'mask coefficients', extra, 'of both signs in the run');
  if (rest === 'odd') return { ...known(scores, 'extra', extra, 'they are outside 0..1 in the run'), sure: false };
  if (named !== null && named < room) {
    const left = room - named;
    return known(named, left === 1 ? 'angle' : 'extra', left, 'by the number of names');
  }
  if (!lastIsDense || named === room) return known(room, 'extra', 0, '');
  return {
    ...known(room, 'extra', 0, ''),
    open: `the last of the ${room} columns behind the box may be a class or the angle of a turned box, for it lies in 0..1 but seldom near 0: give the class names with ${option('labels')}, ${room - 1} of them where it is an angle, ${room} where it is a class.`,
  };
}

/** Room for quantised and float16 scores. */
const TOLERANCE = 0.01;
/** The least share of rows in which a trained class is near 0: nearly all places show no object of it. */
const MOSTLY = 0.5;
const NEAR_ZERO = 0.1;

function fromSample(dense: DenseOutput, room: number): Shown | 'none' | null {
  const { sample } = dense;
  if (sample === null) return null;
  const { table, count } = denseTable(sample, 0, dense.transposed);
  if (count === 0) return null;
  const ranges = Array.from({ length: room }, (_, column) => rangeOf(columnsFrom(table, 4 + column), count));
  const isScore = ({ least, largest }: Range): boolean => least >= -TOLERANCE && largest <= 1 + TOLERANCE;
  const first = ranges.findIndex((range) => !isScore(range));
  if (first === 0) return 'none';
  const scores = first < 0 ? room : first;
  const rest = ranges.slice(scores);
  const last = ranges[scores - 1];
  return {
    scores,
    lastIsDense: scores > 1 && rest.length === 0 && last !== undefined && last.nearZero < MOSTLY,
    rest: restOf(rest, isScore),
  };
}

function restOf(rest: readonly Range[], isScore: (range: Range) => boolean): Shown['rest'] {
  if (rest.length === 0) return 'none';
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) {
    return only.least >= -LARGEST_ANGLE && only.largest <= LARGEST_ANGLE ? 'angle' : 'odd';
  }
  const pixels = ({ least, largest }: Range): boolean => Math.max(largest, -least) > COEFFICIENT;
  const triples = rest.every((range, i) => (i % 3 === 2 ? isScore(range) : !isScore(range)));
  if (rest.length % 3 === 0 && triples && rest.some(pixels)) return 'key points';
  if (rest.length % 2 === 0 && rest.every(pixels)) return 'key points';
  const signs = rest.every(({ least, largest }) => least < 0 && largest > 0);
  return signs && !rest.every(pixels) ? 'mask coefficients' : 'odd';
}

/** Coefficients of masks stay well below this, key points in pixels reach beyond. */
const COEFFICIENT = 16;

interface Range {
  readonly least: number;
  readonly largest: number;
  /** Share of the rows that are near 0. */
  readonly nearZero: number;
}

function rangeOf({ data, offset, rowStride }: Table, count: number): Range {
  let least = Infinity;
  let largest = -Infinity;
  let near = 0;
  for (let row = 0, at = offset; row < count; row++, at += rowStride) {
    const value = data[at]!;
    if (value < least) least = value;
    if (value > largest) largest = value;
    if (Math.abs(value) < NEAR_ZERO) near += 1;
  }
  return { least, largest, nearZero: near / count };
}
