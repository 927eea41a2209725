import { rgb } from 'd3-color';
import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolatePuOr,
  interpolateTurbo,
  interpolateViridis,
} from 'd3-scale-chromatic';

/** Colour maps by name; cividis and viridis are also read by the colour-blind. */
export const COLOUR_MAPS = {
  turbo: table(interpolateTurbo),
  viridis: table(interpolateViridis),
  cividis: table(interpolateCividis),
  inferno: table(interpolateInferno),
  grey: table((level) => interpolateGreys(1 - level)),
} as const;
export type ColourMapName = keyof typeof COLOUR_MAPS;

/** Names in the order of the menu. */
export const COLOUR_MAP_NAMES: readonly ColourMapName[] = ['turbo', 'viridis', 'cividis', 'inferno', 'grey'];

/** Orange below zero, purple above. */
export const DIVERGING = table((level) => interpolatePuOr(1 - level));

/** 256 RGB triples. */
function table(colour: (level: number) => string): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: 256 }, (_, i) => {
      const { r, g, b } = rgb(colour(i / 255));
      return [r, g, b];
    }).flat(),
  );
}
