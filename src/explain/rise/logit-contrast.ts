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
 * probability is a curved function of several sums over the picture. Its logits are nearly such sums themselves. For
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
   * @returns `[n]`, in units of the probability; null where scores left out as 0 leave no contrast to make
   */
  of(column: Float64Array, rivals: readonly Float64Array[]): Float64Array | null {
    const own = this.#logarithmsOf(column);
    if (own === null) return null;
    const rest = column.map((value) => 1 - value);
    const out = new Float64Array(column.length);
    const against = (rival: Float64Array, logarithms: Float64Array): void => {
      const weight = dot(column, rival) / column.length;
      for (let i = 0; i < out.length; i++) out[i]! += weight * (own[i]! - logarithms[i]!);
    };
    let told = 0;
    for (const rival of rivals) {
      const logarithms = this.#logarithmsOf(rival);
      // What it has is part of the rest.
      if (logarithms === null) continue;
      told++;
      against(rival, logarithms);
      for (let i = 0; i < rest.length; i++) rest[i]! -= rival[i]!;
    }
    if (told === 0) return null;
    const left = rest.map((value) => Math.max(0, value));
    against(
      left,
      left.map((value) => Math.log(Math.max(LEAST_REST, value))),
    );
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
