/** The Python that tests of scripts and models in Python use. */
import { spawnSync } from 'node:child_process';

/** `DATUM_TEST_PYTHON`, else `python3`; null where it lacks one of the modules. */
export function pythonWith(...modules: readonly string[]): string | null {
  const command = process.env['DATUM_TEST_PYTHON'] ?? 'python3';
  const { status } = spawnSync(command, ['-c', ['import sys', ...modules.map((name) => `import ${name}`)].join('\n')]);
  return status === 0 ? command : null;
}

/** Whether a process goes on whose command line holds a text. */
export function isRunning(text: string): boolean {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').some((line) => line.includes(text) && line.includes('host.py'));
}
