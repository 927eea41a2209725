import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openCreateMl, recogniseCreateMl } from './reader.js';

/** Apple's CreateML: a JSON list of images with boxes about their centers. */
export const createMl: DatasetFormat = {
  name: 'create_ml',
  detect: (probe) => detectByHead(probe, /\.json$/i, recogniseCreateMl, { depth: 4 }),
  open: openCreateMl,
};
