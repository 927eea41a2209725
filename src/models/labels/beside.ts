import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { readLabels } from './read-labels.js';

/** A file beside a model that holds class names. */
export interface LabelsBeside {
  /** Its name, without its folder. */
  readonly file: string;
  readonly names: number;
}

/** What people and exporters call such files: Custom Vision and Teachable Machine, transformers, darknet, TensorFlow. */
const NAMES = [
  'labels.txt',
  'classes.txt',
  'names.txt',
  'obj.names',
  'coco.names',
  'labels.json',
  'classes.json',
  'config.json',
  'metadata.json',
  'data.yaml',
  'label_map.pbtxt',
  'labelmap.pbtxt',
];
/** Larger files are something else. */
const MOST_BYTES = 1 << 20;

/**
 * Files beside a model that seem to hold names of its classes. They are mentioned, not used: whose they are is not known.
 *
 * @param model its file
 */
export async function labelsBeside(model: string): Promise<readonly LabelsBeside[]> {
  const stem = basename(model, extname(model));
  const found: LabelsBeside[] = [];
  for (const file of [`${stem}.txt`, `${stem}.names`, `${stem}.labels`, ...NAMES]) {
    const path = join(dirname(model), file);
    const known = await stat(path).catch(() => null);
    if (known?.isFile() !== true || known.size > MOST_BYTES) continue;
    const list = await readLabels(path).catch(() => null);
    if (list !== null) found.push({ file, names: (list.parts ?? list.names).length });
  }
  return found;
}
