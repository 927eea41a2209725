import { createHash } from 'node:crypto';

import { DatumError, option } from '../errors.js';
import type { ItemPredicate } from './filter/compile.js';
import type { Dataset, DatasetItem } from './types.js';

/** Part `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * Reads `i/n`, such as `2/4`.
 *
 * @throws DatumError (`usage`) when it is something else.
 */
export function parseShard(text: string): Shard {
  const [, index, count] = /^\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index === undefined || count === undefined || shard.index < 1 || shard.index > shard.count || shard.count > 1e6) {
    throw new DatumError('usage', `${option('shard')} takes i/n with i from 1 to n, such as 2/4, not '${text}'.`);
  }
  return shard;
}

/** The items that pass. */
export async function* filterItems(
  items: AsyncIterable<DatasetItem>,
  test: ItemPredicate,
): AsyncGenerator<DatasetItem> {
  for await (const item of items) if (test(item)) yield item;
}

/**
 * The items of one subset.
 *
 * @param items of the dataset
 * @throws DatumError (`usage`) when the dataset has no such subset.
 */
export function subsetItems(
  dataset: Dataset,
  items: AsyncIterable<DatasetItem>,
  subset: string,
): AsyncIterable<DatasetItem> {
  if (!dataset.subsets.includes(subset)) {
    throw new DatumError(
      'usage',
      `${dataset.root}: there is no subset '${subset}', but ${dataset.subsets.join(', ')}.`,
      { file: dataset.root, option: 'subset' },
    );
  }
  return filterItems(items, (item) => item.subset === subset);
}

/**
 * A random sample of `size` items, or all when there are fewer. It depends on the ids and the seed alone: not on the
 * order of reading, the machine or the run; and a larger sample begins with the smaller one. All items are read, and
 * the sample is held, before the first is given.
 */
export async function* sampleItems(
  items: AsyncIterable<DatasetItem>,
  size: number,
  seed = 0,
): AsyncGenerator<DatasetItem> {
  const kept: Ranked[] = [];
  for await (const item of items) {
    const ranked = { rank: hashOf(`sample:${seed}`, item), item };
    // A heap with the item to go first on top: most items are not even compared with the others.
    if (kept.length < size) pushHeap(kept, ranked);
    else if (size > 0 && compareRanked(ranked, kept[0]!) < 0) replaceTop(kept, ranked);
  }
  kept.sort(compareRanked);
  for (const { item } of kept) yield item;
}

/**
 * One of `count` parts of about equal size: every item is in exactly one, which depends on its id alone, so several
 * machines can share the work whatever order they read in.
 */
export function shardItems(items: AsyncIterable<DatasetItem>, { index, count }: Shard): AsyncIterable<DatasetItem> {
  return filterItems(items, (item) => hashOf('shard', item) % count === index - 1);
}

interface Ranked {
  readonly rank: number;
  readonly item: DatasetItem;
}

function compareRanked(a: Ranked, b: Ranked): number {
  return a.rank - b.rank || (a.item.id < b.item.id ? -1 : Number(a.item.id > b.item.id));
}

/** 48 bits that look random and depend on the purpose and the id. */
function hashOf(purpose: string, item: DatasetItem): number {
  return createHash('sha256').update(`${purpose}\0${item.id}`).digest().readUIntBE(0, 6);
}

function pushHeap(heap: Ranked[], ranked: Ranked): void {
  let at = heap.push(ranked) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (compareRanked(heap[at]!, heap[parent]!) <= 0) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function replaceTop(heap: Ranked[], ranked: Ranked): void {
  heap[0] = ranked;
  let at = 0;
  for (;;) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let largest = at;
    if (left < heap.length && compareRanked(heap[left]!, heap[largest]!) > 0) largest = left;
    if (right < heap.length && compareRanked(heap[right]!, heap[largest]!) > 0) largest = right;
    if (largest === at) return;
    swap(heap, at, largest);
    at = largest;
  }
}

function swap(heap: Ranked[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b]!, heap[a]!];
}
