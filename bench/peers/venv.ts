import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Python that the versions in the requirements are for. */
const PYTHON = '3.11';

/**
 * The Python of an environment with what a file of requirements lists, made when there is none: by uv where there is one, else by
 * `python3 -m venv` and pip.
 *
 * @throws Error with the installer's last words
 */
export function pythonWith(requirements: string): string {
  const file = fileURLToPath(new URL(requirements, import.meta.url));
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'datum-explain-bench');
  const folder = join(cache, `peers-${hash}`);
  const python = pythonIn(folder);
  if (existsSync(python)) return python;
  mkdirSync(cache, { recursive: true });
  console.log(`installing ${requirements} into ${folder}`);
  // Under another name until it is whole.
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  if (spawnSync('uv', ['--version']).status === 0) {
    run('uv', ['venv', '--quiet', '--relocatable', '--python', PYTHON, making]);
    run('uv', ['pip', 'install', '--quiet', '--python', pythonIn(making), '--no-deps', '-r', file]);
  } else {
    run(pythonOf(), ['-m', 'venv', making]);
    run(pythonIn(making), ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', file]);
  }
  renameSync(making, folder);
  return python;
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** The command of the Python that is needed. */
function pythonOf(): string {
  const say = 'import sys; print("%d.%d" % sys.version_info[:2])';
  for (const command of [`python${PYTHON}`, 'python3', 'python']) {
    const { status, stdout } = spawnSync(command, ['-c', say], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() === PYTHON) return command;
  }
  throw new Error(`this needs uv, or Python ${PYTHON}`);
}

function run(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').slice(-5) : [];
    throw new Error(`${command} ${args.slice(0, 2).join(' ')} failed: ${said.join(' ')}`, { cause: error });
  }
}
