import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { recogniseCsv } from './columns.js';
import { openCsv } from './reader.js';

/** A CSV file with a box a row: Roboflow, TensorFlow, VoTT, RetinaNet, MakeSense. */
export const csv: DatasetFormat = {
  name: 'csv',
  detect: (probe) => detectByHead(probe, /\.(csv|tsv)$/i, recogniseCsv, { depth: 4 }),
  open: openCsv,
};
