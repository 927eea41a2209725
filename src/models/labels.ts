import { readFile } from 'node:fs/promises';
import { DatumError, messageOf, option } from '../errors.js';

/**
 * Reads class names from a file: a JSON array of strings, or one name a line (blank lines at the end do not count).
 *
 * @throws DatumError (`model`) naming the file and what is wrong in it.
 */
export async function readLabels(path: string): Promise<string[]> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new DatumError(
      'model',
      `the labels ${path} cannot be read (${messageOf(cause)}): check the path given with ${option('labels')}.`,
      {
        cause,
        file: path,
      },
    );
  }
  const names = text.trimStart().startsWith('[') ? namesInJson(text, path) : text.trimEnd().split(/\r?\n/);
  if (names.length === 0 || (names.length === 1 && names[0] === '')) {
    throw new DatumError('model', `the labels ${path} are empty: write one class name a line.`, { file: path });
  }
  return names.map((name) => name.trim());
}

function namesInJson(text: string, path: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DatumError(
      'model',
      `the labels ${path} are not valid JSON (${messageOf(cause).split('\n')[0] ?? ''}): write a JSON array of strings, or one name a line.`,
      { cause, file: path },
    );
  }
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw new DatumError('model', `the labels ${path} must be a JSON array of strings, or one name a line.`, {
    file: path,
  });
}
