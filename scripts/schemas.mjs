/**
 * `npm run schemas`: installs when needed, builds, writes the JSON Schema of every file that the tool writes for others to
 * schemas/. Run it after a change in src/results/schema/; a test compares the two.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, installIfNeeded, root } from './setup.mjs';

installIfNeeded();
build();
const { FILE_FORMATS } = await import('../dist/results/schema/formats.js');
const { jsonSchemaOf, schemaFileName } = await import('../dist/results/schema/file-format.js');
const folder = join(root, 'schemas');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const format of FILE_FORMATS) {
  writeFileSync(join(folder, schemaFileName(format.name)), `${JSON.stringify(jsonSchemaOf(format), null, 2)}\n`);
}
