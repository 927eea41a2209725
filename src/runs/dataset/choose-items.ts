import { createHash } from 'node:crypto';
import {
  compileFilter,
  filterItems,
  sampleItems,
  shardItems,
  subsetItems,
  type Dataset,
  type DatasetItem,
  type Shard,
  type TrueBox,
} from '../../datasets/index.js';

/** Which items of a dataset are meant. */
export interface ItemChoice {
  readonly subset: string | null;
  readonly filter: string | null;
  /** Size of a random sample. */
  readonly limit: number | null;
  readonly seed: number;
}

export interface ChosenItem {
  /** Place among all chosen items, whatever the shard. */
  readonly index: number;
  readonly item: DatasetItem;
}

/**
 * The chosen items, or one shard of them, always in the same order.
 *
 * @throws DatumError (`usage`) for a subset or filter that the dataset has no use for.
 */
export async function* chooseItems(
  dataset: Dataset,
  { subset, filter, limit, seed }: ItemChoice,
  shard: Shard | null,
): AsyncGenerator<ChosenItem, void, void> {
  const all = subset === null ? dataset.items() : subsetItems(dataset, subset);
  const passing = filter === null ? all : filterItems(all, compileFilter(filter, dataset.labelNames));
  const sample = limit === null ? passing : sampleItems(passing, limit, seed);
  let read = 0;
  const counted = (async function* () {
    for await (const item of sample) {
      read++;
      yield item;
    }
  })();
  // The items that a shard leaves out are read, and so counted, before the one that it gives.
  for await (const item of shard === null ? counted : shardItems(counted, shard)) yield { index: read - 1, item };
}

/** What there is to do. */
export interface Survey {
  /** Chosen items of all shards. */
  readonly items: number;
  /** Those of this shard. */
  readonly mine: number;
  /** Hash of the ids and annotations of all chosen items, hexadecimal. */
  readonly fingerprint: string;
}

/** Reads all chosen items once, without their images. */
export async function surveyItems(dataset: Dataset, choice: ItemChoice, shard: Shard | null): Promise<Survey> {
  const hash = createHash('sha256').update(JSON.stringify(dataset.labelNames));
  let items = 0;
  for await (const { item } of chooseItems(dataset, choice, null)) {
    const { id, subset, annotated, labels, boxes, imagePath, malformed } = item;
    const broken = malformed === undefined ? [] : ['malformed'];
    hash.update(JSON.stringify([id, subset, annotated, labels, boxes.map(boxForHash), imagePath === null, ...broken]));
    items++;
  }
  let mine = items;
  if (shard !== null) {
    mine = 0;
    for await (const _ of chooseItems(dataset, choice, shard)) mine++;
  }
  return { items, mine, fingerprint: hash.digest('hex') };
}

/** Names that the sides of a box have in the fingerprints of runs since version 0.1.0, which may still be gone on with. */
const SIDES: Readonly<Record<string, string>> = { width: 'w', height: 'h' };

function boxForHash(box: TrueBox): Record<string, unknown> {
  return Object.fromEntries(Object.entries(box).map(([name, value]) => [SIDES[name] ?? name, value]));
}
