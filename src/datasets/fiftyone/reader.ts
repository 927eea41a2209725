import { z } from 'zod';

import { EXTENSIONS } from '../image-names.js';
import { checked } from '../json/parse.js';
import { streamJson } from '../json/stream.js';
import { listedDataset, listedImage, noFiles, type ListedImage } from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { malformed } from '../malformed.js';
import { sizeOf } from '../size.js';
import type { Dataset } from '../types.js';
import { classOf, READ, readDetection, readLabel } from './labels.js';

const sample = z.record(z.string(), z.unknown());

const metadata = z.object({ width: z.number().nullish(), height: z.number().nullish() });

/** Fields that hold the truth, where a sample has several, best first. */
const TRUTH = ['ground_truth', 'detections', 'annotations', 'labels', 'label'];

/** Fields with what a model said. */
const PREDICTED = /pred|model|output|infer|yolo|rcnn/i;

/**
 * Opens FiftyOne's own exports (https://docs.voxel51.com/user_guide/export_datasets.html): `FiftyOneDataset`,
 * `samples.json` beside `data/`, whose labels are in fields of the samples; and `FiftyOneImageDetectionDataset` and
 * `FiftyOneImageClassificationDataset`, `labels.json` beside `data/`.
 */
export async function openFiftyone(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /^(samples|labels)\.json$/i, recogniseFiftyone);
  if (found.files.length === 0) throw noFiles(path, 'samples.json or labels.json of FiftyOne');
  const fields = new Map<string, string | null>();
  const notes: string[] = [];
  for (const file of found.files) {
    const { field, others } = await chooseField(file.path);
    fields.set(file.path, field);
    if (others.length > 0)
      notes.push(`${file.path}: the truth is the field '${field ?? ''}'; not read: ${others.join(', ')}.`);
  }
  return listedDataset({
    format: 'fiftyone',
    ...found,
    notes,
    read: (file) => read(file, fields.get(file.path) ?? null),
  });
}

/** What a file's start shows of FiftyOne, in words; null when it is something else. */
export function recogniseFiftyone(head: string): string | null {
  if (/^\uFEFF?\s*\{\s*"samples"\s*:\s*\[/.test(head) && /"filepath"\s*:/.test(head)) return "has FiftyOne's samples";
  return /^\uFEFF?\s*\{\s*("classes"\s*:\s*(\[[^\]]*\]|null)\s*,\s*)?"labels"\s*:\s*\{/.test(head)
    ? "has FiftyOne's labels"
    : null;
}

/** The field of the truth in `samples.json`, and the other fields with labels. */
async function chooseField(path: string): Promise<{ field: string | null; others: string[] }> {
  const fields = new Set<string>();
  const unread = new Set<string>();
  for await (const records of streamJson(path, { elements: ['samples'], values: [] })) {
    for (const { value, index } of records) {
      for (const [name, one] of Object.entries(checked(sample, value, path, `samples[${index ?? 0}]`))) {
        const kind = classOf(one);
        if (kind === null || name === 'metadata') continue;
        if (READ.has(kind)) fields.add(name);
        else if (kind !== 'ImageMetadata') unread.add(`${name} (${kind})`);
      }
    }
  }
  const own = [...fields].filter((name) => !PREDICTED.test(name));
  const field = TRUTH.find((name) => fields.has(name)) ?? own[0] ?? null;
  return { field, others: [...[...fields].filter((name) => name !== field), ...unread] };
}

function read(file: AnnotationFile, field: string | null): AsyncGenerator<ListedImage> {
  return /samples\.json$/i.test(file.path) ? readSamples(file, field) : readLabels(file);
}

async function* readSamples({ path }: AnnotationFile, field: string | null): AsyncGenerator<ListedImage> {
  for await (const records of streamJson(path, { elements: ['samples'], values: [] })) {
    for (const { index, value } of records) {
      const at = `samples[${index ?? 0}]`;
      const members = checked(sample, value, path, at);
      const filepath = members['filepath'];
      if (typeof filepath !== 'string' || filepath === '') throw malformed(path, { at }, 'the sample has no filepath');
      const label = field === null ? undefined : members[field];
      yield listedImage([filepath], (unread) => {
        const size = checked(metadata.nullish(), members['metadata'], path, `${at}.metadata`);
        const known = { size: sizeOf(size?.width, size?.height), relative: true };
        if (typeof label !== 'object' || label === null) return { ...known, annotated: false, objects: [] };
        return { ...known, ...readLabel(label, path, `${at}.${field ?? ''}`, unread) };
      });
    }
  }
}

/** `{"classes": [...], "labels": {"a": [{"label", "bounding_box"}] | "cat" | 3 | null}}`, the names without extension. */
async function* readLabels({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  let classes: readonly string[] = [];
  for await (const records of streamJson(path, { elements: [], values: ['classes', 'labels'] })) {
    for (const { key, value } of records) {
      if (key === 'classes') classes = checked(z.array(z.string()).nullable(), value, path, 'classes') ?? [];
      else {
        for (const [name, one] of Object.entries(checked(sample, value, path, 'labels')))
          yield readNamed(path, name, one, classes);
      }
    }
  }
}

function readNamed(path: string, name: string, value: unknown, classes: readonly string[]): ListedImage {
  const at = `labels["${name}"]`;
  const names = EXTENSIONS.flatMap((extension) => [name + extension, name + extension.toUpperCase()]);
  const labelOf = (one: unknown): unknown => (typeof one === 'number' ? classes[one] : one);
  return listedImage([...names, name], (unread) => {
    if (value === null) return { annotated: false, objects: [] };
    if (Array.isArray(value)) {
      const objects = value.map((one: unknown, i) =>
        typeof one === 'object' && one !== null && 'label' in one
          ? readDetection({ ...one, label: labelOf(one.label) }, path, `${at}[${i}]`, unread)
          : readDetection(one, path, `${at}[${i}]`, unread),
      );
      return { relative: true, objects };
    }
    const label = labelOf(typeof value === 'object' && 'label' in value ? value.label : value);
    if (typeof label !== 'string') throw malformed(path, { at }, 'there is no class of this name or number');
    return { labels: [{ label }], objects: [] };
  });
}
