import { rgb } from 'd3-color';
import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolatePuOr,
  interpolateTurbo,
  interpolateViridis,
} from 'd3-scale-chromatic';

/** Color maps by name; cividis and viridis are also read by the color-blind. */
export const COLOR_MAPS = {
  turbo: table(interpolateTurbo),
  viridis: table(interpolateViridis),
  cividis: table(interpolateCividis),
  inferno: table(interpolateInferno),
  gray: table((level) => interpolateGreys(1 - level)),
} as const;
export type ColorMapName = keyof typeof COLOR_MAPS;

/** Names in the order of the menu. */
export const COLOR_MAP_NAMES: readonly ColorMapName[] = ['turbo', 'viridis', 'cividis', 'inferno', 'gray'];

/** Orange below zero, purple above. */
export const DIVERGING = table((level) => interpolatePuOr(1 - level));

/** 256 RGB triples. */
function table(color: (level: number) => string): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: 256 }, (_, i) => {
      const { r, g, b } = rgb(color(i / 255));
      return [r, g, b];
    }).flat(),
  );
}
