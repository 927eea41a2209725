import type { Box } from '../annotations/index.js';
import { outlineBox, resizeImage, type RgbImage } from '../image/index.js';
import type { ExplainedImage, ExplainedTarget } from '../runs/explanation.js';
import { TURBO } from './colour.js';
import { evidenceRegion } from './evidence-region.js';
import { renderedMap, type RenderedMap } from './rendered-map.js';
import { toGrey } from './scale.js';

/** How much of the colour map covers the picture at the lowest and at the highest saliency. */
const FAINTEST = 0.08;
const STRONGEST = 0.75;
/** For each level of the map, the share of the picture's light that is left, and the colour that is added. */
const LEFT = Float64Array.from({ length: 256 }, (_, level) => 1 - FAINTEST - ((STRONGEST - FAINTEST) * level) / 255);
const ADDED = Float64Array.from({ length: 256 * 3 }, (_, at) => TURBO[at]! * (1 - LEFT[Math.floor(at / 3)]!));

/**
 * The map of a target as 0..255 for the eye, `[mapHeight, mapWidth]`. A map that is no more than noise is all zeros:
 * stretched, it would look like a finding.
 */
export function greyOf(target: ExplainedTarget, { map, range }: RenderedMap = renderedMap(target)): Uint8Array {
  return target.verdict === 'noise' ? new Uint8Array(map.length) : toGrey(map, range);
}

/**
 * A picture with a target's saliency in colour on top: stronger colour where saliency is higher, the picture in grey
 * beneath, so that its own colours are not read as saliency. The region whose evidence is beyond doubt has a
 * white contour, the target's box a frame.
 *
 * @returns of the map's size
 */
export async function overlayOf(picture: RgbImage, target: ExplainedTarget, image: ExplainedImage): Promise<RgbImage> {
  return paintedOver(await resizeImage(picture, image.mapWidth, image.mapHeight), target, image, renderedMap(target));
}

/** The same on a picture of the map's size, at once. */
export function paintedOver(
  shown: RgbImage,
  target: ExplainedTarget,
  { mapScale }: ExplainedImage,
  rendered: RenderedMap,
): RgbImage {
  const coloured = colour(shown, greyOf(target, rendered));
  if (target.verdict !== 'noise') drawContour(coloured, evidenceRegion(target, undefined, rendered.map));
  if (target.bbox !== null) outlineBox(coloured, scaled(target.bbox, mapScale));
  return coloured;
}

/** @param grey `[height, width]`, 0..255, of the picture's size */
function colour(picture: RgbImage, grey: Uint8Array): RgbImage {
  const data = new Uint8Array(picture.data.length);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
    const level = grey[pixel]!;
    const light = 0.299 * picture.data[at]! + 0.587 * picture.data[at + 1]! + 0.114 * picture.data[at + 2]!;
    const dimmed = light * LEFT[level]! + 0.5;
    data[at] = dimmed + ADDED[level * 3]!;
    data[at + 1] = dimmed + ADDED[level * 3 + 1]!;
    data[at + 2] = dimmed + ADDED[level * 3 + 2]!;
  }
  return { width: picture.width, height: picture.height, data };
}

/** Whitens the pixels of a region that have a neighbour outside it. */
function drawContour(picture: RgbImage, region: Uint8Array): void {
  const { width, height, data } = picture;
  const reach = Math.max(1, Math.round(Math.max(width, height) / 500));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (region[at] === 0) continue;
      const edge =
        (x >= reach && region[at - reach] === 0) ||
        (x + reach < width && region[at + reach] === 0) ||
        (y >= reach && region[at - reach * width] === 0) ||
        (y + reach < height && region[at + reach * width] === 0);
      if (edge) data.fill(255, at * 3, at * 3 + 3);
    }
  }
}

function scaled({ x, y, w, h }: Box, factor: number): Box {
  return { x: x * factor, y: y * factor, w: w * factor, h: h * factor };
}
