export { decodeImage, readImage } from './decode.js';
export { outlineBox } from './draw.js';
export { encodeGreyPng, encodePng, encodeWebp } from './encode.js';
export {
  boxToImage,
  boxToInput,
  clipBox,
  mapToImage,
  placeImage,
  type Placement,
  type ResizeMode,
} from './placement.js';
export { blurImage, cropImage, meanColour, mirrorImage, plainImage, resizeImage } from './transform.js';
export type { PixelRect, RgbImage } from './types.js';
