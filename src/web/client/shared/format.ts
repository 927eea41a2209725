/** `0.417` as `42 %`; small shares with a digit more. */
export function percent(share: number): string {
  const value = share * 100;
  const text = value !== 0 && Math.abs(value) < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0);
  return `${text} %`;
}

/** A number with three digits; a dash for none. */
export function number(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
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

/** A score: a probability as a percentage; sums of several, above 1, as a number. */
export function scoreText(score: number): string {
  return score > 1.0005 ? score.toPrecision(3) : percent(score);
}
