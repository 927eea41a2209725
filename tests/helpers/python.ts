/** The Python that tests of scripts and models in Python use. */
import { spawnSync } from 'node:child_process';

/** Where modules are looked for, in this order: Debian's Python has PyTorch. */
const PLACES = [process.env['DATUM_TEST_PYTHON'], 'python3', '/usr/bin/python3'].filter((place) => place !== undefined);

/** Keras asks for a backend as soon as it is imported. */
const env = { ...process.env, KERAS_BACKEND: 'jax' };

/** The first Python that has all modules: `DATUM_TEST_PYTHON`, `python3`, the system's; null where none has. */
export function pythonWith(...modules: readonly string[]): string | null {
  const found = PLACES.find(
    (command) => spawnSync(command, ['-c', modules.map((name) => `import ${name}`).join('\n')], { env }).status === 0,
  );
  return found ?? null;
}

/** Whether a process goes on whose command line holds a text. */
export function isRunning(text: string): boolean {
  const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').some((line) => line.includes(text) && line.includes('host.py'));
}
