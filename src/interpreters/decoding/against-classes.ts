import type { Ending } from '../../launchers/types.js';
import { likelyOutput, type OtherOutput } from './output-kind.js';

/** The values of a row of numbers that nothing names. */
export interface UnnamedRow {
  /** In the run on the image. */
  readonly values: Float32Array;
  /** In a run on the image with all of it hidden; null where there was none. */
  readonly hidden: Float32Array | null;
  readonly ending: Ending | null;
}

/**
 * What the values of a row say against logits of classes of which one holds; null where nothing does.
 *
 * Training by cross entropy moves logits by `p - y`, which sums to 0 over the classes: their sum stays where the random
 * weights of the last layer have put it, near 0 (0.00 in the mean of MobileNetV2's thousand, however it is fed). Of the
 * coordinates of points, every second (or third) number is near the one before it. A classifier knows no class for sure
 * where it is shown nothing.
 *
 * Source: pytorch/pytorch `aten/src/ATen/native/cpu/SoftMaxKernel.cpp` (log_softmax backward: the gradient less p times
 * its sum).
 */
export function againstClasses({ values, hidden, ending }: UnnamedRow): OtherOutput | null {
  if (ending === 'softmax' || values.length < 2 || !values.every((value) => Number.isFinite(value))) return null;
  const every = strideOfPoints(values);
  if (every !== null) {
    return likelyOutput('points', `every ${every === 2 ? 'second' : 'third'} number is near the one before it`);
  }
  if (isShortUnit(values) && (hidden === null || isShortUnit(hidden))) {
    return likelyOutput('numbers', 'their length is 1, as that of a direction or a rotation is');
  }
  if (ending === 'sigmoid') return null;
  if (hidden?.length !== values.length) return null;
  return unmovedBySight(values, hidden) ?? (ending === 'layer' ? offCentre(values, hidden) : null);
}

/** The fewest numbers of which an order can be told from chance. */
const FEWEST_ORDERED = 20;
/** How near numbers must be to the ones before them: of the mean distance of any two, and of neighbours'. */
const NEAR = 0.4;
const NEARER = 0.6;

/** Whether numbers come in pairs or triples, each like the one before it; null where they do not. */
function strideOfPoints(values: Float32Array): 2 | 3 | null {
  if (values.length < FEWEST_ORDERED) return null;
  const any = meanDistance(values);
  if (!(any > 0)) return null;
  const [first, second, third] = [1, 2, 3].map((lag) => meanStep(values, lag) / any) as [number, number, number];
  if (values.length % 2 === 0 && second < NEAR && second < NEARER * first) return 2;
  return values.length % 3 === 0 && third < NEAR && third < NEARER * Math.min(first, second) ? 3 : null;
}

/** The mean distance of any two numbers. */
function meanDistance(values: Float32Array): number {
  const sorted = values.toSorted();
  const last = sorted.length - 1;
  let sum = 0;
  for (let i = 0; i <= last; i++) sum += sorted[i]! * (2 * i - last);
  return (2 * sum) / (sorted.length * last);
}

/** The mean distance of numbers that are so many places apart. */
function meanStep(values: Float32Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += Math.abs(values[i]! - values[i - lag]!);
  return sum / (values.length - lag);
}

/** Three to eight numbers, the squares of which sum to 1, some below 0. */
function isShortUnit(values: Float32Array): boolean {
  if (values.length < 3 || values.length > 8) return false;
  const squares = values.reduce((total, value) => total + value * value, 0);
  return Math.abs(squares - 1) < 1e-3 && values.some((value) => value < 0);
}

/** No class is e^20 times as likely as another where a classifier is shown nothing. */
const TOO_SURE = 20;
/** What may change of that with the image. */
const MOVED = 0.25;

function unmovedBySight(values: Float32Array, hidden: Float32Array): OtherOutput | null {
  const { least, most } = rangeOf(hidden);
  const apart = most - least;
  const moved = values.reduce((largest, value, i) => Math.max(largest, Math.abs(value - hidden[i]!)), 0);
  if (!(apart > TOO_SURE) || moved > MOVED * apart) return null;
  return likelyOutput(
    'numbers',
    `with the image hidden they still lie ${short(apart)} apart, as no logits of a trained classifier do`,
  );
}

/** So many numbers have a mean that chance does not move far; and how far it may move that of fewer. */
const MANY = 8;
const OFF_CENTRE = { many: 0.45, few: 2 };
/** Numbers of a box, and more, are not all in 0..1 by chance. */
const FEWEST_IN_UNITS = 4;

/** Numbers that lie to one side of 0, or in 0..1, with the image and without it. */
function offCentre(values: Float32Array, hidden: Float32Array): OtherOutput | null {
  if (values.length >= FEWEST_IN_UNITS && isInUnits(values) && isInUnits(hidden)) {
    return likelyOutput('points', 'all its values lie in 0..1, though no sigmoid or softmax brings them there');
  }
  const [seen, blind] = [rangeOf(values), rangeOf(hidden)];
  const side = Math.sign(seen.mean);
  const many = values.length >= MANY;
  const least = many ? OFF_CENTRE.many : OFF_CENTRE.few;
  if (Math.min(side * seen.mean, side * blind.mean) < least) return null;
  const oneSided = isOneSided(seen) && isOneSided(blind);
  const farOff = many && Math.abs(seen.mean) > seen.deviation / 2 && Math.abs(blind.mean) > blind.deviation;
  if (!oneSided && !farOff) return null;
  const where = isOneSided(seen)
    ? `all its values are ${side > 0 ? 'above' : 'below'} 0 (${short(seen.least)} to ${short(seen.most)})`
    : `the mean of its values is ${short(seen.mean)}, and ${short(blind.mean)} with the image hidden`;
  const negative = side < 0 ? '; those of independent classes of which the image shows none may be' : '';
  return likelyOutput('numbers', `${where}, while logits of one class in many have a mean near 0${negative}`);
}

function isOneSided({ least, most }: Range): boolean {
  return least > 0 || most < 0;
}

function isInUnits(values: Float32Array): boolean {
  return values.every((value) => value >= 0 && value <= 1);
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly deviation: number;
}

function rangeOf(values: Float32Array): Range {
  let [least, most, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { least, most, mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
