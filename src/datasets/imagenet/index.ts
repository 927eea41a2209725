import type { DatasetFormat } from '../format.js';
import { isImageName } from '../image-files.js';
import type { Probe } from '../probe.js';
import { isPartFolder, isSubsetFolder } from '../subset-names.js';
import { openImagenet } from './reader.js';

/** One folder a class. */
export const imagenet: DatasetFormat = {
  name: 'imagenet',
  async detect(probe) {
    if (probe.file !== null) return null;
    const { files, folders } = await probe.list();
    if (folders.length === 0 || files.some(isImageName)) return null;
    const subsets = folders.every(isSubsetFolder) ? folders : [''];
    for (const subset of subsets) {
      const classes = await classFolders(probe, subset);
      // Images of a subset may lie in its folder, with their classes in a list, or without.
      if (classes === null && subset !== '' && (await probe.list(subset)).folders.length === 0) continue;
      if (classes === null) return null;
      if (classes.length >= 2) {
        return {
          fit: 'likely',
          reason: `each folder in ${subset === '' ? 'it' : `${subset}/`} (${classes.slice(0, 3).join(', ')}...) holds images`,
        };
      }
    }
    return null;
  },
  open: openImagenet,
};

/** Folders that hold images directly; null when one is clearly no class. */
async function classFolders(probe: Probe, subset: string): Promise<string[] | null> {
  const { files, folders } = await probe.list(subset);
  if (files.some(isImageName) || folders.some(isPartFolder)) return null;
  // A folder of a subset beside those of classes holds images without a class: `cat/`, `dog/`, `val/`.
  const own = folders.filter((name) => !isSubsetFolder(name));
  if (own.length < folders.length && subset !== '') return null;
  const classes: string[] = [];
  for (const name of own) {
    const { files: inside } = await probe.list(subset === '' ? name : `${subset}/${name}`);
    if (inside.some(isImageName)) classes.push(name);
    // Enough to know; ImageNet itself has a thousand.
    if (classes.length >= 5) break;
  }
  return classes;
}
