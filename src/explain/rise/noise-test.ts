import type { Observations } from './observations.js';
import { Ridge } from './ridge.js';

/**
 * Two looks: logarithms of their penalties relative to the expected one, and by how much each must clear the limit. A
 * large penalty tells broad effects from noise, which are all that a few dozen masks can show; a small one sees effects
 * of any shape once masks are many, and is asked for more so that two looks do not double the chance of a false finding.
 */
const LOOKS = [
  { logPenalty: 2.5, handicap: 0 },
  { logPenalty: -4, handicap: 1.5 },
] as const;

/**
 * Whether scores depend on the masks at all. The statistic is the part of the scores that a plain ridge regression
 * explains, `y^T H y`. Under the null hypothesis scores may be exchanged between a mask and its complement (or between
 * masks): that gives the statistic's mean and variance in closed form, as shuffling very many times would, and its tail
 * is that of a gamma variable of that mean and variance.
 *
 * Sources: the moments of a quadratic form under sign flips; Wilson and Hilferty 1931 for the tail.
 */
export class NoiseTest {
  readonly #observations: Observations;
  readonly #ridge: Ridge;
  readonly #looks: readonly Look[];

  constructor(observations: Observations) {
    this.#observations = observations;
    const { count, fields, gram } = observations;
    const size = Math.sqrt(gram.length);
    this.#ridge = new Ridge(gram, count, new Float64Array(size).fill(1));
    const directions = Array.from({ length: count }, (_, i) =>
      this.#ridge.direction(fields.subarray(i * size, (i + 1) * size)),
    );
    this.#looks = LOOKS.map(({ logPenalty, handicap }) => {
      const leverages = Float64Array.from(directions, (direction) => this.#ridge.explained(direction, logPenalty));
      const squares = leverages.reduce((sum, value) => sum + value * value, 0);
      const others = this.#ridge.squaredHatMatrix(logPenalty) - squares;
      return { logPenalty, handicap, leverages, crossed: count > 1 ? Math.max(0, others) / (count * (count - 1)) : 0 };
    });
  }

  /** How far above chance the statistic lies, in standard deviations of a normal variable of the same tail. */
  aboveChance(target: number): number {
    const { energy, product } = this.#observations.targets[target]!;
    if (!(energy > 0)) return 0;
    const direction = this.#ridge.direction(product);
    return Math.max(...this.#looks.map((look) => this.#excess(target, look, direction) - look.handicap));
  }

  #excess(target: number, { logPenalty, leverages, crossed }: Look, direction: Float64Array): number {
    const { scores, energy } = this.#observations.targets[target]!;
    let mean = 0;
    let fourth = 0;
    for (const [i, score] of scores.entries()) {
      mean += score * score * leverages[i]!;
      fourth += score ** 4;
    }
    // H does not know how scores are spread over masks, so its elements may be taken at their mean.
    const variance = 2 * crossed * Math.max(0, energy * energy - fourth);
    if (!(variance > 0)) return 0;
    const spread = variance / (9 * mean * mean);
    return (Math.cbrt(this.#ridge.explained(direction, logPenalty) / mean) - (1 - spread)) / Math.sqrt(spread);
  }
}

/** The hat matrix H of one penalty. */
interface Look {
  readonly logPenalty: number;
  readonly handicap: number;
  /** Diagonal of H, `[n]`. */
  readonly leverages: Float64Array;
  /** Mean of its squared off-diagonal elements. */
  readonly crossed: number;
}
