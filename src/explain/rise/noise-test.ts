import type { Observations } from './observations.js';

/**
 * Whether scores depend on the masks' cells at all. The statistic is `|X^T y|^2`, the strength with which scores line
 * up with any region of the picture; under the null hypothesis the scores are exchangeable between a mask and its
 * complement (or between masks), which gives its mean and variance in closed form, as shuffling very many times would.
 * The tail is that of a gamma variable of that mean and variance.
 *
 * Source: the score test for a variance component (Lin 1997); moments as of a permutation test; Wilson and Hilferty
 * 1931 for the tail.
 */
export class NoiseTest {
  readonly #observations: Observations;
  /** `|x_i|^2`, `[n]`. */
  readonly #norms: Float64Array;
  /** Mean of `(x_i . x_j)^2` over i != j. */
  readonly #crossed: number;

  constructor(observations: Observations) {
    this.#observations = observations;
    const { count, fields, gram } = observations;
    const size = Math.sqrt(gram.length);
    this.#norms = new Float64Array(count);
    let squares = 0;
    for (let i = 0; i < count; i++) {
      let norm = 0;
      for (let j = i * size; j < (i + 1) * size; j++) norm += fields[j]! * fields[j]!;
      this.#norms[i] = norm;
      squares += norm * norm;
    }
    // The squared Frobenius norm of X X^T, which is that of X^T X.
    let total = 0;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) total += (i === j ? 1 : 2) * gram[i * size + j]! ** 2;
    }
    this.#crossed = count > 1 ? Math.max(0, total - squares) / (count * (count - 1)) : 0;
  }

  /** How far above chance the statistic lies, in standard deviations of a normal variable of the same tail. */
  aboveChance(target: number): number {
    const { scores, energy, product } = this.#observations.targets[target]!;
    let mean = 0;
    let fourth = 0;
    for (const [i, score] of scores.entries()) {
      mean += score * score * this.#norms[i]!;
      fourth += score ** 4;
    }
    const variance = 2 * this.#crossed * Math.max(0, energy * energy - fourth);
    if (!(energy > 0) || !(variance > 0)) return 0;
    const statistic = product.reduce((sum, value) => sum + value * value, 0);
    const spread = variance / (9 * mean * mean);
    return (Math.cbrt(statistic / mean) - (1 - spread)) / Math.sqrt(spread);
  }
}
