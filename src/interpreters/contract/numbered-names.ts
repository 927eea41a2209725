/** A class name with the number that a file gives it. */
export interface NumberedName {
  readonly id: number;
  readonly name: string;
}

/** A file with so many more numbers than names does not number classes. */
const SPARSE = 4;
const FEW = 100;

/** Names in a row, and the number of the first. */
export interface Numbered {
  readonly names: readonly string[];
  readonly from: 0 | 1;
}

/** Names in the order of a file, the first of them number 0. */
export function inOrder(names: readonly string[]): Numbered {
  return { names, from: 0 };
}

/**
 * Names by class number, from 1 where the file counts from there. Numbers that are missing between others get themselves
 * as a name, as nothing else is known of them.
 *
 * @returns null where the numbers are not those of classes: one twice, or far more numbers than names.
 */
export function byNumber(names: readonly NumberedName[]): Numbered | null {
  const most = Math.max(FEW, SPARSE * names.length);
  const found: (string | undefined)[] = [];
  for (const { id, name } of names) {
    if (!Number.isSafeInteger(id) || id < 0 || id > most || found[id] !== undefined) return null;
    found[id] = name;
  }
  const filled = Array.from(found, (name, id) => name ?? String(id));
  return found[0] === undefined && found[1] !== undefined ? { names: filled.slice(1), from: 1 } : inOrder(filled);
}

/** A class number as text; null where it is none. */
export function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text.trim()) ? Number(text) : null;
}
