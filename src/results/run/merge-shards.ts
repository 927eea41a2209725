import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, DatumError } from '../../errors.js';
import { systemReason } from '../../files.js';
import { placeInside } from '../inside.js';
import { readItemLines, type ItemLine } from './item-log.js';
import { placeOfItem } from './item-place.js';
import { ITEM, type ItemRecord } from '../schema/item.js';
import type { RunRecord } from '../schema/run.js';
import { RunFolder } from './run-folder.js';
import { readRunRecord, shardDifferences } from './run-record.js';
import { writeSummary, type Summary } from './summary.js';

interface ShardFolder {
  readonly path: string;
  readonly record: RunRecord;
}

/**
 * Puts the shards of a run together in a folder, which is then the same as one written without shards. A merge that was
 * ended goes on when it is started again.
 *
 * @param folders one for each shard, in any order
 * @param out folder of the whole; not one of the shards
 * @throws DatumError: `usage` when shards are missing, unfinished or of different runs; `output` when files cannot be
 *   read or written.
 */
export async function mergeShards(folders: readonly string[], out: string): Promise<Summary> {
  const shards = await Promise.all(folders.map(openShard));
  const [first] = shards;
  if (first === undefined) throw new DatumError('usage', 'name the folders of the shards.');
  if (folders.some((folder) => resolve(folder) === resolve(out))) {
    throw new DatumError('usage', `${out} is one of the shards: name another folder.`);
  }
  checkShards(shards);
  const whole: RunRecord = { ...first.record, shard: null };
  const target = await RunFolder.open(out, whole);
  try {
    let position = 0;
    for await (const { record, line, folder } of inOrderOfIndex(shards)) {
      if (record.index !== position) throw unfinished(shards, position);
      if (target.done[position++] !== undefined) continue;
      const place = placeOfItem(record.id);
      await target.clear(place);
      if (record.status === 'ok') {
        await copyFiles(folder, out, record.folder);
      }
      await target.append(line);
    }
    if (position !== whole.dataset.items) throw unfinished(shards, position);
    return await writeSummary(out, whole, whole.dataset.items);
  } finally {
    await target.close();
  }
}

async function openShard(path: string): Promise<ShardFolder> {
  const record = await readRunRecord(path);
  if (record === null) throw new DatumError('usage', `${path} holds no run (it has no run.json): check the folder.`);
  if (record.shard === null) throw new DatumError('usage', `${path} holds a whole run, not a shard of one.`);
  return { path, record };
}

function checkShards(shards: readonly ShardFolder[]): void {
  const [first, ...others] = shards;
  const count = first!.record.shard!.count;
  for (const { path, record } of others) {
    const changes = shardDifferences(first!.record, record);
    if (changes.length > 0) {
      throw new DatumError('usage', `${path} is of another run than ${first!.path} (${changes.join('; ')}).`);
    }
  }
  const present = shards.map(({ record }) => record.shard!.index);
  for (let index = 1; index <= count; index++) {
    const times = present.filter((one) => one === index).length;
    if (times === 0) throw new DatumError('usage', `shard ${index}/${count} is missing: name its folder too.`);
    if (times > 1) throw new DatumError('usage', `shard ${index}/${count} is named ${times} times: name it once.`);
  }
}

/** The records of all shards by their place among all items. Each shard's own are in order. */
async function* inOrderOfIndex(
  shards: readonly ShardFolder[],
): AsyncGenerator<{ record: ItemRecord; line: string; folder: string }, void, void> {
  const logs: { readonly folder: string; readonly records: ReturnType<typeof readItemLines> }[] = [];
  for (const { path } of shards) {
    logs.push({ folder: path, records: readItemLines(await placeInside(path, ITEM.name)) });
  }
  try {
    const heads: { folder: string; records: (typeof logs)[number]['records']; next: IteratorResult<ItemLine, void> }[] =
      [];
    for (const { folder, records } of logs) heads.push({ folder, records, next: await records.next() });
    for (;;) {
      let lowest: { head: (typeof heads)[number]; line: string; record: ItemRecord } | null = null;
      for (const head of heads) {
        if (head.next.done === true) continue;
        const { record, line } = head.next.value;
        if (lowest === null || record.index < lowest.record.index) lowest = { head, line, record };
      }
      if (lowest === null) return;
      const { head, record, line } = lowest;
      yield { record, line, folder: head.folder };
      head.next = await head.records.next();
    }
  } finally {
    // Files that are not read to their ends are closed.
    for (const { records } of logs) await records.return();
  }
}

/** Copies an item's own files from one run's folder to another's; folders beside them are those of other items. */
async function copyFiles(fromRoot: string, toRoot: string, folder: string): Promise<void> {
  const from = await placeInside(fromRoot, folder);
  const to = await placeInside(toRoot, folder);
  try {
    await mkdir(to, { recursive: true });
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (entry.isDirectory()) continue;
      await copyFile(await placeInside(fromRoot, join(folder, entry.name)), join(to, entry.name));
    }
  } catch (cause) {
    if (cause instanceof DatumError) throw cause;
    // A shard that saves nothing has no folders.
    if (codeOf(cause) === 'ENOENT') return;
    throw new DatumError('output', `${from} cannot be copied to ${to}: ${systemReason(cause)}.`, { cause, file: from });
  }
}

function unfinished(shards: readonly ShardFolder[], position: number): DatumError {
  const paths = shards.map(({ path }) => path).join(', ');
  return new DatumError(
    'usage',
    `item ${position + 1} is in none of ${paths}: a shard is not finished; run it again, and it goes on.`,
  );
}
