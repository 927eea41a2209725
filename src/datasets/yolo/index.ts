import type { DatasetFormat } from '../format.js';
import { openYolo, recogniseYolo } from './reader.js';

/** Darknet's YOLO: `obj.data`, `obj.names`, and a text file of boxes beside each image. */
export const yolo: DatasetFormat = {
  name: 'yolo',
  async detect(probe) {
    if (probe.file !== null && !probe.file.endsWith('.data')) return null;
    const reason = await recogniseYolo(probe.folder);
    return reason === null ? null : { fit: 'certain', reason };
  },
  open: openYolo,
};
