/** What is done with images that are decoded; files of images are in `files.ts`. */
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
export { blurImage, cropImage, meanColor, mirrorImage, plainImage, resizeImage } from './transform.js';
export type { PixelRect, RgbImage } from './types.js';
