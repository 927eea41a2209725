import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { itemSchema, type ExplainedRecord, type ItemRecord } from '../../src/results/schema/item.js';
import { paint, png } from './images.js';

/** Names of all files below a folder with a hash of what they hold: two folders with equal ones are the same. */
export function treeOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    entries.map((path) => [
      path.slice(folder.length + 1),
      createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12),
    ]),
  );
}

/** The lines of a run's items. */
export function itemsOf(folder: string): ItemRecord[] {
  const lines = readFileSync(join(folder, 'items.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => itemSchema.parse(JSON.parse(line)));
}

/** The lines of items that were explained. */
export function explainedItems(folder: string): ExplainedRecord[] {
  return itemsOf(folder).flatMap((record) => (record.status === 'ok' ? [record] : []));
}

const mean = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable(), of: z.number() });
const figures = z.object({
  targets: z.number(),
  items: z.number(),
  pointing: mean.nullable(),
  means: z.record(z.string(), mean.nullable()),
});
const summarySchema = z.object({
  complete: z.boolean(),
  items: z.record(z.string(), z.number()),
  overall: figures.extend({
    precision: mean.nullable(),
    recall: mean.nullable(),
    byOutcome: z.record(z.string(), figures),
  }),
});

/** A run's summary. */
export function summaryOf(folder: string): z.output<typeof summarySchema> {
  return summarySchema.parse(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')));
}

/**
 * A folder of classes `bright` and `dark` with small images, of which the planted classifier gets most right: the left
 * half is bright or dark, the right half is speckled.
 */
export async function writeBrightAndDark(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const bright = i % 2 === 0;
    // Every fifth is mislabelled.
    const level = bright === (i % 5 !== 4) ? 200 + (i % 40) : 20 + (i % 40);
    const image = paint(24, 16, (x, y) => (x < 12 ? [level, level, level] : [(x * 37 + y * 11 + i * 7) % 256, 90, 30]));
    const path = join(folder, bright ? 'bright' : 'dark', `image ${String(i).padStart(3, '0')}.png`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await png(image));
  }
}
