import { isDrawn } from '../explain/verdict.js';
import type { Box } from '../annotations/index.js';
import { outlineBox, resizeImage, type RgbImage } from '../image/index.js';
import type { ExplainedImage, ExplainedTarget } from '../results/explanation.js';
import { renderedMap, type RenderedMap } from '../results/records.js';
import { evidenceRegion } from '../results/region.js';
import { toGray } from '../results/scale.js';
import { COLOR_MAPS, coverOf, GRAYED, levelOfColor, STRENGTH } from './map-painting.js';

/** Weights of the channels in the gray of an image, and what of its colors is left: the filters `saturate` and `brightness` of CSS. */
const GRAY = [0.213, 0.715, 0.072] as const;

/**
 * The map of a target as 0..255 for the eye, `[mapHeight, mapWidth]`. A map that is no more than noise is all zeros:
 * stretched, it would look like a finding.
 */
export function grayOf(target: ExplainedTarget, { map, range }: RenderedMap = renderedMap(target)): Uint8Array {
  return !isDrawn(target.verdict) ? new Uint8Array(map.length) : toGray(map, range);
}

/**
 * An image with a target's saliency in color on top: what raises the score is colored, brighter where it raises it more, and the
 * image is nearly gray beneath, so that its own colors are not read as saliency. The region whose evidence is beyond doubt has a
 * white contour, the target's box a frame.
 *
 * @returns of the map's size
 */
export function overlayOf(pixels: RgbImage, target: ExplainedTarget, image: ExplainedImage): RgbImage {
  return paintedOver(resizeImage(pixels, image.mapWidth, image.mapHeight), target, image, renderedMap(target));
}

/** The same on an image of the map's size, at once. */
export function paintedOver(
  shown: RgbImage,
  target: ExplainedTarget,
  { mapScale }: ExplainedImage,
  rendered: RenderedMap,
): RgbImage {
  const drawn = isDrawn(target.verdict);
  const colored = color(shown, drawn ? rendered : null);
  if (drawn) drawContour(colored, evidenceRegion(target, undefined, rendered.map));
  if (target.box !== null) outlineBox(colored, scaled(target.box, mapScale));
  return colored;
}

/** @param rendered of the image's size; null where there is no map to show */
function color(image: RgbImage, rendered: RenderedMap | null): RgbImage {
  const { saturation, brightness } = GRAYED;
  const table = COLOR_MAPS.inferno;
  const highest = rendered?.range.max ?? 0;
  const data = new Uint8Array(image.data.length);
  for (let pixel = 0, at = 0; at < data.length; pixel++, at += 3) {
    const share = highest > 0 ? rendered!.map[pixel]! / highest : 0;
    const cover = STRENGTH * coverOf(share);
    const from = 3 * levelOfColor(share);
    const gray = GRAY[0] * image.data[at]! + GRAY[1] * image.data[at + 1]! + GRAY[2] * image.data[at + 2]!;
    for (let channel = 0; channel < 3; channel++) {
      const muted = brightness * (gray + saturation * (image.data[at + channel]! - gray));
      data[at + channel] = (1 - cover) * muted + cover * table[from + channel]! + 0.5;
    }
  }
  return { width: image.width, height: image.height, data };
}

/** Whitens the pixels of a region that have a neighbor outside it. */
function drawContour(image: RgbImage, region: Uint8Array): void {
  const { width, height, data } = image;
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

function scaled({ x, y, width, height }: Box, factor: number): Box {
  return { x: x * factor, y: y * factor, width: width * factor, height: height * factor };
}
