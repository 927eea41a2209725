import type { DatasetItem, ImageSize, TrueBox } from './types.js';

/** How boxes are called that have no place on their image. */
const NO_AREA = 'boxes without area';
const OUTSIDE = 'boxes outside of their image';

/** Leaves out boxes without area or of a negative size: no answer can lie on them, and none is missed. */
export function withArea(item: DatasetItem): DatasetItem {
  return leftOut(item, NO_AREA, ({ width, height }) => width > 0 && height > 0);
}

/** Leaves out boxes that do not touch the image. */
export function withinImage(item: DatasetItem, size: ImageSize | null): DatasetItem {
  if (size === null) return item;
  return leftOut(
    item,
    OUTSIDE,
    ({ x, y, width, height }) => x < size.width && y < size.height && x + width > 0 && y + height > 0,
  );
}

function leftOut(item: DatasetItem, kind: string, isUsable: (box: TrueBox) => boolean): DatasetItem {
  const boxes = item.boxes.filter(isUsable);
  if (boxes.length === item.boxes.length) return item;
  const lost = item.boxes.filter((box) => !isUsable(box));
  return {
    ...item,
    boxes,
    passedOver: { ...item.passedOver, [kind]: (item.passedOver?.[kind] ?? 0) + lost.length },
    withoutPlace: [...(item.withoutPlace ?? []), ...lost.map(({ label }) => label)],
  };
}
