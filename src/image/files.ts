/** Images as files, by sharp: for Node alone. */
export { decodeImage, readImage } from './decode.js';
export { encodeGrayPng, encodePng, encodeWebp } from './encode.js';
export { decodeGray16Png, encodeGray16Png, type Gray16Image } from './gray16.js';
export { decodeGrayMap, type GrayMap } from './gray-map.js';
export { imageLibrary } from './library.js';
