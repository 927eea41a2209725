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

/** Another preprocessing and the flags that make it. */
export interface Alternative {
  readonly preprocessing: Preprocessing;
  readonly flags: string;
}

/** All usual preprocessings but the one in use: both colour orders with every normalisation. */
export function alternativesTo(current: Preprocessing): Alternative[] {
  const colors = current.color === 'gray' ? (['gray'] as const) : (['rgb', 'bgr'] as const);
  return colors
    .flatMap((color) =>
      NORMALISATIONS.map((normalisation) => ({ ...current, color, ...ordered(normalisation, color) })),
    )
    .map((preprocessing) => ({ preprocessing, flags: flagsFor(current, preprocessing) }))
    .filter(({ flags }) => flags !== '');
}

/** Means and deviations of colours go with the order of the channels; Caffe's are written blue first. */
function ordered({ scale, mean, std }: Normalisation, color: Preprocessing['color']): Normalisation {
  if (color === 'gray') return { scale, mean: [average(mean)], std: [average(std)] };
  const blueFirst = (mean[0] ?? 0) > 1 && mean.length === 3;
  const turn = (color === 'bgr') !== blueFirst;
  return { scale, mean: turn ? mean.toReversed() : mean, std: turn ? std.toReversed() : std };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The flags that turn one preprocessing into another; empty where they are the same. */
function flagsFor(from: Preprocessing, to: Preprocessing): string {
  const flags: string[] = [];
  if (from.color !== to.color) flags.push(`--color ${to.color}`);
  if (!same([from.scale], [to.scale])) flags.push(`--scale ${fraction(to.scale)}`);
  if (!same(from.mean, to.mean)) flags.push(`--mean ${to.mean.map(short).join(',')}`);
  if (!same(from.std, to.std)) flags.push(`--std ${to.std.map(short).join(',')}`);
  return flags.join(' ');
}

/** Whether two lists mean the same, a single value standing for every channel. */
function same(a: readonly number[], b: readonly number[]): boolean {
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(x));
  return Array.from({ length: Math.max(a.length, b.length) }).every((_, channel) =>
    close(a[channel] ?? a[0] ?? 0, b[channel] ?? b[0] ?? 0),
  );
}

function fraction(scale: number): string {
  if (scale >= 1) return short(scale);
  return `1/${short(1 / scale)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
