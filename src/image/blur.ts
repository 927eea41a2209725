import type { RgbImage } from './types.js';

/** Standard deviations at which the Gaussian ends: .3 % of it lies beyond. */
const REACH = 3;
/** Knots of the Gaussian in a standard deviation; it is drawn with straight lines between them. */
const KNOTS = 4;
/** Weights are whole numbers, of which the largest is 2 ** 20. */
const WEIGHT_BITS = 20;

/**
 * A Gaussian of standard deviation `sigma` as the product of two kernels that are cheap: a triangle, and weights that
 * lie a step apart. Together they are the Gaussian with straight lines between knots, a quarter of `sigma` apart; up to
 * 7 pixels, where knots lie one pixel apart, they are the Gaussian itself.
 */
interface Kernel {
  /** Distance of the weights, and half the triangle's width, in pixels. */
  readonly step: number;
  /** The weights at 0, 1, 2 ... steps from the middle: whole numbers. */
  readonly weights: Float64Array;
  /** What the weights of all pixels sum to. */
  readonly sum: number;
}

/**
 * Blurs an image `[height, width, 3]` with a Gaussian of standard deviation `sigma` pixels (above 0), which ends at 3
 * `sigma`. Beyond its borders the image goes on with its outermost pixels. Each axis on its own, 8 bits a value after each.
 *
 * The same bits on every platform: the Gaussian is computed with `+ - * /` alone, which all engines round alike (they may
 * differ in the last bit of `Math.exp`), and pixels are weighed in whole numbers below 2 ** 53, whose sums are exact.
 */
export function blurImage(image: RgbImage, sigma: number): RgbImage {
  const kernel = kernelOf(sigma);
  // Each call turns the image: across, then down.
  return blurredAndTurned(blurredAndTurned(image, kernel), kernel);
}

function kernelOf(sigma: number): Kernel {
  const step = Math.max(1, Math.floor(sigma / KNOTS));
  // The triangle widens what it is laid over.
  const variance = sigma * sigma - (step * step - 1) / 6;
  const count = Math.ceil((REACH * sigma) / step);
  const weights = Float64Array.from({ length: count + 1 }, (_, i) =>
    Math.round(2 ** WEIGHT_BITS * exponential((-i * step * (i * step)) / (2 * variance))),
  );
  const sum = weights.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  return { step, weights, sum: sum * step * step };
}

/** `e ** x` for x up to 0, the same on every platform: a series near 0, squared until it is where it should be. */
function exponential(x: number): number {
  let halvings = 0;
  for (; x < -0.125; halvings++) x /= 2;
  let term = 1;
  let value = 1;
  for (let i = 1; i <= 12; i++) {
    term *= x / i;
    value += term;
  }
  for (; halvings > 0; halvings--) value *= value;
  return value;
}

/** The image blurred along its rows, which become the columns of the result, `[width, height, 3]`. */
function blurredAndTurned(image: RgbImage, kernel: Kernel): RgbImage {
  const { width, height, data } = image;
  const { step, weights, sum } = kernel;
  const out = new Uint8Array(data.length);
  const reach = (weights.length - 1) * step;
  const margin = reach + step - 1;
  const line = new Float64Array(width + 2 * margin);
  for (let row = 0; row < height; row++) {
    for (let channel = 0; channel < 3; channel++) {
      readLine(line, data, row * width * 3 + channel, width, margin);
      if (step > 1) sumUnderTriangle(line, step);
      for (let x = 0; x < width; x++) {
        const middle = reach + x;
        let total = line[middle]! * weights[0]!;
        for (let i = 1, away = step; i < weights.length; i++, away += step) {
          total += (line[middle - away]! + line[middle + away]!) * weights[i]!;
        }
        out[(x * height + row) * 3 + channel] = Math.floor(total / sum + 0.5);
      }
    }
  }
  return { width: height, height: width, data: out };
}

/** One channel of a row, with as many pixels of its ends on each side as the margin asks for. */
function readLine(line: Float64Array, data: Uint8Array, start: number, width: number, margin: number): void {
  line.fill(data[start]!, 0, margin);
  for (let x = 0; x < width; x++) line[margin + x] = data[start + x * 3]!;
  line.fill(data[start + (width - 1) * 3]!, margin + width);
}

/**
 * Replaces a line by its sums under a triangle, `step`, `step` - 1 ... 1 to each side: the sum of `step` pixels, twice. The
 * result begins at the first pixel that has all its neighbors, so that it is 2 `step` - 2 shorter; what follows is undefined.
 */
function sumUnderTriangle(line: Float64Array, step: number): void {
  for (let pass = 0, length = line.length; pass < 2; pass++, length -= step - 1) {
    let sum = 0;
    for (let i = 0; i < step - 1; i++) sum += line[i]!;
    for (let i = 0; i + step <= length; i++) {
      sum += line[i + step - 1]!;
      const first = line[i]!;
      line[i] = sum;
      sum -= first;
    }
  }
}
