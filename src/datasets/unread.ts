import { join } from 'node:path';

import { foreignFiles } from './foreign.js';
import { ANNOTATIONS, looksLikeAnnotations, SURE_ANNOTATIONS } from './annotation-names.js';
import { MaskFolders } from './masks.js';
import { Probe } from './probe.js';
import { formatNames } from './registry.js';
import type { Dataset } from './types.js';

/** Formats that read images or folders alone: whatever files lie beside them say nothing to these. */
const WITHOUT_FILES: ReadonlySet<string> = new Set(['image_dir', 'imagenet']);

/** Endings of the files that formats read; what has them is theirs to judge. */
const OWN: Readonly<Record<string, RegExp>> = {
  coco: /\.json$/i,
  create_ml: /\.json$/i,
  csv: /\.(csv|tsv)$/i,
  cvat: /\.xml$/i,
  datumaro: /\.json$/i,
  fiftyone: /\.json$/i,
  imagefolder: /\.(jsonl|csv)$/i,
  label_me: /\.(xml|json)$/i,
  label_studio: /\.json$/i,
  open_images: /\.csv$/i,
  roboflow_multiclass: /\.csv$/i,
  via: /\.(json|csv)$/i,
  voc: /\.xml$/i,
};

/** Files that are looked for, and of these named, at most; sub-folders down to which, and how many, are looked through. */
const MOST = 50;
const DEPTH = 6;
const MOST_FOLDERS = 2000;
const NAMED = 3;

/**
 * Sentences for files that look like annotations and that the format does not read: none is taken for bare images, or
 * passed by beside others, in silence.
 *
 * @param isNamed whether the format was named: who says that images are read alone knows it.
 */
export async function unreadNotes(
  path: string,
  { format, root, filesRead = [] }: Dataset,
  { isNamed = false } = {},
): Promise<string[]> {
  const probe = await Probe.of(path);
  // Who names a file has chosen.
  if (probe.file !== null) return [];
  if (isNamed && WITHOUT_FILES.has(format)) return [];
  return WITHOUT_FILES.has(format)
    ? bareNotes(probe, { format, root, filesRead })
    : besideNotes(probe, { format, root });
}

async function bareNotes(
  probe: Probe,
  { format, root, filesRead = [] }: Pick<Dataset, 'format' | 'root' | 'filesRead'>,
): Promise<string[]> {
  const files = (
    await probe.find((name) => looksLikeAnnotations(name, ANNOTATIONS), { depth: DEPTH, limit: MOST })
  ).filter((file) => !filesRead.includes(join(probe.folder, file)));
  const masks = await maskNotes(probe, root);
  if (files.length === 0) return masks;
  const what = files.length === 1 ? 'looks like annotations and is' : 'look like annotations and are';
  const read = format === 'image_dir' ? 'images alone' : 'images by their folders alone';
  return [
    ...masks,
    `${root}: ${read} are read: ${namesOf(files)} ${what} in no format that is known here; bring them into one (${formatNames().join(', ')}), or name theirs as '${root}:FORMAT' to be told what is wrong.`,
  ];
}

async function besideNotes(probe: Probe, { format, root }: Pick<Dataset, 'format' | 'root'>): Promise<string[]> {
  const own = OWN[format];
  const foreign = await foreignFiles(probe);
  const known = foreign.map(({ file, name }) => `${root}: ${file} is ${name}, which is not read.`);
  const others = await probe.find((name) => looksLikeAnnotations(name, SURE_ANNOTATIONS) && own?.test(name) !== true, {
    depth: DEPTH,
    limit: MOST,
  });
  if (own !== undefined) others.push(...(await textsAmong(probe)));
  if (format !== 'mvtec') known.push(...(await maskNotes(probe, root)));
  const unnamed = others.filter((other) => !foreign.some(({ file }) => file === other));
  if (unnamed.length === 0) return known;
  const what = unnamed.length === 1 ? 'looks like annotations and is' : 'look like annotations and are';
  return [
    ...known,
    `${root}: ${namesOf(unnamed)} ${what} not read beside those of ${format}; name a format as '${root}:FORMAT' to read others in their place.`,
  ];
}

/** Text files in folders of annotations, where a format has no label files of text: lists of classes, of subsets. */
async function textsAmong(probe: Probe): Promise<string[]> {
  const texts = await probe.find((name) => looksLikeAnnotations(name, /\.txt$/i), { depth: DEPTH, limit: MOST });
  return texts.filter((file) => /(^|\/)annotations?\/([^/]*)$/i.test(file));
}

/** Folders of images in which every pixel's class is painted. */
async function maskNotes(probe: Probe, root: string): Promise<string[]> {
  const masks = new MaskFolders(probe.folder);
  let level = [''];
  for (let down = 0, looked = 0; down < DEPTH && level.length > 0; down++) {
    const next: string[] = [];
    for (const folder of level) {
      if (++looked > MOST_FOLDERS) break;
      for (const name of (await probe.list(folder)).folders) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (!(await masks.areIn(path))) next.push(path);
      }
    }
    level = next;
  }
  return masks.found.length === 0 ? [] : [`${root}: masks are not read: ${namesOf(masks.found)}.`];
}

function namesOf(files: readonly string[]): string {
  const more = files.length - NAMED;
  return `${files.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${files.length === MOST ? 'many' : more} more` : ''}`;
}
