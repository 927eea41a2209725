/**
 * Scores of all targets over masks 0..count-1: the only state of an explanation. Maps, errors and intervals are
 * functions of it and of the sampler, so they cannot depend on threads, batches or the moment they are asked for.
 * Four bytes a mask and target; masks themselves are never kept.
 */
export class ScoreTable {
  readonly targets: number;
  #data: Float32Array;
  #count = 0;

  constructor(targets: number, capacity = 256) {
    this.targets = targets;
    this.#data = new Float32Array(Math.max(1, targets * capacity));
  }

  /** Number of masks scored so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds masks behind the last, `[n, targets]`. */
  append(scores: Float32Array): void {
    const needed = this.#count * this.targets + scores.length;
    if (needed > this.#data.length) {
      const grown = new Float32Array(Math.max(needed, this.#data.length * 2));
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(scores, this.#count * this.targets);
    this.#count += scores.length / this.targets;
  }

  /** The score of a target under a mask. */
  at(mask: number, target: number): number {
    return this.#data[mask * this.targets + target]!;
  }

  /** One target's scores, `[count]`. */
  column(target: number): Float64Array {
    return Float64Array.from({ length: this.#count }, (_, mask) => this.at(mask, target));
  }

  /** All scores, `[count, targets]`, a view. */
  get data(): Float32Array {
    return this.#data.subarray(0, this.#count * this.targets);
  }
}
