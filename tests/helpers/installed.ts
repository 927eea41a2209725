/** The package as npm installs it, and the versions of Node that it is tried with. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { npmCommand } from '../../scripts/setup.mjs';
import { start, type Running } from './built.js';
import { run, runNpm } from './packed.js';

/** Versions of Node that `.ci/nodes` fetched, by version; none where it did not run. */
export const NODES: ReadonlyMap<string, string> = nodesIn(process.env['DATUM_TEST_NODES']);

function nodesIn(folder: string | undefined): ReadonlyMap<string, string> {
  if (folder === undefined || folder === '') return new Map();
  const versions = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'bin', 'node')));
  return new Map(versions.sort().map((version) => [version, join(folder, version, 'bin', 'node')]));
}

/** Whether npm's registry answers; where versions of Node were fetched from it, it must. */
export function registryAnswers(): boolean {
  if (NODES.size > 0) return true;
  const [npm, ...first] = npmCommand();
  return spawnSync(npm, [...first, 'ping', '--fetch-retries=0'], { timeout: 20_000 }).status === 0;
}

/** A package that was installed globally. */
export interface Installed {
  /** Its folder. */
  readonly folder: string;
  readonly prefix: string;
  /** Starts its command with a version of Node, with nothing else in the path and a home of its own. */
  readonly start: (node: string, args: readonly string[], cwd: string) => Running;
}

/**
 * Installs a tarball as a user would, with no flag that changes what is installed: `npm install -g`, with an empty cache,
 * a home of its own, and no settings but where the registry is.
 */
export function installGlobally(tarball: string, into: string): Installed {
  const prefix = join(into, 'prefix');
  const home = join(into, 'home');
  mkdirSync(home, { recursive: true });
  const registry = runNpm(['config', 'get', 'registry'], into).trim();
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  const env = {
    HOME: home,
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    NPM_CONFIG_REGISTRY: registry,
    NPM_CONFIG_PREFIX: prefix,
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
  };
  const [npm, ...first] = npmCommand();
  // Only these variables: the settings of whoever runs the tests shall not help.
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  run('env', ['-i', ...assignments, npm, ...first, 'install', '-g', tarball], into);
  const folder = join(prefix, 'lib', 'node_modules', 'datum-explain');
  return {
    folder,
    prefix,
    start(node, args, cwd) {
      const alone = ['-i', `PATH=${dirname(node)}`, `HOME=${home}`, join(prefix, 'bin', 'datum')];
      return start('env', [...alone, ...args], cwd);
    },
  };
}

/** What the files of a folder take, in bytes, and the folders in it that have a name. */
export function lookInto(folder: string, name: string): { readonly bytes: number; readonly named: readonly string[] } {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }));
  return {
    bytes: paths.filter(({ entry }) => entry.isFile()).reduce((sum, { path }) => sum + lstatSync(path).size, 0),
    named: paths.filter(({ entry, path }) => entry.isDirectory() && basename(path) === name).map(({ path }) => path),
  };
}
