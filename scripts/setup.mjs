/**
 * What every script of package.json needs first: dependencies as the lock file names them. Here rather than in
 * `preinstall` or `pretest`, because `.npmrc` switches npm's own hooks off.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGES } from './build-client.mjs';
import { currentCommit } from './commit.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The code of Python children, within `src/` and `dist/`. */
const CHILD = join('python', 'child');

/** Runs a command in the project's root with its output shown; exits with its status when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0 && !options.tolerate) process.exit(result.status ?? 1);
  return result;
}

/** A locally installed command. */
export const local = (name) => join(root, 'node_modules', '.bin', name);

/** Installs the locked dependencies when `node_modules` is missing or the lock file has changed since. */
export function installIfNeeded() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.datum-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing dependencies...');
  run('npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}

/**
 * Compiles `src/` to `dist/` and bundles the pages; incremental, so it costs little when nothing changed.
 *
 * @param clean begins with an empty `dist/`, as for a package
 */
export function build({ clean = false } = {}) {
  const dist = join(root, 'dist');
  if (clean) rmSync(dist, { recursive: true, force: true });
  else removeStale(dist);
  run(local('tsc'), ['-p', 'tsconfig.build.json']);
  run(process.execPath, ['scripts/build-client.mjs']);
  // What runs in Python children is read by Python as it is.
  rmSync(join(dist, CHILD), { recursive: true, force: true });
  cpSync(join(root, 'src', CHILD), join(dist, CHILD), {
    recursive: true,
    filter: (path) => !path.includes('__pycache__'),
  });
  // What `datum --version` says beside the version.
  const commit = currentCommit(root);
  if (commit === null) rmSync(join(dist, 'commit.txt'), { force: true });
  else writeFileSync(join(dist, 'commit.txt'), `${commit}\n`);
}

/** Packs what is built into a folder, without building anything; returns the tarball's path. */
export function packInto(folder) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = run('npm', args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}

/** Removes what was compiled from files that are gone: it could still be imported, and would be packed. */
function removeStale(dist) {
  if (!existsSync(dist)) return;
  const pages = Object.keys(PAGES).map((page) => join('web', page) + sep);
  for (const name of readdirSync(dist, { recursive: true })) {
    const [, base, ending] = /^(.+?)(\.js|\.d\.ts|\.js\.map)$/.exec(name) ?? [];
    if (base === undefined || pages.some((page) => name.startsWith(page))) continue;
    if (ending === '.js.map' || !existsSync(join(root, 'src', `${base}.ts`))) rmSync(join(dist, name));
  }
}
