import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openCvat, recogniseCvat } from './reader.js';

/** CVAT's own XML for images: boxes, polygons, masks, ellipses and tags. */
export const cvat: DatasetFormat = {
  name: 'cvat',
  detect: (probe) => detectByHead(probe, /\.xml$/i, recogniseCvat, { depth: 4 }),
  open: openCvat,
};
