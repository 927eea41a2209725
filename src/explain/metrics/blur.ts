/** Length of the kernel in pixels and standard deviation of the Gaussian. */
const LENGTH = 11;
const SIGMA = 5;

/**
 * One axis of the kernel that the insertion curve starts from, `[11]`, sum 1. The original code makes it by filtering
 * an impulse in an 11 x 11 array with a Gaussian of sigma 5, whose tails SciPy folds back at the borders; so it is
 * flatter than a Gaussian that is cut off.
 *
 * Source: Petsiuk et al. 2018, the authors' code (`evaluation.py`, gkern), with SciPy's `gaussian_filter`
 * (tails cut at four sigma, mode `reflect`).
 */
export function blurKernel(): Float64Array {
  const radius = 4 * SIGMA;
  const tap = (distance: number): number => Math.exp((-0.5 * distance * distance) / (SIGMA * SIGMA));
  let sum = 0;
  for (let t = -radius; t <= radius; t++) sum += tap(t);
  const middle = (LENGTH - 1) / 2;
  const kernel = new Float64Array(LENGTH);
  for (let i = 0; i < LENGTH; i++) {
    for (let t = -radius; t <= radius; t++) {
      if (reflected(i + t) === middle) kernel[i] = kernel[i]! + tap(t) / sum;
    }
  }
  return kernel;
}

/** Index after reflection at the borders with the edge repeated (-1 -> 0, 11 -> 10). */
function reflected(index: number): number {
  const period = 2 * LENGTH;
  const at = ((index % period) + period) % period;
  return at < LENGTH ? at : period - 1 - at;
}

/**
 * Blurs a plane of normalised values as the insertion curve asks: convolved with the kernel along both axes, zeros
 * beyond the borders.
 *
 * @param plane `[height, width]`
 * @returns the same shape
 */
export function blurPlane(plane: Float32Array, height: number, width: number): Float32Array {
  const kernel = blurKernel();
  const middle = (LENGTH - 1) / 2;
  const rows = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      const from = Math.max(0, x - middle);
      const to = Math.min(width - 1, x + middle);
      for (let at = from; at <= to; at++) sum += plane[y * width + at]! * kernel[at - x + middle]!;
      rows[y * width + x] = sum;
    }
  }
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    const from = Math.max(0, y - middle);
    const to = Math.min(height - 1, y + middle);
    for (let at = from; at <= to; at++) {
      const weight = kernel[at - y + middle]!;
      for (let x = 0; x < width; x++) out[y * width + x] = out[y * width + x]! + rows[at * width + x]! * weight;
    }
  }
  return out;
}
