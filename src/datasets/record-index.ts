/** Numbers that are appended one by one, in a typed array: 8 bytes a number instead of an object. */
class GrowingFloat64 {
  #data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#data.length) {
      const grown = new Float64Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.length++] = value;
  }

  at(index: number): number {
    return this.#data[index]!;
  }
}

/** Where a record lies. */
export interface Location {
  /** Which of the dataset's files, by a number that the reader gives. */
  readonly file: number;
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/**
 * Where the records of each image lie in the annotation files, for formats that keep them in any order: 32 bytes a
 * record and nothing of its contents, which are read again when the image's turn comes.
 */
export class RecordIndex {
  readonly #owner = new GrowingFloat64();
  readonly #file = new GrowingFloat64();
  readonly #offset = new GrowingFloat64();
  readonly #length = new GrowingFloat64();
  #starts: Uint32Array | null = null;
  #order = new Uint32Array(0);

  /** @param owner number of the image, from 0. */
  add(owner: number, { file, offset, length }: Location): void {
    this.#owner.push(owner);
    this.#file.push(file);
    this.#offset.push(offset);
    this.#length.push(length);
    this.#starts = null;
  }

  get size(): number {
    return this.#owner.length;
  }

  /** The records of an image, in the order in which they were added. */
  *of(owner: number): Generator<Location> {
    const starts = this.#starts ?? this.#group();
    for (let i = starts[owner] ?? 0; i < (starts[owner + 1] ?? 0); i++) {
      const record = this.#order[i]!;
      yield {
        file: this.#file.at(record),
        offset: this.#offset.at(record),
        length: this.#length.at(record),
      };
    }
  }

  /** Sorts the records by image, keeping their order within each (a counting sort). */
  #group(): Uint32Array {
    let owners = 0;
    for (let i = 0; i < this.size; i++) owners = Math.max(owners, this.#owner.at(i) + 1);
    const starts = new Uint32Array(owners + 1);
    for (let i = 0; i < this.size; i++) starts[this.#owner.at(i) + 1]!++;
    for (let owner = 0; owner < owners; owner++) starts[owner + 1]! += starts[owner]!;
    const next = starts.slice();
    const order = new Uint32Array(this.size);
    for (let i = 0; i < this.size; i++) order[next[this.#owner.at(i)]!++] = i;
    this.#order = order;
    this.#starts = starts;
    return starts;
  }
}
