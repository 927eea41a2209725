import type { DatasetFormat } from '../format.js';
import { areStrays, findClassFolders, type ImagenetLayout } from './layout.js';
import { openImagenet } from './reader.js';

/** One folder a class. */
export const imagenet: DatasetFormat = {
  name: 'imagenet',
  async detect(probe) {
    if (probe.file !== null) return null;
    const layout = await findClassFolders(probe.folder);
    if (layout?.isClear !== true || (layout.largest.classes.length < 2 && !isInSubsets(layout))) return null;
    if (!(await areStrays(probe.folder, layout))) return null;
    const { folder, classes } = layout.largest;
    const names = classes.slice(0, 3).map((name) => `${folder === '' ? '' : `${folder}/`}${name}/`);
    const passedBy = (): Promise<string> =>
      Promise.resolve(`${classes.length} folders of classes (${names.join(', ')}${classes.length > 3 ? '...' : ''})`);
    return {
      fit: 'likely',
      // Folders without subsets may be anything, such as cameras, where there are annotations.
      ...(folder === '' ? {} : { passedBy }),
      reason: `each folder in ${folder === '' ? 'it' : `${folder}/`} (${classes.slice(0, 3).join(', ')}...) holds images`,
    };
  },
  open: openImagenet,
};

/** Whether there is one class, and several subsets have it. */
function isInSubsets({ subsets, largest: { classes } }: ImagenetLayout): boolean {
  const [only] = classes;
  return only !== undefined && subsets.filter((one) => one.folder !== '' && one.classes.includes(only)).length > 1;
}
