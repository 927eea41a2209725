import { enlarge, type SaliencyMap } from './saliency-map.js';

/** Of the first and of the second map; they differ in lightness too, and stand beside letters. */
const [FIRST, SECOND] = [
  [255, 150, 40],
  [80, 170, 255],
] as const;

/**
 * Paints where only one of two maps of an image is bright, each on its own scale: the first orange, the second blue.
 *
 * @param first null where there is none: nothing of it is bright
 * @param opacity 0..1
 */
export function paintDifference(
  first: SaliencyMap | null,
  second: SaliencyMap | null,
  opacity: number,
  width: number,
  height: number,
): ImageData {
  const image = new ImageData(width, height);
  const [a, b] = [first, second].map((map) => (map === null ? null : relative(map, width, height)));
  for (let i = 0; i < width * height; i++) {
    const difference = (b?.[i] ?? 0) - (a?.[i] ?? 0);
    const color = difference < 0 ? FIRST : SECOND;
    image.data.set([...color, Math.round(255 * opacity * Math.abs(difference) ** 0.7)], 4 * i);
  }
  return image;
}

/** Values as shares of the highest; what lowers the score counts as nothing. */
function relative(map: SaliencyMap, width: number, height: number): Float32Array {
  const span = map.max - map.min;
  return enlarge(map, width, height).map((value) => (map.max <= 0 ? 0 : Math.max(0, map.min + value * span) / map.max));
}
