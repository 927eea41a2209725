import stringWidth from 'string-width';

/** A column of a table in the terminal. */
export interface Column<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
  /** What is left out first where the terminal is narrow: larger numbers before smaller ones; 0 stays. */
  readonly drop: number;
}

/** Between two columns. */
const GAP = '  ';

/** Longest cell of a column that may not be left out, where all others are. */
const SHORTENED = 24;

/**
 * A table of one line a row, without borders. Where it is wider than the terminal, whole columns are left out, and in the end
 * long cells are cut; nothing is wrapped.
 *
 * @param width characters of a line
 * @returns lines without their ends, each beginning with `indent`; columns without a word in any row are left out
 */
export function textTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, indent = '' }: { readonly width: number; readonly indent?: string },
): string[] {
  const filled = columns
    .map(({ cell, ...column }) => ({ ...column, cells: rows.map(cell) }))
    .filter(({ cells, drop }) => drop === 0 || cells.some((text) => text !== ''));
  let shown: readonly FilledColumn[] = filled;
  while (widthOf(shown, indent) > width) {
    const most = Math.max(...shown.map(({ drop }) => drop));
    if (most === 0) break;
    shown = shown.filter(({ drop }) => drop < most);
  }
  if (widthOf(shown, indent) > width) {
    shown = shown.map((column) => ({ ...column, cells: column.cells.map((text) => shortened(text, SHORTENED)) }));
  }
  const line = (texts: readonly string[]): string => {
    const padded = texts.map((text, i) => {
      const { align } = shown[i]!;
      const space = ' '.repeat(Math.max(0, columnWidth(shown[i]!) - stringWidth(text)));
      return align === 'left' ? text + space : space + text;
    });
    return `${indent}${padded.join(GAP)}`.trimEnd();
  };
  return [line(shown.map(({ head }) => head)), ...rows.map((_, i) => line(shown.map(({ cells }) => cells[i] ?? '')))];
}

interface FilledColumn extends Omit<Column<never>, 'cell'> {
  readonly cells: readonly string[];
}

function columnWidth({ head, cells }: FilledColumn): number {
  return cells.reduce((widest, text) => Math.max(widest, stringWidth(text)), stringWidth(head));
}

function widthOf(columns: readonly FilledColumn[], indent: string): number {
  return columns.reduce((sum, column) => sum + columnWidth(column), indent.length + GAP.length * (columns.length - 1));
}

/** At most so many characters, the last of which says that there were more. */
export function shortened(text: string, most: number): string {
  if (stringWidth(text) <= most) return text;
  let short = '';
  for (const character of text) {
    if (stringWidth(short + character) > most - 1) break;
    short += character;
  }
  return `${short}…`;
}
