import { resolve } from 'node:path';

import { DatumError } from '../errors.js';
import type { WriteOptions, WriteSummary } from './format.js';
import { formatNamed } from './open.js';
import { writableFormats } from './registry.js';
import type { DatasetItem } from './types.js';

/**
 * Writes a dataset, item by item as they come. The annotation files get their names when all is written, replacing
 * what was there; on an error nothing of them is left.
 *
 * @param format one of those that can be written.
 * @param path folder of the dataset; created when missing.
 * @param labelNames class names by label index.
 * @throws DatumError (`dataset` when the format is not known or cannot be written, `output` when writing fails,
 *   `interrupted` when cancelled).
 */
export async function writeDataset(
  format: string,
  path: string,
  items: AsyncIterable<DatasetItem>,
  labelNames: readonly string[],
  options: WriteOptions = {},
): Promise<WriteSummary> {
  const { name, write } = await formatNamed(format);
  if (write === undefined) {
    throw new DatumError(
      'dataset',
      `datasets cannot be written as ${name}, only as ${writableFormats().join(' or ')}.`,
      { option: 'format' },
    );
  }
  return write(resolve(path), items, labelNames, options);
}
