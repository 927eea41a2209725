/** The share of the pixels that have the most frequent value: their order among themselves says nothing. */
export function tiedShare(map: Float32Array): number {
  const sorted = map.slice().sort();
  let longest = 0;
  for (let start = 0, i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === sorted[start]) continue;
    longest = Math.max(longest, i - start);
    start = i;
  }
  return longest / map.length;
}

/** Whether all values are one, but for rounding. */
export function isFlat(values: ArrayLike<number>): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return !(most - least > 1e-6 * Math.max(Math.abs(least), Math.abs(most)));
}
