import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatumError, option } from '../errors.js';

/** The Python that runs a person's code, and how it was found. */
export interface PythonCommand {
  readonly command: string;
  readonly found: 'given' | 'virtual environment' | 'path';
}

/**
 * The one that is given; else that of the active virtual environment; else the first `python3` of the path.
 *
 * @throws DatumError (`usage`) where none is named by what is given.
 */
export function findPython(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PythonCommand {
  if (given?.trim() === '') {
    throw new DatumError(
      'usage',
      `${option('python')} is empty: name a Python, such as .venv/bin/python, or leave it out.`,
      { option: 'python' },
    );
  }
  if (given !== undefined) return { command: inFolder(given) ?? given, found: 'given' };
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const folder = environment[name];
    if (folder === undefined || folder === '') continue;
    const command = inFolder(folder);
    if (command !== undefined) return { command, found: 'virtual environment' };
  }
  return { command: process.platform === 'win32' ? 'python' : 'python3', found: 'path' };
}

/** The Python of a virtual environment, which is a folder; undefined where it is none. */
function inFolder(folder: string): string | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const places = process.platform === 'win32' ? ['Scripts\\python.exe', 'python.exe'] : ['bin/python'];
  return places.map((place) => join(folder, place)).find((place) => existsSync(place));
}
