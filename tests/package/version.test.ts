import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { currentCommit } from '../../scripts/commit.mjs';
import { packageVersion, versionAndCommit } from '../../src/version.js';
import { built } from '../helpers/built.js';
import { ROOT, manifestOf, run } from '../helpers/packed.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const git = (cwd: string, ...args: string[]): string =>
  run('git', ['-c', 'user.name=someone', '-c', 'user.email=someone@example.org', ...args], cwd).trim();

it('datum --version is the package’s version, and the commit behind it where it was built in a clone', async () => {
  const { version } = manifestOf(ROOT);
  const { code, stdout } = await built('--version');
  expect(code).toBe(0);
  // Which commit depends on when it was built; tarball.test.ts knows.
  expect(stdout.replace(/ \([0-9a-f]{7}\+?\)\n$/, '\n')).toBe(`${version}\n`);
});

it('the version is the first word, and the version alone where nothing was built', async () => {
  expect(await packageVersion()).toBe(manifestOf(ROOT).version);
  // Run from the sources, beside which no build has written a commit.
  expect(await versionAndCommit()).toBe(manifestOf(ROOT).version);
});

it('the commit has a + where sources were changed, and is none outside a clone', () => {
  const clone = folder.at('clone');
  folder.write('clone/src/index.ts', 'export {};\n');
  folder.write('clone/notes.md', 'one');
  expect(currentCommit(clone)).toBeNull();
  git(clone, 'init', '--quiet');
  expect(currentCommit(clone)).toBeNull();
  git(clone, 'add', '.');
  git(clone, 'commit', '--quiet', '--message', 'first');
  const commit = git(clone, 'rev-parse', 'HEAD').slice(0, 7);
  expect(currentCommit(clone)).toBe(commit);
  folder.write('clone/notes.md', 'two');
  expect(currentCommit(clone)).toBe(commit);
  folder.write('clone/src/more.ts', 'export {};\n');
  expect(currentCommit(clone)).toBe(`${commit}+`);
  // A package that lies in another project's clone.
  expect(currentCommit(folder.at('clone', 'src'))).toBeNull();
});

it('the changelog tells of the version', () => {
  const { version } = manifestOf(ROOT);
  const text = readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8');
  expect(text).toContain(`\n## [${version}] - `);
  expect(text).toContain('\n## [Unreleased]\n');
});
