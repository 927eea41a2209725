import { libraryName, sayOptions } from '../../../errors.js';
import { GLOSSARY, type GlossaryEntry } from '../../../report/words/glossary.js';

const entries = new Map<string, GlossaryEntry>(
  GLOSSARY.flatMap(({ entries }) => entries.map((entry) => [entry.term, entry] as const)),
);

/** What the glossary says of a word, with options as the library calls them; null where it does not have it. */
export function meaningOf(term: string): string | null {
  const entry = entries.get(term);
  return entry === undefined ? null : sayOptions(entry.meaning, libraryName);
}
