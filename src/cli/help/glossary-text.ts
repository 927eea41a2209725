import { sayOptions } from '../../errors.js';
import { GLOSSARY, type GlossaryEntry, type GlossaryGroup } from '../../report/words/glossary.js';
import { flagName } from '../flag-names.js';
import { columnsOf, wrapText } from './text-columns.js';

/** Before what a word means. */
const INDENT = ' '.repeat(6);

/** The glossary with options as one types them. */
export function typedGlossary(): GlossaryGroup[] {
  return GLOSSARY.map(({ heading, entries }) => ({
    heading,
    entries: entries.map((entry) => ({ ...entry, meaning: sayOptions(entry.meaning, flagName) })),
  }));
}

/** `datum help words`: what each figure and word of results means, and where it stands in JSON. */
export function glossaryText(columns: number | undefined): string {
  const width = columnsOf(columns);
  const paragraph = (text: string, indent: string): string =>
    wrapText(text, width - indent.length)
      .map((line) => `${indent}${line}\n`)
      .join('');
  const entry = ({ term, also = [], meaning, json }: GlossaryEntry): string => {
    const head = `  ${term}${also.length > 0 ? ` (${also.join(', ')})` : ''}`;
    return [
      paragraph(head.trim(), '  '),
      paragraph(meaning, INDENT),
      json === null ? '' : paragraph(`In JSON: ${json.join(', ')}`, INDENT),
    ].join('');
  };
  return [
    paragraph('What the words and figures of results mean; other words for the same stand in parentheses.', ''),
    ...typedGlossary().map(({ heading, entries }) => `\n${heading}\n\n${entries.map(entry).join('')}`),
  ].join('');
}
