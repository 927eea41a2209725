import { isDrawn } from '../explain/verdict.js';
import { rgb } from 'd3-color';
import { interpolateTurbo } from 'd3-scale-chromatic';
import type { Box } from '../annotations/index.js';
import { outlineBox, resizeImage, type RgbImage } from '../image/index.js';
import type { ExplainedImage, ExplainedTarget } from '../results/explanation.js';
import { renderedMap, type RenderedMap } from '../results/records.js';
import { evidenceRegion } from '../results/region.js';
import { toGray } from '../results/scale.js';

/** The Turbo color map as 256 RGB triples: dark blue is low, dark red is high. */
const TURBO: Uint8Array = Uint8Array.from(
  Array.from({ length: 256 }, (_, i) => {
    const { r, g, b } = rgb(interpolateTurbo(i / 255));
    return [r, g, b];
  }).flat(),
);

/** How much of the color map covers the image at the lowest and at the highest saliency. */
const FAINTEST = 0.08;
const STRONGEST = 0.75;
/** For each level of the map, the share of the image's light that is left, and the color that is added. */
const LEFT = Float64Array.from({ length: 256 }, (_, level) => 1 - FAINTEST - ((STRONGEST - FAINTEST) * level) / 255);
const ADDED = Float64Array.from({ length: 256 * 3 }, (_, at) => TURBO[at]! * (1 - LEFT[Math.floor(at / 3)]!));

/**
 * The map of a target as 0..255 for the eye, `[mapHeight, mapWidth]`. A map that is no more than noise is all zeros:
 * stretched, it would look like a finding.
 */
export function grayOf(target: ExplainedTarget, { map, range }: RenderedMap = renderedMap(target)): Uint8Array {
  return !isDrawn(target.verdict) ? new Uint8Array(map.length) : toGray(map, range);
}

/**
 * An image with a target's saliency in color on top: stronger color where saliency is higher, the image in gray
 * beneath, so that its own colors are not read as saliency. The region whose evidence is beyond doubt has a
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
  const colored = color(shown, grayOf(target, rendered));
  if (isDrawn(target.verdict)) drawContour(colored, evidenceRegion(target, undefined, rendered.map));
  if (target.box !== null) outlineBox(colored, scaled(target.box, mapScale));
  return colored;
}

/** @param gray `[height, width]`, 0..255, of the image's size */
function color(image: RgbImage, gray: Uint8Array): RgbImage {
  const data = new Uint8Array(image.data.length);
  for (let pixel = 0, at = 0; pixel < gray.length; pixel++, at += 3) {
    const level = gray[pixel]!;
    const light = 0.299 * image.data[at]! + 0.587 * image.data[at + 1]! + 0.114 * image.data[at + 2]!;
    const dimmed = light * LEFT[level]! + 0.5;
    data[at] = dimmed + ADDED[level * 3]!;
    data[at + 1] = dimmed + ADDED[level * 3 + 1]!;
    data[at + 2] = dimmed + ADDED[level * 3 + 2]!;
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
