import type { Observations } from './observations.js';
import type { Ridge } from './ridge.js';

/**
 * Logarithm of the penalty relative to the expected one. A larger one sees broad effects alone, a smaller one asks for
 * more masks: both called more weak maps noise (docs/research/fidelity.md).
 */
const LOG_PENALTY = 0;

/**
 * Whether scores depend on the masks at all. The statistic is the part of the normal scores that a plain ridge
 * regression explains, `y^T H y`: ranks, so that a few large scores do not drown what the others say. Under the null
 * hypothesis scores may be exchanged between a mask and its complement (or between masks): that gives the statistic's
 * mean and variance in closed form, as shuffling very many times would, and its tail is that of a gamma variable of
 * that mean and variance.
 *
 * Sources: the moments of a quadratic form under sign flips; van der Waerden 1952 (tests on normal scores); Wilson and
 * Hilferty 1931 for the tail.
 */
export class NoiseTest {
  readonly #observations: Observations;
  readonly #ridge: Ridge;
  /** Diagonal of the hat matrix H, `[n]`. */
  readonly #leverages: Float64Array;
  /** Mean of its squared off-diagonal elements. */
  readonly #crossed: number;

  /** @param ridge in which all boxes are alike a priori */
  constructor(observations: Observations, ridge: Ridge) {
    const { count, fields, gram } = observations;
    const size = Math.sqrt(gram.length);
    this.#observations = observations;
    this.#ridge = ridge;
    this.#leverages = Float64Array.from({ length: count }, (_, i) =>
      ridge.explained(ridge.direction(fields.subarray(i * size, (i + 1) * size)), LOG_PENALTY),
    );
    const squares = this.#leverages.reduce((sum, value) => sum + value * value, 0);
    const others = Math.max(0, ridge.squaredHatMatrix(LOG_PENALTY) - squares);
    this.#crossed = count > 1 ? others / (count * (count - 1)) : 0;
  }

  /** How far above chance the statistic lies, in standard deviations of a normal variable of the same tail. */
  aboveChance(target: number): number {
    const { scores, energy, product } = this.#observations.ranked[target]!;
    if (!(energy > 0)) return 0;
    let mean = 0;
    let fourth = 0;
    for (const [i, score] of scores.entries()) {
      mean += score * score * this.#leverages[i]!;
      fourth += score ** 4;
    }
    // H does not know how scores are spread over masks, so its elements may be taken at their mean.
    const variance = 2 * this.#crossed * Math.max(0, energy * energy - fourth);
    if (!(variance > 0)) return 0;
    const spread = variance / (9 * mean * mean);
    const explained = this.#ridge.explained(this.#ridge.direction(product), LOG_PENALTY);
    return (Math.cbrt(explained / mean) - (1 - spread)) / Math.sqrt(spread);
  }
}
