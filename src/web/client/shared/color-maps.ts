import { interpolatePuOr } from 'd3-scale-chromatic';
import { COLOR_MAPS, colorTable, type ColorMapName } from '../../../report/map-painting.js';

/** Names in the order of the menu. */
export const COLOR_MAP_NAMES: readonly ColorMapName[] = ['inferno', 'viridis', 'cividis', 'gray', 'turbo'];

/** Orange below zero, purple above. */
export const DIVERGING = colorTable((level) => interpolatePuOr(1 - level));

export { COLOR_MAPS, type ColorMapName };
