import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openImagefolder, recogniseMetadata } from './reader.js';

/** The `imagefolder` of Hugging Face Datasets with `metadata.jsonl` or `metadata.csv`. */
export const imagefolder: DatasetFormat = {
  name: 'imagefolder',
  detect: (probe) => detectByHead(probe, /^metadata\.(jsonl|csv)$/i, recogniseMetadata, { depth: 4 }),
  open: openImagefolder,
};
