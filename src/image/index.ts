export { decodeImage, readImage } from './decode.js';
export { outlineBox } from './draw.js';
export { encodeGrayPng, encodePng, encodeWebp } from './encode.js';
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
