import type { DatasetFormat } from '../format.js';
import { isImageName } from '../image-files.js';
import type { Probe } from '../probe.js';
import { walkFiles } from '../walk.js';
import { openYoloLoose } from './reader.js';
import { isLabelFileName } from './names.js';

/** Label files that are counted where another format is read. */
const MOST = 1000;

/** YOLO's label files with the images that they are named like, without a file that says where they are. */
export const yoloLoose: DatasetFormat = {
  name: 'yolo_loose',
  async detect(probe) {
    if (probe.file !== null) return null;
    const [image] = await probe.find(isImageName, { depth: 4, limit: 1 });
    if (image === undefined) return null;
    for (const file of await probe.find(isLabelFileName, { depth: 4, limit: 40 })) {
      if (isLabelText(await probe.head(file)))
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

async function countLabelFiles(probe: Probe): Promise<number> {
  let count = 0;
  for await (const file of walkFiles(probe.folder, isLabelFileName)) {
    if (isLabelText(await probe.head(file))) count++;
    if (count === MOST) break;
  }
  return count;
}

/** Whether all lines of a file's start but the last, which may be cut, are a class number and four shares or more. */
function isLabelText(head: string): boolean {
  const lines = head.split(/\r?\n/).filter((line) => line.trim() !== '');
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return (
    whole.length > 0 &&
    whole.every((line) => /^\s*\d+(\.0*)?(e[-+]?0+)?(\s+-?\d*\.?\d+(e[-+]?\d+)?){4,}\s*$/i.test(line))
  );
}
