import { coverOf, levelOfColor } from '../../../report/map-painting.js';
import { COLOR_MAPS, DIVERGING } from './color-maps.js';
import { enlarge, levelOfShare, type SaliencyMap } from './saliency-map.js';
import type { ViewSettings } from './view-settings.js';

/** What is painted over an image. */
export interface Layer {
  readonly map: SaliencyMap | null;
  readonly contrast: SaliencyMap | null;
  /** Standard error of the map. */
  readonly error?: SaliencyMap | null;
  /** Share of pixels that suffices for the answer. */
  readonly sufficient: number | null;
  /** Above half where keeping a pixel raises the score beyond doubt. */
  readonly significant: SaliencyMap | null;
}

/** Paints a layer as the settings say, `[height, width, 4]`; nothing where the layer has no such map. */
export function paintLayer(layer: Layer, settings: ViewSettings, width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  switch (settings.mode) {
    case 'saliency':
      if (layer.map !== null) paintSaliency(image, layer.map, layer.significant, settings);
      break;
    case 'evidence':
      if (layer.map !== null) paintEvidence(image, layer.map, layer.sufficient ?? settings.shown, settings);
      break;
    case 'contrast':
      if (layer.contrast !== null) paintContrast(image, layer.contrast, settings);
      break;
    case 'error':
      if (layer.error != null) paintSaliency(image, layer.error, null, { ...settings, shown: 1 });
      break;
    case 'image':
      break;
  }
  return image;
}

function paintSaliency(
  image: ImageData,
  map: SaliencyMap,
  significant: SaliencyMap | null,
  settings: ViewSettings,
): void {
  const { width, height } = image;
  const values = enlarge(map, width, height);
  const least = levelOfShare(values, settings.shown);
  const colors = COLOR_MAPS[settings.colors];
  const span = map.max - map.min;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < least || map.max <= 0) continue;
    // Pixels that add nothing leave the image to be seen.
    const share = (map.min + value * span) / map.max;
    put(image, i, colors, levelOfColor(share), settings.opacity * coverOf(share));
  }
  if (settings.significant && significant !== null) {
    const region = enlarge(significant, width, height);
    outline(image, (i) => region[i]! >= 0.5);
  }
}

/** Leaves the most salient pixels as they are and darkens the rest. */
function paintEvidence(image: ImageData, map: SaliencyMap, share: number, { opacity }: ViewSettings): void {
  const values = enlarge(map, image.width, image.height);
  const least = levelOfShare(values, share);
  const alpha = Math.round(255 * Math.min(1, 0.35 + opacity * 0.65));
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least) image.data.set([12, 14, 18, alpha], i * 4);
  }
}

function paintContrast(image: ImageData, map: SaliencyMap, { opacity }: ViewSettings): void {
  const values = enlarge(map, image.width, image.height);
  const largest = Math.max(Math.abs(map.min), Math.abs(map.max)) || 1;
  for (let i = 0; i < values.length; i++) {
    const relative = (map.min + values[i]! * (map.max - map.min)) / largest;
    put(image, i, DIVERGING, Math.round(127.5 + 127.5 * relative), opacity * Math.abs(relative) ** 0.7);
  }
}

function put(image: ImageData, pixel: number, colors: Uint8Array, level: number, alpha: number): void {
  const at = pixel * 4;
  image.data[at] = colors[level * 3]!;
  image.data[at + 1] = colors[level * 3 + 1]!;
  image.data[at + 2] = colors[level * 3 + 2]!;
  image.data[at + 3] = Math.round(255 * alpha);
}

/** Whitens the pixels of a region that have a neighbour outside. */
function outline(image: ImageData, inside: (pixel: number) => boolean): void {
  const { width, height } = image;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (!inside(i)) continue;
      if (inside(i - 1) && inside(i + 1) && inside(i - width) && inside(i + width)) continue;
      image.data.set([255, 255, 255, 255], i * 4);
    }
  }
}
