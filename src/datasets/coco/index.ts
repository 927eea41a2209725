import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { recogniseCoco } from './layout.js';
import { openCoco } from './reader.js';
import { writeCoco } from './writer.js';

/** COCO object detection: boxes, polygons and masks of instances, in one JSON file a subset. */
export const coco: DatasetFormat = {
  name: 'coco',
  detect: (probe) => detectByHead(probe, /\.json$/i, recogniseCoco, { depth: 1 }),
  open: openCoco,
  write: writeCoco,
};
