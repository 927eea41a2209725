import { shareText } from '../../../results/share-text.js';

export { scoreText } from '../../../results/share-text.js';

/** A share as all of the program says it: `8.4 %`, `42 %`, `almost 0 %`. */
export const percent = shareText;

/** A number with three digits; a dash for none. */
export function number(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** How repeatable a map is: two decimals, of 1; a dash for none. */
export function ofOne(value: number | null): string {
  return value === null ? '–' : Math.min(value, 0.99).toFixed(2);
}

/** A number of score units with its sign and two digits: `+0.088`. */
export function signed(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value)))));
  return `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(decimals)}`;
}

/** A share as a percentage; a dash for none. */
export function percentOrDash(share: number | null): string {
  return share === null ? '–' : percent(share);
}

/** `1 image`, `2 images`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
