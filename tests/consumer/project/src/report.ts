/** Explained folders side by side in one page, and what is found of them for programs. Runs after dataset.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openExplained, writeReport } from 'datum-explain';

const report = await writeReport(['out/whole', 'out/parts'], 'out/report');
assert.equal(report.images, 10);
const html = readFileSync(report.path, 'utf8');
assert.match(html, /^<!doctype html>/i);
assert.match(html, /bright/);

const folder = await openExplained('out/whole');
assert.equal(folder.items.length, 10);
assert.ok(folder.items.every(({ status }) => status === 'ok'));
assert.equal(typeof folder.findings(), 'object');
