/** Holds JSON that one version of the tool wrote against that of another. */

/** What is tolerated: other processors round otherwise, and a map decides in which order pixels are removed. */
const TOLERANCE = {
  /** Of a number: this share of it, and this much more. */
  share: 1e-4,
  floor: 2e-5,
  /** Of maps and their extremes: share of the map's range. */
  map: 1e-4,
  /** The same where `items.jsonl` has four digits of each value. */
  coarseMap: 1e-3,
  /** The same where a map is kept in bytes. */
  byteMap: 2e-3,
  /** Of scores on the way of deletion and insertion, and the areas below them. */
  curve: 1e-3,
  /** Pixels that lie inside an outline. */
  pixels: 2,
} as const;

/** How much two versions must have in common. */
export interface Comparison {
  /** Whether a field that only the earlier one has is a difference; those that only the later one has never are. */
  readonly missing: 'differs' | 'ignored';
}

/**
 * What differs, a sentence each: `targets.0.score was 0.5 and is 0.6`. Texts, integers, lists' lengths must be equal; other numbers
 * are allowed what another processor changes.
 */
export function differencesOf(
  before: unknown,
  now: unknown,
  comparison: Comparison = { missing: 'differs' },
): string[] {
  return [...differ(before, now, [], comparison)];
}

function* differ(before: unknown, now: unknown, path: readonly string[], how: Comparison): Generator<string> {
  if (isKeptMap(before) && isKeptMap(now)) {
    yield* differOfMaps(before, now, path);
  } else if (isRange(before) && isRange(now)) {
    const allowed = TOLERANCE.map * (before.max - before.min);
    yield* differOfNumbers(before.min, now.min, allowed, [...path, 'min']);
    yield* differOfNumbers(before.max, now.max, allowed, [...path, 'max']);
  } else if (Array.isArray(before) && Array.isArray(now)) {
    if (before.length !== now.length) yield sentence(path, `${before.length} long`, `${now.length} long`);
    else for (const [index, one] of before.entries()) yield* differ(one, now[index], [...path, String(index)], how);
  } else if (isRecord(before) && isRecord(now)) {
    for (const [name, value] of Object.entries(before)) {
      if (name in now) yield* differ(value, now[name], [...path, name], how);
      else if (how.missing === 'differs') yield sentence([...path, name], value, 'missing');
    }
  } else if (typeof before === 'number' && typeof now === 'number') {
    yield* differOfNumbers(before, now, allowedAt(path, before, now), path);
  } else if (before !== now) {
    yield sentence(path, before, now);
  }
}

/** How far a number may be from what it was. */
function allowedAt(path: readonly string[], before: number, now: number): number {
  if (path.at(-1) === 'pixels') return TOLERANCE.pixels;
  if (Number.isInteger(before) && Number.isInteger(now)) return 0;
  if (path.some((name) => /^(deletion|insertion)/.test(name))) return TOLERANCE.curve;
  return TOLERANCE.floor + TOLERANCE.share * Math.abs(before);
}

function* differOfNumbers(before: number, now: number, allowed: number, path: readonly string[]): Generator<string> {
  if (!(Math.abs(before - now) <= allowed)) yield sentence(path, before, now);
}

/** A map as record.mjs keeps it: float32 means of its cells, row by row, in base64. */
interface KeptMap extends Range {
  readonly width: number;
  readonly height: number;
  readonly mean: number;
  readonly cells: string;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function* differOfMaps(before: KeptMap, now: KeptMap, path: readonly string[]): Generator<string> {
  const size = ({ width, height }: KeptMap): string => `${width} x ${height}`;
  if (size(before) !== size(now)) yield sentence(path, size(before), size(now));
  const range = before.max - before.min;
  const allowed = shareOf(before, path) * range;
  for (const name of ['min', 'max', 'mean'] as const) {
    yield* differOfNumbers(before[name], now[name], allowed, [...path, name]);
  }
  const [old, fresh] = [cellsOf(before), cellsOf(now)];
  const largest = old.reduce((most, value, i) => Math.max(most, Math.abs(value - (fresh[i] ?? NaN))), 0);
  if (!(largest <= allowed)) {
    yield `${path.join('.')} differs by up to ${((100 * largest) / range).toPrecision(3)} % of its range`;
  }
}

function shareOf({ width, height }: KeptMap, path: readonly string[]): number {
  if (path.at(-2) === 'contrast') return TOLERANCE.byteMap;
  return width === 16 && height === 16 ? TOLERANCE.coarseMap : TOLERANCE.map;
}

function cellsOf({ cells }: KeptMap): readonly number[] {
  const bytes = Buffer.from(cells, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

function sentence(path: readonly string[], before: unknown, now: unknown): string {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80);
  return `${path.join('.')} was ${text(before)} and is ${text(now)}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRange(value: unknown): value is Range {
  return (
    isRecord(value) &&
    Object.keys(value).length === 2 &&
    typeof value['min'] === 'number' &&
    typeof value['max'] === 'number'
  );
}

function isKeptMap(value: unknown): value is KeptMap {
  return (
    isRecord(value) &&
    typeof value['cells'] === 'string' &&
    ['width', 'height', 'min', 'max', 'mean'].every((name) => typeof value[name] === 'number')
  );
}
