import { extname } from 'node:path';
import { codeOf, DatumError } from '../errors.js';
import { readingReason, readWhole } from '../files.js';
import { decodeGrayMap } from '../image/files.js';
import type { ImageMap } from '../image/map-to-area.js';
import { decodeNpy } from './npy-array.js';

/**
 * Reads a map that any tool wrote: a `.npy` of two axes that are longer than one, or a gray PNG.
 *
 * @throws DatumError (`usage`) for a file that is no map, saying what it is.
 */
export async function readMap(path: string): Promise<ImageMap> {
  const ending = extname(path).toLowerCase();
  if (ending !== '.npy' && ending !== '.png') {
    throw new DatumError(
      'usage',
      `${path} is neither a .npy nor a .png: a map is an array that numpy.save wrote, or a gray PNG.`,
      { file: path },
    );
  }
  const bytes = await readWhole(path).catch((cause: unknown) => {
    throw new DatumError('usage', unreadable(path, cause), { cause, file: path });
  });
  if (ending === '.png') {
    const { data, width, height } = await decodeGrayMap(bytes, path);
    return { data, shape: [height, width] };
  }
  const { data, shape } = decodeNpy(bytes, path);
  return { data, shape: mapShape(shape, path) };
}

function unreadable(path: string, cause: unknown): string {
  return codeOf(cause) === 'ENOENT'
    ? `there is no map ${path}: check the path.`
    : `the map ${path} cannot be read: ${readingReason(cause)}.`;
}

/** Height and width: an axis of one is that of a batch or of a channel. */
function mapShape(shape: readonly number[], path: string): [height: number, width: number] {
  const [height, width, ...more] = shape.length === 2 ? shape : shape.filter((axis) => axis !== 1);
  if (height !== undefined && width !== undefined && more.length === 0 && height * width > 0) return [height, width];
  throw new DatumError(
    'usage',
    `${path} has the shape [${shape.join(', ')}]: a map is [height, width], or has an axis of 1 beside them; take one map out of it, or the mean over channels.`,
    { file: path },
  );
}
