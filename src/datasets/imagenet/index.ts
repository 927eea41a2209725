import { looksLikeAnnotations } from '../annotation-names.js';
import type { DatasetFormat } from '../format.js';
import type { Probe } from '../probe.js';
import { areStrays, findClassFolders, type ImagenetLayout } from './layout.js';
import { openImagenet } from './reader.js';

/** One folder a class. */
export const imagenet: DatasetFormat = {
  name: 'imagenet',
  async detect(probe) {
    if (probe.file !== null) return null;
    const layout = await findClassFolders(probe.folder);
    if (layout?.isClear !== true || layout.largest.classes.length === 0) return null;
    if (layout.largest.classes.length === 1 && !(await isOneClass(probe, layout))) return null;
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

/** Whether there is one class, and several subsets have it; not where files among the images may be annotations. */
async function isOneClass(probe: Probe, { subsets, largest: { classes } }: ImagenetLayout): Promise<boolean> {
  const having = subsets.filter((one) => one.folder !== '' && classes.every((name) => one.classes.includes(name)));
  if (having.length < 2) return false;
  const [beside] = await probe.find((name) => looksLikeAnnotations(name), { depth: 4, limit: 1 });
  return beside === undefined;
}
