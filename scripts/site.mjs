/**
 * `npm run site [-- FOLDER]`: builds the documentation site of docs/ into site/dist, or into a folder. What builds it has a
 * package.json of its own in site/, so that tests and users of the package never install it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installIfNeeded, npm, root, run } from './setup.mjs';

const SITE = join(root, 'site');

installIfNeeded();
if (!isInstalled()) npm(['ci', '--no-audit', '--no-fund'], { cwd: SITE });
const out = process.argv[2] === undefined ? join(SITE, 'dist') : resolve(process.argv[2]);
const { status } = run(
  process.execPath,
  [join(SITE, 'node_modules/vitepress/bin/vitepress.js'), 'build', SITE, '--outDir', out],
  { tolerate: true },
);
if (status === 0) console.log(`The site is in ${out}.`);
process.exit(status ?? 1);

/** Whether the version that package.json names is there. */
function isInstalled() {
  const manifest = join(SITE, 'node_modules/vitepress/package.json');
  const { devDependencies } = JSON.parse(readFileSync(join(SITE, 'package.json'), 'utf8'));
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === devDependencies.vitepress;
}
