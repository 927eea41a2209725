/** Keeps the values used last, by number: what several explanations under way need in turn is made once for each. */
export class Recent<T> {
  readonly #limit: number;
  #values = new Map<number, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(id: number, make: () => T): T {
    const value = this.#values.get(id) ?? make();
    // A Map keeps the order of insertion: the value goes to its end.
    this.#values.delete(id);
    this.#values.set(id, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#limit) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}
