import type { DatasetFormat } from '../format.js';
import { openCvat, recogniseCvat } from './reader.js';

/** CVAT's own XML for images: boxes, polygons, masks, ellipses and tags. */
export const cvat: DatasetFormat = {
  name: 'cvat',
  title: 'CVAT for images 1.1',
  async detect(probe) {
    const files = await probe.find((name) => name.toLowerCase().endsWith('.xml'), { limit: 20 });
    for (const file of files) {
      const reason = recogniseCvat(await probe.head(file));
      if (reason !== null) return { fit: 'certain', reason: `${file} ${reason}` };
    }
    return null;
  },
  open: openCvat,
};
