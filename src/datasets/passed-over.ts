/** Counts what a format leaves out, by what it is; its notes say how many of each. */
export class PassedOver {
  readonly #counts = new Map<string, number>();

  /** @param what in the plural, such as `key points`, `areas of stuff`. */
  add(what: string, count = 1): void {
    if (count > 0) this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  /** How many of each, in the order in which they were met first. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** @param place the file or folder that they are in. */
  notes(place: string): string[] {
    if (this.#counts.size === 0) return [];
    const parts = [...this.#counts].map(([what, count]) => `${what} (${count})`);
    return [`${place}: left out: ${parts.join(', ')}.`];
  }
}
