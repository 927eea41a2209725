import { createHash } from 'node:crypto';
import {
  compileFilter,
  filterItems,
  placedItem,
  ReadingCounter,
  withLeft,
  sampleItems,
  shardItems,
  subsetItems,
  withChosen,
  writtenItems,
  type Dataset,
  type DatasetItem,
  type Reading,
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
 * The chosen items, or one shard of them, always in the same order, with their boxes in pixels of the image as it is seen.
 * Of items that are not chosen, no image is looked at: subset, filter and sample go by what is written.
 *
 * @throws DatumError (`usage`) for a subset or filter that the dataset has no use for.
 */
export async function* chooseItems(
  dataset: Dataset,
  choice: ItemChoice,
  shard: Shard | null,
): AsyncGenerator<ChosenItem, void, void> {
  for await (const { index, item } of chooseWritten(dataset, choice, shard)) {
    yield { index, item: await placedItem(item) };
  }
}

/** @param onRead told every item of the dataset, chosen or not */
async function* chooseWritten(
  dataset: Dataset,
  { subset, filter, limit, seed }: ItemChoice,
  shard: Shard | null,
  onRead: (item: DatasetItem) => void = () => undefined,
): AsyncGenerator<ChosenItem, void, void> {
  const every = tapped(writtenItems(dataset), onRead);
  const all = subset === null ? every : subsetItems(dataset, every, subset);
  const passing = filter === null ? all : filterItems(all, compileFilter(filter, dataset.labelNames));
  const sample = limit === null ? passing : sampleItems(passing, limit, seed);
  let read = 0;
  const counted = tapped(sample, () => {
    read++;
  });
  // The items that a shard leaves out are read, and so counted, before the one that it gives.
  for await (const item of shard === null ? counted : shardItems(counted, shard)) yield { index: read - 1, item };
}

async function* tapped(
  items: AsyncIterable<DatasetItem>,
  tap: (item: DatasetItem) => void,
): AsyncGenerator<DatasetItem, void, void> {
  for await (const item of items) {
    tap(item);
    yield item;
  }
}

/** What there is to do. */
export interface Survey {
  /** Chosen items of all shards. */
  readonly items: number;
  /** Those of this shard. */
  readonly mine: number;
  /** Hash of the ids and annotations of all chosen items, hexadecimal. */
  readonly fingerprint: string;
  /** What is read of the dataset; how images lie in their files is known of the chosen ones alone. */
  readonly reading: Reading;
}

/** Reads all items once, and of the images that are chosen no more than their headers. */
export async function surveyItems(dataset: Dataset, choice: ItemChoice, shard: Shard | null): Promise<Survey> {
  const hash = createHash('sha256').update(JSON.stringify(dataset.labelNames));
  const all = new ReadingCounter();
  const chosen = new ReadingCounter();
  let items = 0;
  const written = chooseWritten(dataset, choice, null, (item) => {
    all.add(item);
  });
  for await (const one of written) {
    const item = await placedItem(one.item);
    chosen.add(item);
    const { id, subset, annotated, labels, boxes, imagePath, malformed } = item;
    const broken = malformed === undefined ? [] : ['malformed'];
    hash.update(JSON.stringify([id, subset, annotated, labels, boxes.map(boxForHash), imagePath === null, ...broken]));
    items++;
  }
  let mine = items;
  if (shard !== null) {
    mine = 0;
    for await (const _ of chooseWritten(dataset, choice, shard)) mine++;
  }
  const reading = await withLeft(withChosen(all.reading, chosen.reading), dataset);
  return { items, mine, fingerprint: hash.digest('hex'), reading };
}

/** Names that the sides of a box have in the fingerprints of runs since version 0.1.0, which may still be gone on with. */
const SIDES: Readonly<Record<string, string>> = { width: 'w', height: 'h' };

function boxForHash(box: TrueBox): Record<string, unknown> {
  return Object.fromEntries(Object.entries(box).map(([name, value]) => [SIDES[name] ?? name, value]));
}
