/** Single precision value of each of the 65536 half precision bit patterns; filled on first use. */
let halves: Float32Array | undefined;

/** IEEE 754 half precision to single; every half is a single exactly. */
export function halfToSingle(bits: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, pattern) => halfValue(pattern));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halves[bits[i]!]!;
  return values;
}

function halfValue(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 to single: the upper half of its bits. */
export function bfloatToSingle(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (pattern) => pattern << 16).buffer);
}
