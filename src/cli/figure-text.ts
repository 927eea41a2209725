const DECIMALS = 3;

/** Smallest size that is written without an exponent. */
const SMALLEST_PLAIN = 1e-6;

/**
 * A number with three decimals, or as many as show two digits of a small one.
 *
 * @param scale size that the digits are meant for, where the number stands beside larger ones
 */
export function figureText(value: number, scale = Math.abs(value)): string {
  if (scale > 0 && scale < SMALLEST_PLAIN) return value === 0 ? '0' : value.toExponential(1);
  const decimals = scale === 0 ? DECIMALS : Math.max(DECIMALS, 1 - Math.floor(Math.log10(scale)));
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
