import type { DatasetFormat } from '../format.js';
import { isImageName } from '../image-files.js';
import type { Probe } from '../probe.js';
import { isPartFolder, isSubsetFolder } from '../subset-names.js';
import { openImagenetTxt, parseLine, SYNSETS } from './reader.js';

/** Lists of images and class numbers. */
export const imagenetTxt: DatasetFormat = {
  name: 'imagenet_txt',
  async detect(probe) {
    if (probe.file === null && (await hasClassFolders(probe))) return null;
    const files = await probe.find((name) => name.toLowerCase().endsWith('.txt') && name !== SYNSETS, { limit: 20 });
    for (const file of files) {
      const lines = (await probe.head(file)).split(/\r?\n/).slice(0, 20);
      const listed = lines.filter((line) => line.trim() !== '').slice(0, -1);
      const sample = (listed.length === 0 ? lines.filter((line) => line.trim() !== '') : listed).map((line) =>
        parseLine(line.trim()),
      );
      const fits = sample.length > 0 && sample.every((one) => one !== null && isImageName(one.image));
      if (fits && sample.some((one) => (one?.labels.length ?? 0) > 0)) {
        return { fit: 'certain', reason: `${file} lists images with class numbers` };
      }
    }
    return null;
  },
  open: openImagenetTxt,
};

/** Whether a subset's folder has folders of classes: then the list is of images beside these, which `imagenet` reads. */
async function hasClassFolders(probe: Probe): Promise<boolean> {
  for (const subset of (await probe.list()).folders.filter(isSubsetFolder)) {
    const classes = (await probe.list(subset)).folders.filter((name) => !isPartFolder(name));
    for (const name of classes.slice(0, 5)) {
      if ((await probe.list(`${subset}/${name}`)).files.some(isImageName)) return true;
    }
  }
  return false;
}
