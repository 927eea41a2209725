import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openLabelStudio, recogniseLabelStudio } from './reader.js';

/** Label Studio's JSON and JSON-MIN. */
export const labelStudio: DatasetFormat = {
  name: 'label_studio',
  detect: (probe) => detectByHead(probe, /\.json$/i, recogniseLabelStudio, { depth: 4 }),
  open: openLabelStudio,
};
