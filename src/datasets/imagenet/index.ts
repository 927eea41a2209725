import type { DatasetFormat } from '../format.js';
import { areStrays, findClassFolders } from './layout.js';
import { openImagenet } from './reader.js';

/** One folder a class. */
export const imagenet: DatasetFormat = {
  name: 'imagenet',
  async detect(probe) {
    if (probe.file !== null) return null;
    const layout = await findClassFolders(probe.folder);
    if (layout?.isClear !== true || layout.largest.classes.length < 2) return null;
    if (!(await areStrays(probe.folder, layout))) return null;
    const { folder, classes } = layout.largest;
    return {
      fit: 'likely',
      reason: `each folder in ${folder === '' ? 'it' : `${folder}/`} (${classes.slice(0, 3).join(', ')}...) holds images`,
    };
  },
  open: openImagenet,
};
