import type { DatasetFormat } from '../format.js';
import { openDatumaro, recogniseDatumaro } from './reader.js';
import { writeDatumaro } from './writer.js';

/** Datumaro's own JSON: labels, boxes, polygons and masks, one file a subset. */
export const datumaro: DatasetFormat = {
  name: 'datumaro',
  title: 'Datumaro JSON',
  async detect(probe) {
    const files = await probe.find((name) => name.toLowerCase().endsWith('.json'), { depth: 1, limit: 20 });
    for (const file of files) {
      const reason = recogniseDatumaro(await probe.head(file));
      if (reason !== null) return { fit: 'certain', reason: `${file} ${reason}` };
    }
    return null;
  },
  open: openDatumaro,
  write: writeDatumaro,
};
