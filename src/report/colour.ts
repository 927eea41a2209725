import { rgb } from 'd3-color';
import { interpolateTurbo } from 'd3-scale-chromatic';

/** The Turbo colour map as 256 RGB triples: dark blue is low, dark red is high. */
export const TURBO: Uint8Array = Uint8Array.from(
  Array.from({ length: 256 }, (_, i) => {
    const { r, g, b } = rgb(interpolateTurbo(i / 255));
    return [r, g, b];
  }).flat(),
);
