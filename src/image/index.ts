/** What images need on every platform; files of images are in `files.ts`. */
export { blurImage } from './blur.js';
export { outlineBox } from './draw.js';
export {
  boxToImage,
  boxToInput,
  clipBox,
  mapToImage,
  placeImage,
  type Placement,
  type ResizeMode,
} from './placement.js';
export { resizeImage } from './resize.js';
export { noiseImage, shuffledImage } from './scrambled.js';
export { cropImage, meanColor, mirrorImage, plainImage } from './transform.js';
export type { PixelRect, RgbImage } from './types.js';
