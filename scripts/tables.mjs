/**
 * `npm run tables`: installs when needed, builds, and writes the tables and examples in the documentation anew. Run it after
 * a change to a registry or to examples/plugins/.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, sectionsOf, withSections } from './docs-tables.mjs';
import { build, installIfNeeded, root } from './setup.mjs';

installIfNeeded();
build();
const { LAUNCHERS } = await import('../dist/launchers/registry.js');
const { INTERPRETERS } = await import('../dist/interpreters/registry.js');
const { FORMATS } = await import('../dist/datasets/registry.js');
const { METHODS } = await import('../dist/explain/methods.js');
const { typedGlossary } = await import('../dist/cli/help/glossary-text.js');
const sections = await sectionsOf(
  { launchers: LAUNCHERS, interpreters: INTERPRETERS, formats: FORMATS, methods: METHODS, glossary: typedGlossary() },
  (name) => readFileSync(join(root, 'examples/plugins', name), 'utf8'),
);
for (const page of PAGES) {
  const path = join(root, page);
  writeFileSync(path, withSections(readFileSync(path, 'utf8'), sections));
}
