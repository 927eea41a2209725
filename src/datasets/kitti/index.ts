import type { DatasetFormat } from '../format.js';
import { detectByHead } from '../detect-by-head.js';
import { openKitti, recogniseKitti } from './reader.js';

/** KITTI's object detection: a text file of boxes an image. */
export const kitti: DatasetFormat = {
  name: 'kitti',
  detect: (probe) =>
    probe.file === null ? detectByHead(probe, /\.txt$/i, recogniseKitti, { depth: 4 }) : Promise.resolve(null),
  open: openKitti,
};
