/** The package as a tarball, and projects that have it installed, outside the repository's tree. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { npmCommand, packWithoutRuntime } from '../../scripts/setup.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
  dependencies: z.record(z.string(), z.string()),
});

/** The fields of a `package.json` that say what is in the package. */
export function manifestOf(folder: string): z.output<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

/** Runs a program to its end; throws what it wrote where it fails. */
export function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const options = { cwd, encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(status)}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Packs what is built, as it stands, without ONNX Runtime, which `installLinked` adds; returns the tarball's path. */
export function packBuilt(into: string): string {
  mkdirSync(into, { recursive: true });
  return packWithoutRuntime(into);
}

/** Runs npm, the same way on every platform; throws what it wrote where it fails. */
export function runNpm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const [command, ...first] = npmCommand();
  return run(command, [...first, ...args], cwd, env);
}

/** Unpacks a tarball of the package into a folder. */
export function unpack(tarball: string, into: string): void {
  mkdirSync(into, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', into, '--strip-components=1'], ROOT);
}

/**
 * Installs a tarball in a project without a registry: it is unpacked, and its dependencies are links to those of the
 * repository.
 *
 * @param more packages that the project itself depends on
 */
export function installLinked(tarball: string, project: string, more: readonly string[] = []): void {
  const modules = join(project, 'node_modules');
  const own = join(modules, 'datum-explain');
  unpack(tarball, own);
  linkRuntime(own);
  for (const name of [...Object.keys(manifestOf(own).dependencies), ...more]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
}

/** Gives an unpacked package that was packed without ONNX Runtime the repository's. */
export function linkRuntime(own: string): void {
  if (!existsSync(join(own, 'vendor'))) symlinkSync(join(ROOT, 'vendor'), join(own, 'vendor'), 'junction');
}

/** All files below a folder, by paths with slashes, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
