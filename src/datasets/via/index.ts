import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openVia, recogniseVia } from './reader.js';

/** The VGG Image Annotator's JSON and CSV. */
export const via: DatasetFormat = {
  name: 'via',
  detect: (probe) => detectByHead(probe, /\.(json|csv)$/i, recogniseVia, { depth: 4 }),
  open: openVia,
};
