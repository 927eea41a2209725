import { parse } from 'csv-parse/sync';
import type { LabelForm } from '../../interpreters/contract/label-list.js';
import {
  byNumber,
  inOrder,
  numberIn,
  type Numbered,
  type NumberedName,
} from '../../interpreters/contract/numbered-names.js';

/** What tables call the column of class numbers, and that of names, best first. */
const ID_COLUMN =
  /^(id|idx|index|class[_ -]?(id|idx|index)|label[_ -]?(id|idx|index)|category[_ -]?id|number|no\.?|#)$/i;
const NAME_COLUMNS = [
  /^(display[_ -]?name|(class|label|category)[_ -]?name)$/i,
  /^names?$/i,
  /^(class|label|category)(es|s)?$/i,
];

/**
 * Class names in plain text, one a line, or in a table of lines:
 *
 * - `id,name` with or without a header, the columns in any order, separated by tabs, semicolons or commas;
 * - `0 tench`, `0: tench`, `tench 0`, `tench: 0`, where all lines have a number and no number comes twice;
 * - `"tench"`, where all lines are quoted;
 * - `/m/011k07,Tortoise`, as Open Images has them;
 * - else a name is a whole line, commas included: `tench, Tinca tinca`. Lines without text, and those that
 *   begin with `# `, do not count. Of an only line,
 *   what stands between the commas is given too: the number of classes tells which of them the names are.
 *
 * @param isTable whether the file is called a table, which may have a header of one column.
 * @returns null where the lines are numbered and their numbers are not those of classes.
 */
export function namesInLines(text: string, isTable = false): (Numbered & Pick<LabelForm, 'parts'>) | null {
  const written = text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');
  const told = written.filter((line) => !/^\s*# /.test(line));
  const all = told.length > 0 ? told : written;
  const lines = isTable && all.length > 1 && nameColumn([all[0]!]) === 0 ? all.slice(1) : all;
  const table = inTable(lines);
  if (table !== undefined) return table === null ? null : { ...table, parts: null };
  const trimmed = lines.map((line) => line.trim());
  const found =
    numberedLines(trimmed) ?? numbersBehind(trimmed) ?? inOrder(coded(trimmed) ?? allUnquoted(trimmed) ?? trimmed);
  return { ...found, parts: partsOf(trimmed) };
}

/** What stands between the commas, semicolons or tabs of an only line; null where there are none or more lines. */
function partsOf([line = '', ...others]: readonly string[]): string[] | null {
  if (others.length > 0) return null;
  const delimiter = ['\t', ';', ','].find((character) => line.includes(character));
  const parts = delimiter === undefined ? [] : (rowsOf([line], delimiter)?.[0] ?? []).filter((part) => part !== '');
  return parts.length > 1 ? parts : null;
}

/** Undefined where it is no table. */
function inTable(lines: readonly string[]): Numbered | null | undefined {
  for (const delimiter of ['\t', ';', ',']) {
    if (!lines.every((line) => line.includes(delimiter))) continue;
    const rows = rowsOf(lines, delimiter);
    const [header = []] = rows ?? [];
    if (rows === null) continue;
    const id = header.findIndex((cell) => ID_COLUMN.test(cell));
    const name = nameColumn(header);
    if (name >= 0 && (id >= 0 || header.length > 1) && header.every((cell) => numberIn(cell) === null)) {
      return fromColumns(rows.slice(1), id, name, header.length);
    }
    const numbers = [0, header.length - 1].find((column) => rows.every((row) => numberIn(row[column]) !== null));
    if (numbers === undefined) continue;
    // Numbers all over are no names.
    const names = numbers === 0 ? 1 : 0;
    if (rows.every((row) => numberIn(row[names]) !== null)) continue;
    return fromColumns(rows, numbers, names, numbers === 0 ? 2 : header.length);
  }
  return undefined;
}

function nameColumn(header: readonly string[]): number {
  for (const pattern of NAME_COLUMNS) {
    const column = header.findIndex((cell) => pattern.test(cell));
    if (column >= 0) return column;
  }
  return -1;
}

/** @param columns where the name is the last of them, what stands behind is a part of it, commas and all. */
function fromColumns(rows: readonly (readonly string[])[], id: number, name: number, columns: number): Numbered | null {
  const names = rows.map((row) => (name === columns - 1 ? row.slice(name).join(', ') : (row[name] ?? '')));
  if (id < 0) return inOrder(names);
  const found: NumberedName[] = [];
  for (const [i, row] of rows.entries()) {
    const number = numberIn(row[id]);
    if (number === null) return null;
    found.push({ id: number, name: names[i]! });
  }
  return byNumber(found);
}

function rowsOf(lines: readonly string[], delimiter: string): string[][] | null {
  try {
    return parse(lines.join('\n'), { delimiter, relaxColumnCount: true, skipEmptyLines: true, trim: true });
  } catch {
    // Quotes that are not closed: no table.
    return null;
  }
}

/** `0 tench`, `0: tench`, `0. tench`, `0) tench`, `0 = tench`; a name that is a number itself does not count as one. */
function numberedLines(lines: readonly string[]): Numbered | null {
  const found: NumberedName[] = [];
  for (const line of lines) {
    const [, id, name = ''] = /^(\d{1,6})(?:\s*[:.)=]\s*|\s+)(\S.*)$/.exec(line) ?? [];
    if (id === undefined) return null;
    found.push({ id: Number(id), name: unquoted(name) });
  }
  const first = Math.min(...found.map(({ id }) => id));
  // `2 doors`, `4 doors`: numbers that do not count the lines belong to the names.
  const numbered = first <= 1 ? byNumber(found) : null;
  return numbered?.names.length === lines.length ? numbered : null;
}

/** `tench 0`, `tench: 0`, `tench = 0`; numbers of names that are one but for them belong to the names: `type 1`, `type 2`. */
function numbersBehind(lines: readonly string[]): Numbered | null {
  const found: NumberedName[] = [];
  for (const line of lines) {
    const [, name = '', id] = /^(\S.*?)(?:\s*[:=]\s*|\s+)(\d{1,6})$/.exec(line) ?? [];
    if (id === undefined) return null;
    found.push({ id: Number(id), name: unquoted(name) });
  }
  if (lines.length < 2 || new Set(found.map(({ name }) => name)).size < lines.length) return null;
  const numbered = byNumber(found);
  return numbered?.names.length === lines.length ? numbered : null;
}

/** Null where a line is not quoted. */
function allUnquoted(lines: readonly string[]): string[] | null {
  const names = lines.map((line) => /^(["'])(.*)\1,?$/.exec(line));
  return names.every((name) => name !== null) ? names.map(([, , name = '']) => name) : null;
}

function unquoted(name: string): string {
  return /^(["'])(.*)\1,?$/.exec(name)?.[2] ?? name;
}

/** `/m/011k07,Tortoise` */
function coded(lines: readonly string[]): string[] | null {
  const names = lines.map((line) => /^\/[mgt]\/[\w-]+[,\t]\s*(\S.*)$/.exec(line)?.[1]);
  return names.every((name) => name !== undefined) ? names.map(unquoted) : null;
}
