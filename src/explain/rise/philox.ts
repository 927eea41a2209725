/**
 * Philox4x32-10, a counter-based random number generator: four 32-bit words from a counter and a key, without state.
 * So the numbers of mask i do not depend on which thread draws it, or on what was drawn before.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
export class Philox {
  readonly #key0: number;
  readonly #key1: number;

  /** @param seed any integer up to 2^53; its low and high words are the key. */
  constructor(seed: number) {
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 0x1_0000_0000) >>> 0;
  }

  /** Writes the four words of counter (c0, c1, c2, c3) to `out[0..3]`. */
  block(c0: number, c1: number, c2: number, c3: number, out: Uint32Array): void {
    let [x0, x1, x2, x3] = [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
    let key0 = this.#key0;
    let key1 = this.#key1;
    for (let round = 0; round < 10; round++) {
      const low0 = Math.imul(0xd2511f53, x0) >>> 0;
      const high0 = multiplyHigh(0xd2511f53, x0);
      const low1 = Math.imul(0xcd9e8d57, x2) >>> 0;
      const high1 = multiplyHigh(0xcd9e8d57, x2);
      x0 = (high1 ^ x1 ^ key0) >>> 0;
      x1 = low1;
      x2 = (high0 ^ x3 ^ key1) >>> 0;
      x3 = low0;
      key0 = (key0 + 0x9e3779b9) >>> 0;
      key1 = (key1 + 0xbb67ae85) >>> 0;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
  }
}

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** What a stream of numbers is for: streams of different purposes share no number. */
export const STREAMS = { offset: 0, cells: 1, design: 2, resampling: 3 } as const;

/** The numbers of one (seed, index, purpose), in order. */
export class RandomStream {
  readonly #philox: Philox;
  readonly #words = new Uint32Array(4);
  #index = 0;
  #purpose = 0;
  #block = 0;
  #next = 4;

  constructor(seed: number) {
    this.#philox = new Philox(seed);
  }

  /** Goes to the start of the stream for item `index`; returns itself. */
  at(index: number, purpose: number): this {
    this.#index = index;
    this.#purpose = purpose;
    this.#block = 0;
    this.#next = 4;
    return this;
  }

  /** The next 32 random bits, as an unsigned integer. */
  bits(): number {
    if (this.#next === 4) {
      const high = Math.floor(this.#index / 0x1_0000_0000);
      this.#philox.block(this.#index, high, this.#purpose, this.#block++, this.#words);
      this.#next = 0;
    }
    return this.#words[this.#next++]!;
  }

  /** Uniform in [0, 1), with 32 bits. */
  uniform(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** Uniform integer in [0, bound), for bounds up to 2^20 unbiased to 2^-12. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Shuffles in place (Fisher-Yates). */
  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i]!;
      values[i] = values[j]!;
      values[j] = kept;
    }
  }
}
