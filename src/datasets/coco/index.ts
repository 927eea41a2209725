import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { isAnnotationFolder } from '../subset-names.js';
import { recogniseCoco } from './layout.js';
import { openCoco } from './reader.js';
import { writeCoco } from './writer.js';

/** COCO object detection: boxes, polygons and masks of instances, in one JSON file a subset. */
export const coco: DatasetFormat = {
  name: 'coco',
  detect: (probe) => detectByHead(probe, /\.json$/i, recogniseCoco, { depth: 2, isInPlace }),
  open: openCoco,
  write: writeCoco,
};

/** In the folder, in a folder of it, or in the `annotations/` of such a folder. */
function isInPlace(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.length <= 1 || isAnnotationFolder(folders[1] ?? '');
}
