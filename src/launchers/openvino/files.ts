import { readWhole, readWholeText, requireFile } from '../../files.js';
import { codeOf, DatumError, messageOf, option } from '../../errors.js';

/** Where the weights of a model are expected: beside it, ending in `.bin`. */
export function weightsBeside(description: string): string {
  return description.replace(/\.xml$/i, '') + '.bin';
}

/**
 * Reads the `.xml` of a model.
 *
 * @throws DatumError (`model`) when it cannot be read.
 */
export async function readText(path: string): Promise<string> {
  try {
    await requireFile(path);
    return await readWholeText(path);
  } catch (cause) {
    throw unreadable(path, 'there is no model', 'check the path', cause);
  }
}

/**
 * Reads the `.bin` of a model.
 *
 * @throws DatumError (`model`) when it cannot be read.
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    await requireFile(path);
    return await readWhole(path);
  } catch (cause) {
    throw unreadable(
      path,
      'there are no weights',
      `put the .bin beside the .xml, or name it with ${option('weights')}`,
      cause,
    );
  }
}

function unreadable(path: string, missing: string, advice: string, cause: unknown): DatumError {
  const what = codeOf(cause) === 'ENOENT' ? `${missing} ${path}` : `${path} cannot be read (${messageOf(cause)})`;
  return new DatumError('model', `${what}: ${advice}.`, { cause, file: path });
}
