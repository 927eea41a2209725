/**
 * What every script of package.json needs first: dependencies as the lock file names them. Here rather than in
 * `preinstall` or `pretest`, because `.npmrc` switches npm's own hooks off.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = new URL('..', import.meta.url).pathname;

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

/** Compiles `src/` to `dist/` and bundles the pages; incremental, so it costs little when nothing changed. */
export function build() {
  run(local('tsc'), ['-p', 'tsconfig.build.json']);
  run(process.execPath, ['scripts/build-client.mjs']);
}
