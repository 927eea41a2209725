import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openFiftyone, recogniseFiftyone } from './reader.js';

/** FiftyOne's own exports. */
export const fiftyone: DatasetFormat = {
  name: 'fiftyone',
  detect: (probe) => detectByHead(probe, /^(samples|labels)\.json$/i, recogniseFiftyone, { depth: 4 }),
  open: openFiftyone,
};
