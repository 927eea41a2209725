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
  if (files.some(isImageName) || folders.some((name) => isPartFolder(name) || isSubsetFolder(name))) return null;
  const classes: string[] = [];
  for (const name of folders) {
    const { files: inside } = await probe.list(subset === '' ? name : `${subset}/${name}`);
    if (inside.some(isImageName)) classes.push(name);
    // Enough to know; ImageNet itself has a thousand.
    if (classes.length >= 5) break;
  }
  return classes;
}
