import type { ColourMapName } from './colour-maps.js';

/** What lies on the picture. */
export type ViewMode = 'saliency' | 'evidence' | 'contrast' | 'error' | 'picture';

/** How pictures and maps are shown. */
export interface ViewSettings {
  readonly mode: ViewMode;
  /** 0..1. */
  readonly opacity: number;
  /** The share of pixels that is coloured, most salient first, 0..1. */
  readonly shown: number;
  readonly colours: ColourMapName;
  readonly boxes: boolean;
  readonly significant: boolean;
}

export const USUAL_SETTINGS: ViewSettings = {
  mode: 'saliency',
  opacity: 0.65,
  shown: 1,
  colours: 'turbo',
  boxes: true,
  significant: true,
};
