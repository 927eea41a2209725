import { rankCorrelation } from './rank-correlation.js';
import { observeColumn, type Observations } from './observations.js';
import { Ridge, type RidgeFit } from './ridge.js';

/** Parts into which observations are split: observation i is predicted from those of other remainders. */
const FOLDS = 8;
/** Fewer observations predict nothing. */
const FEWEST = 2 * FOLDS;

/**
 * How well a sum over the image predicts scores: each eighth of the masks is predicted by a plain ridge regression on the
 * others. A function of the table alone, with no random numbers; eight factorisations serve every target.
 */
export class HeldOut {
  readonly #observations: Observations;
  readonly #size: number;
  readonly #unit: 1 | 2;
  #ridges: readonly Ridge[] | null = null;

  /**
   * @param size boxes of the coarse field
   * @param unit 2 where masks come in pairs of complements, else 1
   */
  constructor(observations: Observations, size: number, unit: 1 | 2) {
    this.#observations = observations;
    this.#size = size;
    this.#unit = unit;
  }

  /**
   * Spearman's rank correlation of predicted and measured scores; null where masks are too few. Of a mask and its complement
   * the one is predicted above the mean by as much as the other is below.
   *
   * @param column scores of the masks
   */
  rankCorrelation(column: Float64Array): number | null {
    const { count, fields } = this.#observations;
    if (count < FEWEST) return null;
    const fits = this.#fits(column);
    const predicted = new Float64Array(count * this.#unit);
    for (let i = 0; i < count; i++) {
      const { coefficients } = fits[i % FOLDS]!;
      let value = 0;
      for (let j = 0; j < this.#size; j++) value += fields[i * this.#size + j]! * coefficients[j]!;
      predicted[i * this.#unit] = value;
      if (this.#unit === 2) predicted[i * 2 + 1] = -value;
    }
    return rankCorrelation(predicted, column.subarray(0, predicted.length));
  }

  #fits(column: Float64Array): readonly RidgeFit[] {
    const { fields } = this.#observations;
    this.#ridges ??= Array.from({ length: FOLDS }, (_, fold) => this.#ridgeWithout(fold));
    const all = observeColumn(column, this.#unit, fields, this.#size);
    return this.#ridges.map((ridge, fold) => {
      const product = all.product.slice();
      let { energy } = all;
      for (let i = fold; i < all.scores.length; i += FOLDS) {
        const score = all.scores[i]!;
        energy -= score * score;
        for (let j = 0; j < this.#size; j++) product[j]! -= score * fields[i * this.#size + j]!;
      }
      // What differences leave of nothing is nothing.
      return ridge.fit(product, energy > 1e-12 * all.energy ? energy : 0);
    });
  }

  /** All boxes are alike a priori. */
  #ridgeWithout(fold: number): Ridge {
    const { count, fields, gram } = this.#observations;
    const d = this.#size;
    const others = gram.slice();
    let left = count;
    for (let at = fold; at < count; at += FOLDS) {
      left--;
      for (let i = 0; i < d; i++) {
        const value = fields[at * d + i]!;
        for (let j = 0; j <= i; j++) others[i * d + j]! -= value * fields[at * d + j]!;
      }
    }
    return new Ridge(others, left, new Float64Array(d).fill(1));
  }
}
