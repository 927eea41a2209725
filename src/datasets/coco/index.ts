import type { DatasetFormat } from '../format.js';
import { recogniseCoco } from './layout.js';
import { openCoco } from './reader.js';
import { writeCoco } from './writer.js';

/** COCO object detection: boxes, polygons and masks of instances, in one JSON file a subset. */
export const coco: DatasetFormat = {
  name: 'coco',
  title: 'COCO instances',
  async detect(probe) {
    const files = await probe.find((name) => name.toLowerCase().endsWith('.json'), { depth: 1, limit: 20 });
    for (const file of files) {
      const reason = recogniseCoco(await probe.head(file));
      if (reason !== null) return { fit: 'certain', reason: `${file} ${reason}` };
    }
    return null;
  },
  open: openCoco,
  write: writeCoco,
};
