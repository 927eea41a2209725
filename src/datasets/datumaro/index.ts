import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openDatumaro, recogniseDatumaro } from './reader.js';
import { writeDatumaro } from './writer.js';

/** Datumaro's own JSON: labels, boxes, polygons and masks, one file a subset. */
export const datumaro: DatasetFormat = {
  name: 'datumaro',
  detect: (probe) => detectByHead(probe, /\.json$/i, recogniseDatumaro, { depth: 4 }),
  open: openDatumaro,
  write: writeDatumaro,
};
