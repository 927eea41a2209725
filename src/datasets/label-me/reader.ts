import { basename, dirname, join, relative } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { findImage, walkImages } from '../image-files.js';
import { itemId, unixPath, UniqueIds } from '../item-id.js';
import { glanceAtJson } from '../json/stream.js';
import { malformedItem } from '../malformed.js';
import { PassedOver } from '../passed-over.js';
import { Probe } from '../probe.js';
import { compareNames, walkFiles } from '../walk.js';
import { isSubsetFolder } from '../subset-names.js';
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

  const names = new Set<string>();
  const subsets = new Set<string>();
  for (const source of sources) {
    const file = await readSource(root, source);
    for (const name of [...file.labels, ...[...file.objects, ...file.unplaced].map((object) => object.name)])
      names.add(name.normalize('NFC'));
    subsets.add(subsetOf(source, file));
  }
  const labelList = new LabelList([...names].sort(compareNames));
  return {
    format: 'label_me',
    root,
    labelNames: labelList.names,
    subsets: [...subsets],
    count: null,
    notes: [],
    items: () => readItems(root, sources, labelList, probe.file === null),
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

/** The XML's folder, as in Datumaro; for JSON the first folder when it is called `train`, `val`... */
function subsetOf(source: Source, file: LabelMeFile): string {
  if (file.folder !== '') return file.folder.normalize('NFC');
  const [first] = source.path.split('/');
  return first !== undefined && first !== source.path && isSubsetFolder(first) ? first : DEFAULT_SUBSET;
}

async function* readItems(
  root: string,
  sources: readonly Source[],
  labelList: LabelList,
  withUnannotated: boolean,
): AsyncGenerator<DatasetItem> {
  const ids = new UniqueIds();
  const seen = new Set<string>();
  for (const source of sources) {
    const item = await readItem(root, source, labelList, ids);
    if (item.imagePath !== null) seen.add(item.imagePath);
    yield item;
  }
  if (!withUnannotated) return;
  for await (const image of walkImages(root)) {
    const imagePath = join(root, image);
    // Masks/ holds the segments of the XML form as images.
    if (seen.has(imagePath) || image.startsWith('Masks/')) continue;
    yield unannotatedItem(ids.claim(itemId(image), DEFAULT_SUBSET), DEFAULT_SUBSET, imagePath);
  }
}

async function readItem(root: string, source: Source, labelList: LabelList, ids: UniqueIds): Promise<DatasetItem> {
  const file = await readSource(root, source);
  const subset = subsetOf(source, file);
  const { imagePath, missing } = await findImage(imageFolders(root, source, file), file.imageName);
  const id = ids.claim(source.kind === 'xml' ? itemId(file.imageName) : itemId(source.path), subset);
  const passedOver = new PassedOver();
  for (const { kind, name } of file.unplaced) passedOver.add(kind, labelList.add(name));
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

function imageFolders(root: string, { path, kind }: Source, file: LabelMeFile): string[] {
  const own = join(root, dirname(path));
  if (kind === 'json') return [own];
  // Annotations/a/b.xml has its image in Images/a/.
  const mirrored = unixPath(relative(root, own)).replace(/(^|\/)Annotations(\/|$)/, '$1Images$2');
  return [
    ...new Set([
      join(root, 'Images', file.folder),
      join(root, mirrored),
      own,
      join(root, 'Images'),
      join(root, basename(own)),
    ]),
  ];
}
