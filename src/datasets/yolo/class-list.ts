import { readLines } from '../text.js';

/** The names in a list of classes, by their numbers, and what is to be known of them. */
export interface ClassList {
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Reads a list of a class name a line. A blank line has a number all the same, as tools count them; lines such as `0 cat`
 * that number all classes are taken at their numbers.
 */
export async function readClassList(path: string): Promise<ClassList> {
  const lines: { readonly text: string; readonly number: number }[] = [];
  for await (const { text, number } of readLines(path)) lines.push({ text: text.normalize('NFC'), number: number - 1 });
  const numbered = lines.map(({ text }) => /^(\d+)(?:\s*[:,;]\s*|\s+)(\S.*)$/.exec(text));
  const numbers = new Set(numbered.map((match) => (match === null ? -1 : Number(match[1]))));
  if (lines.length > 0 && numbers.size === lines.length && [...numbers].every((n) => n >= 0 && n < lines.length)) {
    const names = Array.from({ length: lines.length }, () => '');
    for (const match of numbered) if (match !== null) names[Number(match[1])] = match[2]!;
    return {
      names,
      notes: [`${path}: its lines begin with the numbers of the classes, which are no part of their names.`],
    };
  }
  const names = Array.from({ length: (lines.at(-1)?.number ?? -1) + 1 }, (_, i) => `class-${i}`);
  for (const { text, number } of lines) names[number] = text;
  const blank = names.length - lines.length;
  return {
    names,
    notes:
      blank === 0
        ? []
        : [
            `${path}: a blank line has a number as any other (${blank} blank), so class ${names.findIndex((name, i) => name === `class-${i}`)} has no name.`,
          ],
  };
}

/** What is said of classes that are called the same: they are kept apart by their numbers. */
export function sameNameNotes(path: string, names: readonly string[]): string[] {
  const same = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  const numbersOf = (name: string): string => names.flatMap((one, i) => (one === name ? [i] : [])).join(', ');
  if (same.length === 0) return [];
  return [
    `${path}: several classes are called the same and are kept apart: ${same.map((name) => `${name} (${numbersOf(name)})`).join('; ')}.`,
  ];
}
