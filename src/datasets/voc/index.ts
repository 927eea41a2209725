import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { isPartFolder, isSubsetFolder } from '../subset-names.js';
import { isVocFolder, openVoc } from './reader.js';

/** Pascal VOC: boxes in one XML file an image. */
export const voc: DatasetFormat = {
  name: 'voc',
  async detect(probe) {
    if (probe.file !== null) return null;
    const detection = await detectByHead(probe, /\.xml$/i, recogniseVoc, { depth: 3, isInPlace });
    if (detection !== null) return detection;
    const { folders } = await probe.list();
    const lower = new Set(folders.map((name) => name.toLowerCase()));
    return lower.has('imagesets') && lower.has('jpegimages')
      ? { fit: 'likely', reason: 'ImageSets/ and JPEGImages/ are there' }
      : null;
  },
  open: openVoc,
};

/** In folders such as `Annotations/`, `train/`, `VOC2012/`, and one more: what is deeper belongs to a dataset further in. */
function isInPlace(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.filter((name) => !isPartFolder(name) && !isSubsetFolder(name) && !isVocFolder(name)).length <= 1;
}

/** What a file's start shows of VOC, in words; LabelMe's XML has the same root, with polygons and no boxes. */
function recogniseVoc(head: string): string | null {
  if (!/<annotation[\s>]/.test(head)) return null;
  if (/<bndbox[\s>]/.test(head)) return 'is a VOC annotation';
  if (/<(polygon|segm|imagesize|sourceImage)[\s/>]/.test(head)) return null;
  return /<size>\s*<width>/.test(head) ? 'is a VOC annotation' : null;
}
