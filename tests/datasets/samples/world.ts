import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import sharp from 'sharp';
import { onTestFinished } from 'vitest';

import type { Dataset, DatasetItem } from '../../../src/datasets/types.js';

/** A gray image file, its format by its extension. */
export async function makeImage(path: string, width: number, height: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: { r: 90, g: 120, b: 150 } } }).toFile(path);
}

/** Writes text files below a folder, by path; objects as JSON. */
export async function makeFiles(root: string, files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** An empty folder that goes when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datum-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** An item with nothing on it. */
export function itemOf(id: string, more: Partial<DatasetItem> = {}): DatasetItem {
  return {
    id,
    subset: 'default',
    imagePath: null,
    missing: 'not made',
    size: null,
    annotated: true,
    labels: [],
    boxes: [],
    attributes: {},
    ...more,
  };
}

/** What every format can say of an item, with names for label indices: for comparing formats. */
export interface Summary {
  readonly id: string;
  readonly labels: readonly string[];
  /** Class, x, y, w, h. */
  readonly boxes: readonly (readonly [string, number, number, number, number])[];
}

export function summarise({ labelNames }: Dataset, item: DatasetItem): Summary {
  const nameOf = (label: number): string => labelNames[label] ?? `no name for ${label}`;
  return {
    id: item.id,
    labels: item.labels.map(({ label }) => nameOf(label)),
    boxes: item.boxes.map(({ label, x, y, width: w, height: h }) => [nameOf(label), x, y, w, h]),
  };
}

/** The images of every sample: sizes are powers of two, so that relative boxes are exact. */
export const IMAGES = {
  one: { width: 64, height: 32 },
  two: { width: 32, height: 64 },
  bare: { width: 16, height: 16 },
} as const;

/** The boxes of every sample with boxes. */
export const DETECTION: readonly Summary[] = [
  {
    id: 'one',
    labels: [],
    boxes: [
      ['cat', 8, 6, 16, 12],
      ['dog', 32, 12, 24, 20],
    ],
  },
  { id: 'two', labels: [], boxes: [['potted plant', 0, 0, 20, 32]] },
  { id: 'bare', labels: [], boxes: [] },
];

/** Makes the three images; `pathOf` says where. */
export async function makeImages(pathOf: (name: string) => string): Promise<void> {
  for (const [name, { width, height }] of Object.entries(IMAGES)) await makeImage(pathOf(name), width, height);
}
