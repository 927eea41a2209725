import type { DatasetFormat } from '../format.js';
import { recogniseLabelMe, openLabelMe } from './reader.js';

/** LabelMe, both the web tool's XML and the desktop tool's JSON. */
export const labelMe: DatasetFormat = {
  name: 'label_me',
  title: 'LabelMe',
  async detect(probe) {
    const files = await probe.find((name) => /\.(xml|json)$/i.test(name), { depth: 2, limit: 20 });
    for (const file of files) {
      const reason = recogniseLabelMe(await probe.head(file));
      if (reason !== null) return { fit: 'certain', reason: `${file} ${reason}` };
    }
    return null;
  },
  open: openLabelMe,
};
