/** Class names with their indices, growing as names are met. */
export class LabelList {
  readonly #names: string[] = [];
  readonly #indices = new Map<string, number>();

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name);
  }

  /** Index of a name, which is appended when it is new. Names are compared in Unicode NFC. */
  add(name: string): number {
    const known = this.find(name);
    if (known !== null) return known;
    const normal = name.normalize('NFC');
    this.#indices.set(normal, this.#names.length);
    this.#names.push(normal);
    return this.#names.length - 1;
  }

  find(name: string): number | null {
    return this.#indices.get(name.normalize('NFC')) ?? null;
  }

  get names(): readonly string[] {
    return this.#names;
  }
}
