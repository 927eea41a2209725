import wrapAnsi from 'wrap-ansi';

/** Lines of prose are never longer, however wide the terminal is: longer ones are hard to read. */
export const WIDEST = 120;
/** Where a terminal does not say its width. */
export const USUAL = 80;
/** Below, words would stand alone. */
const NARROWEST = 40;

/** Characters of a line where the terminal says how many it has; some say 0, and a pipe says nothing. */
export function columnsOf(columns: number | undefined): number {
  return columns === undefined || columns <= 0 ? USUAL : Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** Breaks text into lines at its spaces; a word that is longer than a line stands on one of its own. */
export function wrapText(text: string, width: number): string[] {
  // A number and its percent sign stand together.
  const whole = text.replaceAll(/ +/g, ' ').replaceAll(/(?<=\d) %/g, '\u00A0%');
  return wrapAnsi(whole, width, { trim: true }).replaceAll('\u00A0%', ' %').split('\n');
}

/** A command as one can paste it, in lines that fit. */
export function commandLines(command: string, width: number): string[] {
  // Room for what joins a line to the next.
  const lines = command.length <= width ? [command] : wrapText(command, width - 4);
  return lines.map((line, i) => `${i === 0 ? '' : '  '}${line}${i === lines.length - 1 ? '' : ' \\'}`);
}

/** Something typed or named, and what it is. */
export interface Row {
  readonly term: string;
  readonly text: string;
}

/**
 * Rows of two columns within a width: a term that is too long for its column stands on a line of its own, and where no room
 * is left beside the terms all texts stand below them.
 *
 * @param column where the texts begin
 */
export function twoColumns(rows: readonly Row[], column: number, width: number): string {
  const isNarrow = width - column < 25;
  const at = isNarrow ? 6 : column;
  return rows
    .map(({ term, text }) => {
      const lines = wrapText(text, width - at);
      const indent = ' '.repeat(at);
      const below = isNarrow || term.length + 4 > at;
      const [first = '', ...more] = lines;
      const typed = commandLines(term, width - 2).join('\n  ');
      const head = below ? `  ${typed}\n${indent}${first}` : `${`  ${term}`.padEnd(at)}${first}`;
      return [head, ...more.map((line) => `${indent}${line}`)].join('\n') + '\n';
    })
    .join('');
}
