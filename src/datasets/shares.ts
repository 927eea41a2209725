import { malformedItem } from './malformed.js';
import { DatumError } from '../errors.js';
import type { Dataset, DatasetItem, TrueBox } from './types.js';

/** Formats whose files have shares of the image, which their readers bring to pixels. */
const OF_SHARES: ReadonlySet<string> = new Set([
  ...['yolo', 'yolo_loose', 'yolo_ultralytics', 'open_images', 'fiftyone', 'label_studio'],
]);

/** Items that are looked at when a dataset is opened, and of these with boxes. */
const LOOKED_AT = 200;
const WITH_BOXES = 20;

/** Shares may lead out a little, where tools round; whole pixels do not lie between. */
const MOST = 1.01;

/** What is smaller is no pixel, however it was rounded. */
const PIXEL = 0.99;

/**
 * Whether the boxes of an image are shares of it: all lie within one pixel, and one is smaller. Null where they don't
 * tell: boxes without area are left out elsewhere, and a box of exactly one pixel may be either.
 */
function areShares(boxes: readonly TrueBox[]): boolean | null {
  const sized = boxes.filter(({ width, height }) => width > 0 && height > 0);
  const isWithin = sized.every(({ x, y, width, height }) =>
    [x, y, x + width, y + height].every((edge) => edge >= 1 - MOST && edge <= MOST),
  );
  if (!isWithin) return false;
  return sized.some(({ width, height }) => Math.min(width, height) < PIXEL) ? true : null;
}

/** A format of pixels whose boxes are no larger than one: they are of the image's width and height, and were not read so. */
export function withoutShares(format: string, item: DatasetItem): DatasetItem {
  if (OF_SHARES.has(format) || areShares(item.boxes) !== true) return item;
  return malformedItem(item, `its boxes are in shares of the image (0 to 1), and ${format} has pixels: ${REMEDY}.`);
}

const REMEDY = "multiply x and width by the image's width, y and height by its height";

/**
 * Refuses a dataset all of whose boxes are in shares of the image, as far as its first items show, where its format has
 * pixels: whether the tool that wrote it meant their corner or center, nothing tells.
 *
 * @throws DatumError (`dataset`).
 */
export async function refuseShares(dataset: Dataset): Promise<void> {
  const { format, root } = dataset;
  if (OF_SHARES.has(format)) return;
  // A file that cannot be read is named when its turn comes.
  if (!(await beginsWithShares(dataset.items()).catch(() => false))) return;
  throw new DatumError(
    'dataset',
    `${root}: all boxes are in shares of the image (0 to 1), and ${format} has pixels: ${REMEDY}.`,
    { file: root },
  );
}

async function beginsWithShares(items: AsyncIterable<DatasetItem>): Promise<boolean> {
  let looked = 0;
  let shares = 0;
  for await (const { boxes } of items) {
    const shown = areShares(boxes);
    if (shown === false) return false;
    if (shown === true) shares++;
    if (++looked >= LOOKED_AT || shares >= WITH_BOXES) break;
  }
  return shares > 0;
}
