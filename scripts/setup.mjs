/**
 * What every script of package.json needs first: dependencies as the lock file names them. Here rather than in
 * `preinstall` or `pretest`, because `.npmrc` switches npm's own hooks off.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGES } from './build-client.mjs';
import { currentCommit } from './commit.mjs';
import { vendorRuntime } from './runtime.mjs';

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

/** Where a package of `node_modules` keeps the program of a name: a file for Node. `.bin` has no such file on Windows. */
function programOf(name, packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[name]);
}

/** Runs a program of an installed package, with this Node. */
export function runLocal(name, args, options, packageName = name) {
  return run(process.execPath, [programOf(name, packageName), ...args], options);
}

/**
 * npm as a file for Node: the npm that runs this script, else the one that came with this Node. On Windows `npm` is a
 * batch file, which only a shell could start.
 */
export function npmCommand() {
  const here = dirname(process.execPath);
  const places = [
    process.env['npm_execpath'] ?? '',
    join(here, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(here, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const found = places.find((path) => /npm-cli\.c?js$/.test(path) && existsSync(path));
  return found === undefined ? ['npm'] : [process.execPath, found];
}

/** Runs npm in the root, or in `cwd`. */
export function npm(args, options) {
  const [command, ...first] = npmCommand();
  return run(command, [...first, ...args], options);
}

/** Installs the locked dependencies unless `node_modules` has them. */
export function installIfNeeded() {
  if (isInstalled()) return;
  console.error('Installing dependencies...');
  npm(['ci', '--no-audit', '--no-fund']);
}

/** Whether what npm notes of `node_modules` agrees with the lock file, but for packages of other platforms. */
function isInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(noted);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
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
  vendorRuntime(root);
  runLocal('tsc', ['-p', 'tsconfig.build.json'], {}, 'typescript');
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
  return pack(root, folder);
}

/**
 * Packs what is built without ONNX Runtime, which is nearly all of it: for what is asked of our own files alone.
 * Returns the tarball's path.
 */
export function packWithoutRuntime(folder) {
  const staged = mkdtempSync(join(tmpdir(), 'datum-pack-'));
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of ['package.json', ...files].filter((one) => !one.startsWith('!') && one !== 'vendor')) {
    cpSync(join(root, name), join(staged, name), { recursive: true });
  }
  const tarball = pack(staged, folder);
  rmSync(staged, { recursive: true, force: true });
  return tarball;
}

function pack(cwd, folder) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = npm(args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  // npm 12 names packages, those before it list them.
  const [packed] = Object.values(JSON.parse(stdout));
  return join(folder, packed.filename);
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
