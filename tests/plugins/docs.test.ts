/** What the documentation says of registries and examples is written by `npm run tables`: it must not be older than they are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAGES, sectionsOf, withSections } from '../../scripts/docs-tables.mjs';
import { typedGlossary } from '../../src/cli/help/glossary-text.js';
import { FORMATS } from '../../src/datasets/registry.js';
import { METHODS } from '../../src/explain/methods.js';
import { INTERPRETERS } from '../../src/interpreters/registry.js';
import { LAUNCHERS } from '../../src/launchers/registry.js';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('tables and examples are those of the code; npm run tables writes them anew', async () => {
  const sections = await sectionsOf(
    { launchers: LAUNCHERS, interpreters: INTERPRETERS, formats: FORMATS, methods: METHODS, glossary: typedGlossary() },
    (name) => read(`examples/plugins/${name}`),
  );
  const shown = new Set<string>();
  for (const page of PAGES) {
    const text = read(page);
    expect(withSections(text, sections), page).toBe(text);
    for (const [, name = ''] of text.matchAll(/<!-- \/([\w. ]+) -->/g)) shown.add(name);
  }
  expect([...shown].sort()).toEqual([...sections.keys()].sort());
});

it('an entry and what it loads have one name', async () => {
  for (const registry of [LAUNCHERS, INTERPRETERS, FORMATS, METHODS]) {
    for (const entry of registry) expect((await entry.load()).name).toBe(entry.name);
  }
  for (const entry of FORMATS) expect((await entry.load()).write !== undefined, entry.name).toBe(entry.writable);
});
