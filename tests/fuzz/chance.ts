import { RandomStream } from '../../src/explain/rise/philox.js';

/** Random choices that depend on a seed alone: a case is made again from its number. */
export class Chance {
  readonly #stream: RandomStream;

  constructor(seed: number, number: number) {
    this.#stream = new RandomStream(seed).at(number, 21);
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.#stream.uniform() * bound);
  }

  /** True with a probability. */
  is(probability: number): boolean {
    return this.#stream.uniform() < probability;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }
}
