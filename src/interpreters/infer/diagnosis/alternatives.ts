import { IMAGENET, type Normalisation } from '../../contract/preprocessing.js';
import type { Preprocessing } from '../../contract/types.js';

/** The normalisations that trained models are fed with, the most usual first. */
const NORMALISATIONS: readonly Normalisation[] = [
  { scale: 1 / 255, mean: [0], std: [1] },
  { scale: 1 / 255, ...IMAGENET },
  { scale: 1, mean: [0], std: [1] },
  { scale: 1 / 127.5, mean: [1], std: [1] },
  { scale: 1, mean: [104, 117, 123], std: [1] },
];

/**
 * The options that make another preprocessing. Scale, mean and std are one group: where one of them differs, all are here
 * that do something.
 */
export type PreprocessingChange = Partial<Pick<Preprocessing, 'color' | 'scale' | 'mean' | 'std'>>;

/** Another preprocessing, and how it differs from the one in use. */
export interface Alternative {
  readonly preprocessing: Preprocessing;
  readonly change: PreprocessingChange;
  /** Whether models are often fed so: 0..255 in either order, all else in RGB. */
  readonly usual: boolean;
  /** Whether it is what the model would be fed with if the user said nothing. */
  readonly own: boolean;
}

/**
 * All usual preprocessings but the one in use, the model's own first and then the smallest changes: the other color order alone, and both color
 * orders with every normalisation.
 *
 * @param given parts that the user gave, which must be given anew where they change
 * @param inferred what the model would be fed with if the user said nothing
 */
export function alternativesTo(
  current: Preprocessing,
  given: readonly (keyof Preprocessing)[] = [],
  inferred: Preprocessing = current,
): Alternative[] {
  const colors = current.color === 'gray' ? (['gray'] as const) : (['rgb', 'bgr'] as const);
  const found: Alternative[] = [];
  const add = (preprocessing: Preprocessing, usual: boolean, own = false): void => {
    const change = changeBetween(current, preprocessing, given);
    const known = found.some((one) => isSame(one.preprocessing, preprocessing));
    if (Object.keys(change).length > 0 && !known) found.push({ preprocessing, change, usual, own });
  };
  const { color, scale, mean, std } = inferred;
  if ((color === 'gray') === (current.color === 'gray')) add({ ...current, color, scale, mean, std }, true, true);
  for (const other of colors) if (other !== current.color) add({ ...current, color: other }, true);
  for (const normalisation of NORMALISATIONS) {
    for (const other of colors) {
      // Caffe's mean is one of colors.
      if (other === 'gray' && normalisation.scale === 1 && normalisation.mean.length > 1) continue;
      add({ ...current, color: other, ...ordered(normalisation, other) }, isUsual(normalisation, other));
    }
  }
  const size = ({ change, own }: Alternative): number =>
    own ? 0 : (change.color === undefined ? 0 : 1) + (change.scale === undefined ? 0 : 1);
  return found.sort((a, b) => size(a) - size(b));
}

function isUsual({ scale, mean }: Normalisation, color: Preprocessing['color']): boolean {
  if (color === 'gray') return true;
  // Pixels as they are come in both orders; Caffe's mean is left to old models.
  return scale === 1 ? mean.length === 1 : color === 'rgb';
}

/** Means and deviations of colors go with the order of the channels; Caffe's are written blue first. */
function ordered({ scale, mean, std }: Normalisation, color: Preprocessing['color']): Normalisation {
  if (color === 'gray') return { scale, mean: [average(mean)], std: [average(std)] };
  const blueFirst = (mean[0] ?? 0) > 1 && mean.length === 3;
  const turn = (color === 'bgr') !== blueFirst;
  return { scale, mean: turn ? mean.toReversed() : mean, std: turn ? std.toReversed() : std };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What turns one preprocessing into another; empty where they are the same. */
function changeBetween(
  from: Preprocessing,
  to: Preprocessing,
  given: readonly (keyof Preprocessing)[],
): PreprocessingChange {
  const color = from.color === to.color ? {} : { color: to.color };
  if (hasSameNormalisation(from, to)) return color;
  return {
    ...color,
    scale: to.scale,
    ...(same(to.mean, [0]) && !given.includes('mean') ? {} : { mean: to.mean }),
    ...(same(to.std, [1]) && !given.includes('std') ? {} : { std: to.std }),
  };
}

function isSame(a: Preprocessing, b: Preprocessing): boolean {
  return a.color === b.color && hasSameNormalisation(a, b);
}

function hasSameNormalisation(a: Normalisation, b: Normalisation): boolean {
  return same([a.scale], [b.scale]) && same(a.mean, b.mean) && same(a.std, b.std);
}

/** Whether two lists mean the same, a single value standing for every channel. */
function same(a: readonly number[], b: readonly number[]): boolean {
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(x));
  return Array.from({ length: Math.max(a.length, b.length) }).every((_, channel) =>
    close(a[channel] ?? a[0] ?? 0, b[channel] ?? b[0] ?? 0),
  );
}
