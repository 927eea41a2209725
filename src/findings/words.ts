import type { RelativeBox } from './evidence.js';
import type { Interval } from './statistics.js';

/** `0.417` as `42 %`; small shares with a digit more. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value !== 0 && Math.abs(value) < 9.95 ? trimmed(value.toFixed(1)) : value.toFixed(0)} %`;
}

function trimmed(text: string): string {
  return text.replace(/\.0$/, '');
}

/** `[33 %, 50 %]` as `33–50 %`. */
export function range([low, high]: Interval): string {
  return `${percent(Math.max(0, low)).replace(' %', '')}–${percent(Math.min(1, high))}`;
}

/** `1 image`, `2 images`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A p-value in words. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.slice(0, names.length > most ? most - 1 : most).map(quoted);
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** A class name, marked as such. */
export function quoted(name: string): string {
  return `“${name}”`;
}

/** Where a region lies in its frame: `the lower right corner`, `the upper edge`, `the middle`. */
export function placeOf({ x, y, width: w, height: h }: RelativeBox): string {
  const row = third(y + h / 2, 'upper', 'lower');
  const column = third(x + w / 2, 'left', 'right');
  if (row !== '' && column !== '') return `the ${row} ${column} corner`;
  if (row !== '' || column !== '') return `the ${row}${column} edge`;
  return 'the middle';
}

function third(at: number, low: string, high: string): string {
  return at < 1 / 3 ? low : at > 2 / 3 ? high : '';
}
