/** An axis-parallel box: left, top, width, height, in any one unit. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Intersection over union of two boxes, 0..1, with continuous coordinates (no "+1 pixel"). Boxes without area have
 * IoU 0 with everything.
 */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}

/**
 * Greedy non-maximum suppression within each label: boxes in falling order of score, each dropped when its IoU with a
 * kept one of the same label exceeds `threshold`. Ties keep their given order.
 */
export function nms<T extends Box & { readonly label: number; readonly score: number }>(
  boxes: readonly T[],
  threshold = 0.5,
): T[] {
  const kept: T[] = [];
  if (boxes.some(({ width, height }) => Number.isNaN(width * height))) {
    throw new TypeError('a box has x, y, width and height, all of them numbers');
  }
  for (const box of [...boxes].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => other.label === box.label && iou(other, box) > threshold)) kept.push(box);
  }
  return kept;
}
