import { DatumError } from '../errors.js';
import type { DatasetItem, TrueBox } from './types.js';

/** Said of an image that annotations name more than once. */
export const NAMED_TWICE = 'that the annotations name more than once: each is read once, with all that is said of it';

/**
 * Items of which none has the image of another: those of one image are one item, in the place of the first, with the
 * annotations of all. They are read once beforehand, to know.
 *
 * @param read gives the items, always in the same order.
 */
export function joinTwice(read: () => AsyncIterable<DatasetItem>): () => AsyncGenerator<DatasetItem> {
  let known: ReadonlyMap<string, DatasetItem> | null = null;
  return async function* () {
    known ??= await joinedItems(read);
    const given = new Set<string>();
    for await (const item of read()) {
      const joined = item.imagePath === null ? undefined : known.get(item.imagePath);
      if (joined === undefined) yield item;
      else if (!given.has(joined.id)) {
        given.add(joined.id);
        yield joined;
      }
    }
  };
}

/** By their images, the items that stand for several. Memory grows with these alone, and with the paths of images. */
async function joinedItems(read: () => AsyncIterable<DatasetItem>): Promise<ReadonlyMap<string, DatasetItem>> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  // A file that cannot be read to its end is named when the items are given.
  await eachWithImage(read, (path) => {
    if (seen.has(path)) twice.add(path);
    seen.add(path);
  });
  const joined = new Map<string, DatasetItem>();
  if (twice.size === 0) return joined;
  await eachWithImage(read, (path, item) => {
    if (!twice.has(path)) return;
    const before = joined.get(path);
    joined.set(
      path,
      before === undefined ? { ...item, remarks: [...(item.remarks ?? []), NAMED_TWICE] } : join(before, item),
    );
  });
  return joined;
}

async function eachWithImage(
  read: () => AsyncIterable<DatasetItem>,
  take: (path: string, item: DatasetItem) => void,
): Promise<void> {
  try {
    for await (const item of read()) if (item.imagePath !== null) take(item.imagePath, item);
  } catch (error) {
    if (!(error instanceof DatumError)) throw error;
  }
}

/** What one item says and what another says of the same image; what both say counts once. */
function join(first: DatasetItem, second: DatasetItem): DatasetItem {
  const passedOver: Record<string, number> = { ...first.passedOver };
  for (const [kind, count] of Object.entries(second.passedOver ?? {}))
    passedOver[kind] = (passedOver[kind] ?? 0) + count;
  const withoutPlace = [...(first.withoutPlace ?? []), ...(second.withoutPlace ?? [])];
  const sentence = first.malformed ?? second.malformed ?? sizesDiffer(first, second);
  const isBroken = sentence !== undefined;
  return {
    ...first,
    size: first.size ?? second.size,
    annotated: !isBroken && (first.annotated || second.annotated),
    labels: isBroken
      ? []
      : [...first.labels, ...second.labels.filter(({ label }) => !first.labels.some((other) => other.label === label))],
    boxes: isBroken
      ? []
      : [...first.boxes, ...second.boxes.filter((box) => !first.boxes.some((other) => isSame(box, other)))],
    attributes: { ...second.attributes, ...first.attributes },
    ...(Object.keys(passedOver).length > 0 ? { passedOver } : {}),
    ...(withoutPlace.length > 0 ? { withoutPlace } : {}),
    remarks: [...new Set([...(first.remarks ?? []), ...(second.remarks ?? [])])],
    ...(isBroken ? { malformed: sentence } : {}),
  };
}

/** Boxes of two frames do not lie on one image. */
function sizesDiffer({ imagePath, size }: DatasetItem, other: DatasetItem): string | undefined {
  if (size === null || other.size === null) return undefined;
  if (size.width === other.size.width && size.height === other.size.height) return undefined;
  return `${imagePath ?? ''}: the annotations name it twice, with ${size.width} x ${size.height} and ${other.size.width} x ${other.size.height} pixels: correct the size.`;
}

/** Boxes of which none is another's double. */
export function eachOnce(boxes: readonly TrueBox[]): TrueBox[] {
  return boxes.filter((box, i) => !boxes.slice(0, i).some((other) => isSame(box, other)));
}

/** Whether two boxes are the same object. */
function isSame(a: TrueBox, b: TrueBox): boolean {
  return a.label === b.label && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
