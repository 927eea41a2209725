import { enlarge, type SaliencyMap } from './saliency-map.js';

/** Of the first and of the second map; they differ in lightness too, and stand beside letters. */
const [FIRST, SECOND] = [
  [255, 150, 40],
  [80, 170, 255],
] as const;

/** The size at which two maps are compared: they are smooth. */
const GRID = 16;

/**
 * Paints where only one of two maps of an image is bright, each on its own scale: the first orange, the second blue.
 *
 * @param opacity 0..1
 */
export function paintDifference(
  first: SaliencyMap,
  second: SaliencyMap,
  opacity: number,
  width: number,
  height: number,
): ImageData {
  const image = new ImageData(width, height);
  const [a, b] = [first, second].map((map) => relative(map, width, height));
  for (let i = 0; i < width * height; i++) {
    const difference = (b?.[i] ?? 0) - (a?.[i] ?? 0);
    const color = difference < 0 ? FIRST : SECOND;
    image.data.set([...color, Math.round(255 * opacity * Math.abs(difference) ** 0.7)], 4 * i);
  }
  return image;
}

/** How far two maps of an image agree: their correlation, 1 for the same map; null where one of them is flat. */
export function agreement(first: SaliencyMap, second: SaliencyMap): number | null {
  const [a, b] = [enlarge(first, GRID, GRID), enlarge(second, GRID, GRID)];
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA > 0 && ofB > 0 ? both / Math.sqrt(ofA * ofB) : null;
}

/** Values as shares of the highest; what lowers the score counts as nothing. */
function relative(map: SaliencyMap, width: number, height: number): Float32Array {
  const span = map.max - map.min;
  return enlarge(map, width, height).map((value) => (map.max <= 0 ? 0 : Math.max(0, map.min + value * span) / map.max));
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
