import type { StoredRun } from '../results/read-run.js';

/** What classes are called in a report: as the dataset calls them, so that a model's name and the truth's can be compared. */
export class ClassNames {
  readonly #names = new Map<number, string>();

  constructor({ dataset }: StoredRun) {
    for (const [name, ids] of Object.entries(dataset?.labels ?? {})) {
      for (const id of ids) if (!this.#names.has(id)) this.#names.set(id, name);
    }
  }

  /** The name of a class of the model; null for a target of any class. */
  of(label: { readonly id: number; readonly name: string } | null): string | null {
    return label === null ? null : (this.#names.get(label.id) ?? label.name);
  }

  /** The name of a class of the truth: one that the model does not tell from another has the other's name. */
  ofTruth({ name, model }: { readonly name: string; readonly model: readonly number[] }): string {
    const [id] = model;
    return id === undefined ? name : (this.#names.get(id) ?? name);
  }
}
