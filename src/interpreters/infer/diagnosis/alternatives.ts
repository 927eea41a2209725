import { IMAGENET } from '../../contract/preprocessing.js';
import type { Preprocessing } from '../../contract/types.js';

type Normalisation = Pick<Preprocessing, 'scale' | 'mean' | 'std'>;

/** The normalisations that trained models are fed with. */
const NORMALISATIONS: readonly Normalisation[] = [
  { scale: 1, mean: [0], std: [1] },
  { scale: 1 / 255, mean: [0], std: [1] },
  { scale: 1 / 127.5, mean: [1], std: [1] },
  { scale: 1 / 255, ...IMAGENET },
  { scale: 1, mean: [104, 117, 123], std: [1] },
];

/** The options that differ between two preprocessings, with the values of the second. */
export type PreprocessingChange = Partial<Pick<Preprocessing, 'color' | 'scale' | 'mean' | 'std'>>;

/** Another preprocessing, and how it differs from the one in use. */
export interface Alternative {
  readonly preprocessing: Preprocessing;
  readonly change: PreprocessingChange;
}

/** All usual preprocessings but the one in use: both color orders with every normalisation. */
export function alternativesTo(current: Preprocessing): Alternative[] {
  const colors = current.color === 'gray' ? (['gray'] as const) : (['rgb', 'bgr'] as const);
  return colors
    .flatMap((color) =>
      NORMALISATIONS.map((normalisation) => ({ ...current, color, ...ordered(normalisation, color) })),
    )
    .map((preprocessing) => ({ preprocessing, change: changeBetween(current, preprocessing) }))
    .filter(({ change }) => Object.keys(change).length > 0);
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
function changeBetween(from: Preprocessing, to: Preprocessing): PreprocessingChange {
  return {
    ...(from.color === to.color ? {} : { color: to.color }),
    ...(same([from.scale], [to.scale]) ? {} : { scale: to.scale }),
    ...(same(from.mean, to.mean) ? {} : { mean: to.mean }),
    ...(same(from.std, to.std) ? {} : { std: to.std }),
  };
}

/** Whether two lists mean the same, a single value standing for every channel. */
function same(a: readonly number[], b: readonly number[]): boolean {
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(x));
  return Array.from({ length: Math.max(a.length, b.length) }).every((_, channel) =>
    close(a[channel] ?? a[0] ?? 0, b[channel] ?? b[0] ?? 0),
  );
}
