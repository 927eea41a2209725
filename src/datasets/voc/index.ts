import { detectByHead } from '../detect-by-head.js';
import type { DatasetFormat } from '../format.js';
import { openVoc } from './reader.js';

/** Pascal VOC: boxes in one XML file an image. */
export const voc: DatasetFormat = {
  name: 'voc',
  async detect(probe) {
    if (probe.file !== null) return null;
    const detection = await detectByHead(probe, /\.xml$/i, recogniseVoc, { depth: 2, isInPlace });
    if (detection !== null) return detection;
    const { folders } = await probe.list();
    const isEmptyForm = folders.includes('ImageSets') && folders.includes('JPEGImages');
    return isEmptyForm ? { fit: 'likely', reason: 'ImageSets/ and JPEGImages/ are there' } : null;
  },
  open: openVoc,
};

/** `a.xml`, `Annotations/a.xml`, `train/a.xml`, `VOC2012/Annotations/a.xml`: deeper files belong to a dataset further in. */
function isInPlace(path: string): boolean {
  return path.split('/').length <= 2 || /^(VOC\d{4}\/)?Annotations\//.test(path);
}

/** What a file's start shows of VOC, in words; LabelMe's XML has the same root, with polygons. */
function recogniseVoc(head: string): string | null {
  if (!/<annotation[\s>]/.test(head) || /<(polygon|segm|imagesize|sourceImage)[\s/>]/.test(head)) return null;
  return /<bndbox[\s>]/.test(head) || /<size>\s*<width>/.test(head) ? 'is a VOC annotation' : null;
}
