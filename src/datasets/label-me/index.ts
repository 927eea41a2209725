import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openLabelMe, recogniseLabelMe } from './reader.js';

/** LabelMe, both the web tool's XML and the desktop tool's JSON. */
export const labelMe: DatasetFormat = {
  name: 'label_me',
  detect: (probe) => detectByHead(probe, /\.(xml|json)$/i, recogniseLabelMe, { depth: 4 }),
  open: openLabelMe,
};
