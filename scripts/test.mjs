/**
 * `npm test [-- vitest arguments]`: installs when needed, builds (worker threads load built code), runs all tests and
 * closes with one line of counts.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, installIfNeeded, root, runLocal } from './setup.mjs';

installIfNeeded();
build();

const folder = mkdtempSync(join(tmpdir(), 'datum-test-'));
const file = join(folder, 'results.json');
const { status } = runLocal(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...process.argv.slice(2)],
  { tolerate: true },
);
let summary = '0 passed, 1 failed';
let failed = status !== 0;
try {
  const results = JSON.parse(readFileSync(file, 'utf8'));
  // A file that does not even load has no test to count, yet it failed.
  const unloaded = results.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0);
  const skipped = results.numPendingTests + results.numTodoTests;
  // Tests on real models and photos run wherever these are.
  if (existsSync(join(root, '../shared'))) {
    for (const file of results.testResults.filter(({ name }) => name.includes('/tests/real/'))) {
      for (const test of file.assertionResults.filter((one) => one.status !== 'passed' && one.status !== 'failed')) {
        console.error(`Skipped although ../shared is there: ${test.fullName}`);
        failed = true;
      }
    }
  }
  summary = `${results.numPassedTests} passed, ${results.numFailedTests + unloaded.length} failed, ${skipped} skipped`;
} catch (error) {
  console.error(`No test results: ${error.message}`);
}
rmSync(folder, { recursive: true, force: true });
console.log(summary);
process.exit(failed ? 1 : 0);
