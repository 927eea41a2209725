/** A class name with the number that a file gives it. */
export interface NumberedName {
  readonly id: number;
  readonly name: string;
}

/** A file with so many more numbers than names does not number classes. */
const SPARSE = 4;
const FEW = 100;

/**
 * Names by class number. Numbers that are missing between others get themselves as a name, as nothing else is known of
 * them; a file that counts from 1 has the background at 0.
 *
 * @returns null where the numbers are not those of classes: one twice, or far more numbers than names.
 */
export function byNumber(names: readonly NumberedName[]): string[] | null {
  const most = Math.max(FEW, SPARSE * names.length);
  const found: (string | undefined)[] = [];
  for (const { id, name } of names) {
    if (!Number.isSafeInteger(id) || id < 0 || id > most || found[id] !== undefined) return null;
    found[id] = name;
  }
  return Array.from(found, (name, id) => name ?? (id === 0 ? 'background' : String(id)));
}

/** A class number as text; null where it is none. */
export function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text.trim()) ? Number(text) : null;
}
