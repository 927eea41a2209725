import type { DatasetFormat } from '../format.js';
import { openOpenImages } from './reader.js';
import { findTables } from './tables.js';

/** Open Images: boxes and image labels in CSV tables. */
export const openImages: DatasetFormat = {
  name: 'open_images',
  async detect(probe) {
    if (probe.file !== null) return null;
    const table = (await findTables(probe)).find(({ kind }) => kind === 'boxes' || kind === 'labels');
    return table === undefined ? null : { fit: 'certain', reason: `${table.path} has Open Images' columns` };
  },
  open: openOpenImages,
};
