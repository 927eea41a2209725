/** Smallest and largest value of a map, and where the largest stands. An empty map has range 0..0. */
export interface MapRange {
  readonly min: number;
  readonly max: number;
  readonly peakIndex: number;
}

export function rangeOf(map: Float32Array): MapRange {
  let min = Infinity;
  let max = -Infinity;
  let peakIndex = 0;
  for (let i = 0; i < map.length; i++) {
    const value = map[i]!;
    if (value < min) min = value;
    if (value > max) {
      max = value;
      peakIndex = i;
    }
  }
  return map.length === 0 ? { min: 0, max: 0, peakIndex: 0 } : { min, max, peakIndex };
}

/**
 * A map as 0..255 from its smallest to its largest value, for the eye. A constant map is all zeros: rounding noise of
 * a map that is flat to seven digits is not stretched into an image.
 */
export function toGray(map: Float32Array, { min, max }: Pick<MapRange, 'min' | 'max'> = rangeOf(map)): Uint8Array {
  const span = max - min;
  const gray = new Uint8Array(map.length);
  if (!(span > 1e-7 * Math.max(Math.abs(min), Math.abs(max)))) return gray;
  for (let i = 0; i < map.length; i++) gray[i] = ((map[i]! - min) / span) * 255 + 0.5;
  return gray;
}
