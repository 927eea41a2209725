import { basename } from 'node:path';

import type { DatasetFormat } from '../format.js';
import { findConfig, openYoloUltralytics } from './reader.js';

/** Ultralytics' YOLO: `data.yaml`, `images/`, `labels/`. */
export const yoloUltralytics: DatasetFormat = {
  name: 'yolo_ultralytics',
  async detect(probe) {
    if (probe.file !== null && !/\.ya?ml$/i.test(probe.file)) return null;
    const config = await findConfig(probe.folder);
    return config === null ? null : { fit: 'certain', reason: `${basename(config)} names subsets and classes` };
  },
  open: openYoloUltralytics,
};
