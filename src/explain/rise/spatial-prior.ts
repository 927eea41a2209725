/** Width of the smoothing, as a share of a mask's cell: evidence in a box speaks for its neighbourhood. */
export const SMOOTHING = 0.5;
/** What every box keeps, as a share of the mean, so that nothing is ruled out before it is seen. */
const FLOOR = 0.05;

/** Boxes in rows and columns, and a mask's cell in boxes. */
interface Boxes {
  readonly rows: number;
  readonly columns: number;
  readonly cellSize: { readonly y: number; readonly x: number };
}

/**
 * A prior variance for each box, `[rows, columns]`, mean 1, from the energy found there so far: large where the
 * scores of any target react to the image, small over the background. What is learned about where the model looks
 * in this image is shared by all targets, and background boxes no longer drown the object in their noise.
 *
 * Source: automatic relevance determination (MacKay 1994), with neighbouring boxes tied.
 *
 * @param energy expected squared coefficient of each box, summed over targets, `[rows, columns]`
 */
export function priorFromEnergy({ rows, columns, cellSize }: Boxes, energy: Float64Array): Float64Array {
  const alongX = smooth(energy, rows, columns, 1, columns, cellSize.x * SMOOTHING);
  const smoothed = smooth(alongX, columns, rows, columns, 1, cellSize.y * SMOOTHING);
  return priorFromSmoothed(smoothed);
}

/** Prior variances of mean 1 from energies that lend something to their neighborhood. */
export function priorFromSmoothed(smoothed: Float64Array): Float64Array {
  const mean = smoothed.reduce((sum, value) => sum + value, 0) / smoothed.length;
  if (!(mean > 0)) return new Float64Array(smoothed.length).fill(1);
  return smoothed.map((value) => FLOOR + ((1 - FLOOR) * value) / mean);
}

/** Gaussian smoothing of `lines` lines of `length` values, `step` apart, lines `stride` apart; weights sum to 1. */
function smooth(
  values: Float64Array,
  lines: number,
  length: number,
  step: number,
  stride: number,
  sigma: number,
): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < length; i++) {
    const weights = Float64Array.from({ length }, (_, j) => Math.exp(-0.5 * ((i - j) / sigma) ** 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let j = 0; j < length; j++) sum += weights[j]! * values[line * stride + j * step]!;
      out[line * stride + i * step] = sum / total;
    }
  }
  return out;
}
