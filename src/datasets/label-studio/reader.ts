import { z } from 'zod';

import { isImageName } from '../image-files.js';
import { checked } from '../json/parse.js';
import { streamJson } from '../json/stream.js';
import { listedDataset, listedImage, noFiles, type ListedImage, type Unread } from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { malformed } from '../malformed.js';
import type { Dataset } from '../types.js';
import { readResults, result, type Result } from './results.js';

const task = z.record(z.string(), z.unknown());

const annotation = z.object({
  result: z.array(result),
  was_cancelled: z.boolean().nullish(),
  ground_truth: z.boolean().nullish(),
});

/** Names of the member that is the image, best first; any other text that ends like an image is it too. */
const IMAGE_KEYS = ['image', 'img', 'image_url', 'picture', 'photo', 'url', 'ocr', 'captioning'];

/**
 * Opens Label Studio's exports (https://labelstud.io/guide/export): JSON, a list of tasks with their annotations, and
 * JSON-MIN, where regions are in members of the task. Of several annotations of a task, the one that is marked as the
 * truth counts, else the first; predictions are left out.
 */
export async function openLabelStudio(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /\.json$/i, recogniseLabelStudio);
  if (found.files.length === 0) throw noFiles(path, 'JSON file of Label Studio');
  return listedDataset({ format: 'label_studio', ...found, read });
}

/** What a file's start shows of Label Studio, in words; null when it is something else. */
export function recogniseLabelStudio(head: string): string | null {
  if (!/^\uFEFF?\s*\[\s*\{/.test(head)) return null;
  const isTasks = /"data"\s*:\s*\{/.test(head) && /"(annotations|completions)"\s*:\s*\[/.test(head);
  const isMin = /"(rectangle|polygon|ellipse|brush|keypoint)labels"\s*:/.test(head) || /"annotation_id"\s*:/.test(head);
  return isTasks || isMin ? "has Label Studio's tasks" : null;
}

async function* read({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  for await (const records of streamJson(path, { elements: [], values: [], all: true })) {
    for (const { index, value } of records) {
      const at = `[${index ?? 0}]`;
      const members = checked(task, value, path, at);
      const data = typeof members['data'] === 'object' && members['data'] !== null ? members['data'] : members;
      const name = imageOf(new Map(Object.entries(data)));
      if (name === null) throw malformed(path, { at }, 'the task has no image');
      yield listedImage(namesOf(name), (unread) =>
        data === members ? readMin(members, path, at, unread) : readTask(members, path, at, unread),
      );
    }
  }
}

function imageOf(data: ReadonlyMap<string, unknown>): string | null {
  const isImage = (value: unknown): value is string =>
    typeof value === 'string' && isImageName(value.replace(/[?#](?!d=).*$/, ''));
  for (const key of [...IMAGE_KEYS, ...data.keys()]) {
    const value = data.get(key);
    if (isImage(value)) return value;
  }
  return null;
}

/** Without the address before it, and without the eight digits that an upload puts before the name. */
function namesOf(address: string): string[] {
  const local = /[?&]d=([^&]+)/.exec(address)?.[1];
  const path = local ?? address.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  // Addresses are encoded; keys of buckets are not, and may look so.
  return [...new Set([path, decode(path)])].flatMap((decoded) => {
    const own = /[/:\\]/.test(decoded) && !decoded.startsWith('/') ? `/${decoded}` : decoded;
    return [own, own.replace(/([^/\\]*)$/, (name) => name.replace(/^[\da-f]{8}-/, ''))];
  });
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

type Content = Omit<ListedImage, 'names'>;

function readTask(members: Readonly<Record<string, unknown>>, path: string, at: string, unread: Unread): Content {
  const key = 'annotations' in members ? 'annotations' : 'completions';
  const all = checked(z.array(annotation).nullish(), members[key], path, `${at}.${key}`) ?? [];
  if (Array.isArray(members['predictions'])) unread.add('predictions', null, members['predictions'].length);
  const kept = all.filter(({ was_cancelled: cancelled }) => cancelled !== true);
  const chosen = kept.find(({ ground_truth: truth }) => truth === true) ?? kept[0];
  if (chosen === undefined) return { annotated: false, objects: [] };
  unread.add('further annotations of one image', null, kept.length - 1);
  return readResults(chosen.result, { path, at: `${at}.${key}[${all.indexOf(chosen)}].result` }, unread);
}

/** JSON-MIN: members that are lists of regions, and members that are choices. */
function readMin(members: Readonly<Record<string, unknown>>, path: string, at: string, unread: Unread): Content {
  const results: Result[] = [];
  const labels: { label: string }[] = [];
  for (const [name, value] of Object.entries(members)) {
    if (Array.isArray(value)) {
      const regions = value.filter((one): one is object => typeof one === 'object' && one !== null);
      for (const one of regions) results.push(checked(result, { ...one, value: one }, path, `${at}.${name}`));
    } else if (/choice|class|label/i.test(name) && typeof value === 'string') {
      labels.push({ label: value });
    } else if (typeof value === 'object' && value !== null && 'choices' in value) {
      labels.push(
        ...checked(z.array(z.string()), value.choices, path, `${at}.${name}.choices`).map((label) => ({ label })),
      );
    }
  }
  const content = readResults(results, { path, at }, unread);
  return { ...content, labels: [...(content.labels ?? []), ...labels] };
}
