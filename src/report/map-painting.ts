import { rgb } from 'd3-color';
import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolateTurbo,
  interpolateViridis,
} from 'd3-scale-chromatic';

/** How a map is painted over an image, the same in files, in the terminal and on pages. */

/** Color maps by name, the usual one first; all but turbo are also read by the color-blind. */
export const COLOR_MAPS = {
  inferno: colorTable(interpolateInferno),
  viridis: colorTable(interpolateViridis),
  cividis: colorTable(interpolateCividis),
  gray: colorTable((level) => interpolateGreys(1 - level)),
  turbo: colorTable(interpolateTurbo),
} as const;
export type ColorMapName = keyof typeof COLOR_MAPS;

/** The darkest color used, of 256: faint saliency would look like a shadow below it. */
const DARKEST = 60;
/** Shares of the highest saliency below which nothing is painted. */
const FAINTEST = 0.06;
/** Below 1, so that the middle of the scale is seen too. */
const CURVE = 0.75;

/** How much of the image the color covers at the highest saliency. */
export const STRENGTH = 0.85;

/** While a map is shown the image is nearly gray, so that its own colors are not read as saliency. */
export const GRAYED = { saturation: 0.26, brightness: 0.93 } as const;

/** How much of the color of a saliency covers the image, of what covers it at the highest, 0..1. */
export function coverOf(share: number): number {
  return share <= FAINTEST ? 0 : ((Math.min(1, share) - FAINTEST) / (1 - FAINTEST)) ** CURVE;
}

/** The color of a saliency in a table of 256. */
export function levelOfColor(share: number): number {
  return Math.round(DARKEST + (255 - DARKEST) * Math.min(1, Math.max(0, share)));
}

/** 256 RGB triples. */
export function colorTable(color: (level: number) => string): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: 256 }, (_, i) => {
      const { r, g, b } = rgb(color(i / 255));
      return [r, g, b];
    }).flat(),
  );
}
