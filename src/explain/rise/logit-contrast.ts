import { dot } from './vectors.js';

/** Probabilities below this are float32 rounding as often as not. */
const LEAST_CLASS = 1e-7;
/** What float32 probabilities leave of 1 is rounded more coarsely than they are. */
const LEAST_REST = 1e-6;
/** A class with a score of 0 under more than this share of masks has no logit: a script or a model lists the best alone. */
const MOST_ZEROS = 0.05;

/**
 * Probabilities of a softmax, made linear: `sum_k E[p p_k] (log p - log p_k)` over a class's rivals k, one of which is
 * all classes without a column of their own together.
 *
 * A class is decided against its rivals, and which of them it is up against differs from mask to mask, so its
 * probability is a curved function of several sums over the image. Its logits are nearly such sums themselves. For
 * masks spread as normal variables are, a function has the covariance with them that its mean gradient times what it is a
 * function of has: the map of this contrast is then the map of the probability. Logarithms of probabilities differ from
 * logits by what all classes share, which cancels, and the sum of several classes is a class of a softmax again.
 *
 * Source: Stein 1981, lemma 2 (covariance and mean gradient); Bridle 1990 (the softmax and its derivative).
 */
export class LogitContrasts {
  /** By column; null where it has no logits. */
  readonly #logarithms = new Map<Float64Array, Float64Array | null>();

  /**
   * @param column the class's probability under each mask, `[n]`
   * @param rivals the same of other classes of its softmax, `[n]` each
   * @returns `[n]`, in units of the probability; null where scores left out as 0 leave no contrast to make. A rival that
   *   is often left out counts with the rest.
   */
  of(column: Float64Array, rivals: readonly Float64Array[]): Float64Array | null {
    const told = rivals.flatMap((scores) => {
      const logarithms = this.#logarithmsOf(scores);
      return logarithms === null ? [] : [{ scores, logarithms }];
    });
    const own = told.length === 0 ? null : this.#logarithmsOf(column);
    if (own === null) return null;
    const rest = column.map((value) => 1 - value);
    for (const { scores } of told) {
      for (let i = 0; i < rest.length; i++) rest[i]! -= scores[i]!;
    }
    for (let i = 0; i < rest.length; i++) rest[i] = Math.max(LEAST_REST, rest[i]!);
    const out = new Float64Array(column.length);
    for (const { scores, logarithms } of [...told, { scores: rest, logarithms: rest.map(Math.log) }]) {
      const weight = dot(column, scores) / column.length;
      for (let i = 0; i < out.length; i++) out[i]! += weight * (own[i]! - logarithms[i]!);
    }
    return out;
  }

  #logarithmsOf(column: Float64Array): Float64Array | null {
    let logarithms = this.#logarithms.get(column);
    if (logarithms === undefined) {
      const zeros = column.reduce((count, value) => (value === 0 ? count + 1 : count), 0);
      logarithms =
        zeros > MOST_ZEROS * column.length ? null : column.map((value) => Math.log(Math.max(LEAST_CLASS, value)));
      this.#logarithms.set(column, logarithms);
    }
    return logarithms;
  }
}
