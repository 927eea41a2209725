import { basename, dirname, join, relative } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { findImage, walkImages, type FoundImage } from '../image-files.js';
import { itemId, itemIdOfStem, unixPath, UniqueIds, withoutExtension } from '../item-id.js';
import { glanceAtJson } from '../json/stream.js';
import { malformedItem } from '../malformed.js';
import { stemOfPath, subsetOfPath } from '../pairs.js';
import { PassedOver } from '../passed-over.js';
import { Probe } from '../probe.js';
import { compareNames, listFolder, walkFiles } from '../walk.js';
import { isAnnotationFolder, isImageFolder } from '../subset-names.js';
import { joinTwice } from '../twice.js';
import { DEFAULT_SUBSET, type Dataset, type DatasetItem } from '../types.js';
import { unannotatedItem } from '../unannotated.js';
import type { LabelMeFile } from './file.js';
import { readLabelMeJson } from './json-file.js';
import { readLabelMeXml } from './xml-file.js';

/** An annotation file, by its path below the root, with `/`. */
interface Source {
  readonly path: string;
  readonly kind: 'xml' | 'json';
}

/**
 * Opens LabelMe: the XML of the web tool (`Annotations/<folder>/*.xml`, `Images/<folder>/`) and the JSON of the desktop
 * tool (beside the images), told apart by content. There is no list of classes: every file is read for their names,
 * which are sorted. Images that no file names are items that nobody has annotated.
 */
export async function openLabelMe(path: string): Promise<Dataset> {
  const probe = await Probe.of(path);
  const root = probe.folder;
  const sources = probe.file === null ? await findSources(probe) : await sourceOf(probe, probe.file);
  if (sources.length === 0)
    throw new DatumError('dataset', `${path}: there are no annotation files of LabelMe.`, { file: path });

  const places = new Places(root);
  const names = new Set<string>();
  const subsets = new Set<string>();
  const seen = new Set<string>();
  let isRepeated = false;
  for (const source of sources) {
    const file = await readSource(root, source);
    for (const name of [...file.labels, ...[...file.objects, ...file.unplaced].map((object) => object.name)])
      if (name !== null) names.add(name.normalize('NFC'));
    const { imagePath, subset } = await places.of(source, file);
    subsets.add(subset);
    if (imagePath !== null && seen.has(imagePath)) isRepeated = true;
    if (imagePath !== null) seen.add(imagePath);
  }
  const unannotated: string[] = [];
  for await (const image of walkImages(root)) {
    if (probe.file === null && !seen.has(join(root, image))) unannotated.push(image);
  }
  for (const image of unannotated) subsets.add(subsetOfPath(image));
  const labelList = new LabelList([...names].sort(compareNames));
  const items = async function* (): AsyncGenerator<DatasetItem> {
    const ids = new UniqueIds();
    for (const source of sources) {
      const file = await readSource(root, source);
      yield itemOf(source, file, await places.of(source, file), labelList, ids);
    }
    for (const image of unannotated) {
      const subset = subsetOfPath(image);
      yield unannotatedItem(ids.claim(stemOfPath(image), subset), subset, join(root, image));
    }
  };
  return {
    format: 'label_me',
    root,
    labelNames: labelList.names,
    subsets: [...subsets],
    count: isRepeated ? null : sources.length + unannotated.length,
    notes: [],
    items: isRepeated ? joinTwice(items) : items,
  };
}

/** What a file's start shows of LabelMe, in words; null when it is something else. */
export function recogniseLabelMe(head: string): string | null {
  if (/<annotation[\s>]/.test(head)) {
    return /<(polygon|segm|imagesize|sourceImage)[\s/>]/.test(head) && !/<bndbox[\s>]/.test(head)
      ? "is LabelMe's XML"
      : null;
  }
  if (!/^\uFEFF?\s*\{/.test(head)) return null;
  const members = glanceAtJson(head, [])?.members;
  const has = (name: string): boolean => members?.has(name) === true;
  return (has('shapes') && (has('imagePath') || has('flags') || has('version'))) || (has('imageData') && has('flags'))
    ? "is labelme's JSON"
    : null;
}

async function findSources(probe: Probe): Promise<Source[]> {
  const sources: Source[] = [];
  for await (const path of walkFiles(probe.folder, (name) => /\.(xml|json)$/i.test(name))) {
    sources.push(...(await sourceOf(probe, path)));
  }
  return sources;
}

async function sourceOf(probe: Probe, path: string): Promise<Source[]> {
  const kind = /\.(xml|json)$/i.exec(path)?.[1]?.toLowerCase();
  if (kind !== 'xml' && kind !== 'json') return [];
  return recogniseLabelMe(await probe.head(path)) === null ? [] : [{ path, kind }];
}

function readSource(root: string, { path, kind }: Source): Promise<LabelMeFile> {
  return kind === 'xml' ? readLabelMeXml(join(root, path)) : readLabelMeJson(join(root, path));
}

/** Where an image was found, and the subset that it is of. */
interface Place extends FoundImage {
  readonly subset: string;
}

/** Finds the images of annotation files. */
class Places {
  readonly #root: string;
  readonly #mirrored = new Map<string, Promise<readonly string[]>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The subset is the XML's folder, as in Datumaro; else the folder `train`, `val`... of the file or of its image. */
  async of({ path, kind }: Source, file: LabelMeFile): Promise<Place> {
    const own = dirname(path);
    const known = this.#mirrored.get(own) ?? mirroredFolders(this.#root, own);
    this.#mirrored.set(own, known);
    const mirrored = await known;
    const inFolder = kind === 'json' ? [] : mirrored.map((folder) => join(folder, file.folder));
    const beside = join(this.#root, own);
    const folders = [...new Set([...inFolder, ...(kind === 'json' ? [beside] : []), ...mirrored, beside])];
    const named = await findImage(folders, file.imageName);
    // A file that was moved with its image still names the folder that they were in.
    const name = basename(unixPath(file.imageName));
    const isOwn = withoutExtension(name) === withoutExtension(basename(path));
    const found = named.imagePath === null && isOwn ? await findImage(folders, name) : named;
    if (file.folder !== '') return { ...found, subset: file.folder.normalize('NFC') };
    const inPath = subsetOfPath(path);
    const image = found.imagePath === null ? '' : unixPath(relative(this.#root, found.imagePath));
    return { ...found, subset: inPath === DEFAULT_SUBSET ? subsetOfPath(image) : inPath };
  }
}

/**
 * The folders of images that mirror a folder of annotations, absolute: `Annotations/a` has its images in `Images/a`, or in `Images`.
 *
 * @param own below the root, with `/`.
 */
async function mirroredFolders(root: string, own: string): Promise<readonly string[]> {
  const parts = own === '.' ? [] : own.split('/');
  const found: string[] = [];
  for (let at = parts.length; at >= 0; at--) {
    if (at < parts.length && !isAnnotationFolder(parts[at]!)) continue;
    const above = join(root, ...parts.slice(0, at));
    for (const images of (await listFolder(above)).folders.filter(isImageFolder))
      found.push(join(above, images, ...parts.slice(at + 1)), join(above, images));
    if (at < parts.length) found.push(join(above, ...parts.slice(at + 1)), above);
  }
  return [...found, root];
}

function itemOf(
  source: Source,
  file: LabelMeFile,
  { imagePath, missing, subset }: Place,
  labelList: LabelList,
  ids: UniqueIds,
): DatasetItem {
  const id = ids.claim(source.kind === 'xml' ? itemId(file.imageName) : itemIdOfStem(stemOfPath(source.path)), subset);
  const passedOver = new PassedOver();
  for (const { kind, name } of file.unplaced) passedOver.add(kind, name === null ? null : labelList.add(name));
  const item = {
    id,
    subset,
    imagePath,
    missing,
    size: file.size,
    annotated: true,
    labels: file.labels.map((name) => ({ label: labelList.add(name), attributes: {} })),
    boxes: file.objects.map(({ name, box, segmentation, attributes }) => ({
      ...box,
      label: labelList.add(name),
      attributes,
      segmentation,
    })),
    attributes: {},
    ...passedOver.ofItem,
  };
  return file.malformed === undefined ? item : malformedItem(item, file.malformed);
}
