import { STRENGTH } from '../../../report/map-painting.js';
import type { ColorMapName } from './color-maps.js';

/** What lies on the image. */
export type ViewMode = 'saliency' | 'evidence' | 'contrast' | 'error' | 'image';

/** How images and maps are shown. */
export interface ViewSettings {
  readonly mode: ViewMode;
  /** 0..1. */
  readonly opacity: number;
  /** The share of pixels that is colored, brightest first, 0..1. */
  readonly shown: number;
  readonly colors: ColorMapName;
  readonly boxes: boolean;
  readonly significant: boolean;
}

export const USUAL_SETTINGS: ViewSettings = {
  mode: 'saliency',
  opacity: STRENGTH,
  shown: 1,
  colors: 'inferno',
  boxes: true,
  significant: true,
};
