import type { Box } from '../annotations/index.js';
import { readImageFrame, seenSize, type ImageFrame } from '../image/frame.js';
import { malformedItem } from './malformed.js';
import { scaleSegmentation, turnBox, turnSegmentation } from './turn.js';
import type { DatasetItem, ImageSize, TrueBox } from './types.js';

/** Pixels by which declared sizes may be off and still be those of the file: tools round differently. */
const NEAR = 2;

/** What is said of images whose boxes were brought to the image as it is seen, or may not lie where they seem to. */
export const FRAME_REMARKS = {
  stored: 'turned by EXIF, with the size and so the boxes of the image as it is stored: the boxes are turned with it',
  seen: 'turned by EXIF, with the size and so the boxes of the image as it is seen',
  unclear:
    'turned by EXIF, and no size tells whether the boxes are of the image as stored or as seen: they are taken as of the image as seen, so look at some',
  beyond:
    'turned by EXIF, and a box leads out of the size that is declared, as if it were of the image turned otherwise: look at it',
  scaled: 'of another size than is declared, in the same proportions: the boxes are scaled with the image',
  near: `of a size that differs by up to ${NEAR} pixels from what is declared: the boxes are taken as they stand`,
} as const;

/** What is said of a single image too: its boxes may lie wrong. */
export const REMARKS_TO_LOOK_AT: ReadonlySet<string> = new Set([
  FRAME_REMARKS.stored,
  FRAME_REMARKS.unclear,
  FRAME_REMARKS.beyond,
  FRAME_REMARKS.scaled,
]);

/**
 * An item with its boxes in pixels of the image as it is seen, upright, whichever frame the dataset has them in; its size
 * is then that of the image. Sizes tell: that of the file as stored, that as EXIF turns it, or one of the same proportions.
 * Where the declared size fits none of them, the item is malformed. Only images with boxes are looked at, and of these
 * only the headers of their files.
 */
export async function framedItem(item: DatasetItem): Promise<DatasetItem> {
  if (item.imagePath === null || item.boxes.length === 0) return item;
  // The decoder says what is wrong with a file, when its turn comes.
  const frame = await readImageFrame(item.imagePath).catch(() => null);
  if (frame === null) return item;
  const seen = seenSize(frame);
  const place = placeOf(item, frame);
  if (place.kind === 'refused') {
    const { width, height } = item.size ?? seen;
    return malformedItem(
      item,
      `${item.imagePath}: the annotations declare ${width} x ${height} pixels, and the image has ${seen.width} x ${seen.height}, in other proportions, so its boxes have no place: correct the size, or the image.`,
    );
  }
  const remarks = place.remark === null ? (item.remarks ?? []) : [...(item.remarks ?? []), place.remark];
  const boxes = place.kind === 'as-it-is' ? item.boxes : item.boxes.map((box) => placed(box, frame, place));
  return { ...item, size: seen, boxes, ...(remarks.length > 0 ? { remarks } : {}) };
}

/** What is done with the boxes of an image. */
type FramePlace =
  | { readonly kind: 'as-it-is'; readonly remark: string | null }
  /** They are of the image as stored; scaled first, where its size is another one than is declared. */
  | { readonly kind: 'stored'; readonly remark: string; readonly scale: Scale }
  | { readonly kind: 'scaled'; readonly remark: string; readonly scale: Scale }
  | { readonly kind: 'refused' };

interface Scale {
  readonly x: number;
  readonly y: number;
}

const SAME: Scale = { x: 1, y: 1 };

function placeOf({ size, boxes }: DatasetItem, frame: ImageFrame): FramePlace {
  const stored: ImageSize = { width: frame.width, height: frame.height };
  const seen = seenSize(frame);
  const isTurned = frame.orientation !== 1;
  const fits = (into: ImageSize): boolean => boxes.every((box) => isIn(box, into));
  if (size === null) {
    if (!isTurned) return { kind: 'as-it-is', remark: null };
    if (fits(stored) && !fits(seen)) return { kind: 'stored', remark: FRAME_REMARKS.stored, scale: SAME };
    return { kind: 'as-it-is', remark: fits(stored) ? FRAME_REMARKS.unclear : FRAME_REMARKS.seen };
  }
  if (isSame(size, seen)) {
    if (!isTurned) return { kind: 'as-it-is', remark: null };
    if (isSame(size, stored)) return { kind: 'as-it-is', remark: FRAME_REMARKS.unclear };
    return { kind: 'as-it-is', remark: !fits(seen) && fits(stored) ? FRAME_REMARKS.beyond : FRAME_REMARKS.seen };
  }
  if (isSame(size, stored)) {
    const remark = !fits(stored) && fits(seen) ? FRAME_REMARKS.beyond : FRAME_REMARKS.stored;
    return { kind: 'stored', remark, scale: SAME };
  }
  if (isNear(size, seen)) return { kind: 'as-it-is', remark: FRAME_REMARKS.near };
  const bySeen = scaleOf(size, seen);
  if (bySeen !== null) return { kind: 'scaled', remark: FRAME_REMARKS.scaled, scale: bySeen };
  const byStored = scaleOf(size, stored);
  return byStored === null ? { kind: 'refused' } : { kind: 'stored', remark: FRAME_REMARKS.scaled, scale: byStored };
}

const isSame = (a: ImageSize, b: ImageSize): boolean => a.width === b.width && a.height === b.height;

const isNear = (a: ImageSize, b: ImageSize): boolean =>
  Math.abs(a.width - b.width) <= NEAR && Math.abs(a.height - b.height) <= NEAR;

/** A box may lead out by a pixel: tools round, and some count the last pixel in. */
const isIn = ({ x, y, width, height }: Box, size: ImageSize): boolean =>
  x >= -1 && y >= -1 && x + width <= size.width + 1 && y + height <= size.height + 1;

/** How one size becomes another of the same proportions, as rounding to whole pixels allows; null where they differ. */
function scaleOf(from: ImageSize, to: ImageSize): Scale | null {
  const x = to.width / from.width;
  const y = to.height / from.height;
  const off = Math.min(Math.abs(from.width * y - to.width), Math.abs(from.height * x - to.height));
  return off <= 1 ? { x, y } : null;
}

function placed(
  box: TrueBox,
  frame: ImageFrame,
  place: { readonly kind: 'stored' | 'scaled'; readonly scale: Scale },
): TrueBox {
  const { scale } = place;
  const scaled: TrueBox = {
    ...box,
    x: box.x * scale.x,
    y: box.y * scale.y,
    width: box.width * scale.x,
    height: box.height * scale.y,
    segmentation: box.segmentation === null ? null : scaleSegmentation(box.segmentation, scale.x, scale.y),
  };
  return place.kind === 'scaled' ? scaled : turnedBox(scaled, frame);
}

/** A box of the image as stored, on the image as it is seen. */
function turnedBox(box: TrueBox, frame: ImageFrame): TrueBox {
  const { x, y, width, height } = turnBox(box, frame);
  const segmentation = box.segmentation === null ? null : turnSegmentation(box.segmentation, frame);
  return { ...box, x, y, width, height, segmentation };
}
