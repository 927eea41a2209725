import type { DatasetFormat } from '../format.js';
import { isImageName } from '../image-files.js';
import { withoutExtension } from '../item-id.js';
import { foldersOf } from '../pairs.js';
import type { Probe } from '../probe.js';
import { isAnnotationFolder } from '../subset-names.js';
import { walkFiles } from '../walk.js';
import { isLabelText } from '../yolo/label-text.js';
import { openYoloLoose } from './reader.js';
import { isLabelFileName } from './names.js';

/** Images whose names are looked at. */
const IMAGES = 5000;

/** Label files that are counted where another format is read. */
const MOST = 1000;

/** YOLO's label files with the images that they are named like, without a file that says where they are. */
export const yoloLoose: DatasetFormat = {
  name: 'yolo_loose',
  async detect(probe) {
    if (probe.file !== null) return null;
    const images = await probe.find(isImageName, { depth: 4, limit: IMAGES });
    if (images.length === 0) return null;
    const stems = new Set(images.map(stemOf));
    for (const file of await probe.find(isLabelFileName, { depth: 4, limit: 40 })) {
      const isOfImage = stems.has(stemOf(file)) || foldersOf(file).some(isAnnotationFolder);
      // Other texts have lines of five numbers too, and no image of their name.
      if (isOfImage && isLabelText(await probe.head(file)))
        return {
          fit: 'likely',
          reason: `${file} has lines of a class and a box`,
          passedBy: async () => {
            const count = await countLabelFiles(probe);
            return `${count === MOST ? `${MOST} or more label files` : count === 1 ? '1 label file' : `${count} label files`} of YOLO (${file}${count > 1 ? '...' : ''})`;
          },
        };
    }
    return null;
  },
  open: openYoloLoose,
};

const stemOf = (path: string): string => withoutExtension(path.slice(path.lastIndexOf('/') + 1)).normalize('NFC');

async function countLabelFiles(probe: Probe): Promise<number> {
  let count = 0;
  for await (const file of walkFiles(probe.folder, isLabelFileName)) {
    if (isLabelText(await probe.head(file))) count++;
    if (count === MOST) break;
  }
  return count;
}
