/** Extensions of image files, in the order in which they are tried for a name without one. */
export const EXTENSIONS = [
  '.jpg',
  '.jpeg',
  '.jpe',
  '.png',
  '.bmp',
  '.webp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
  '.heic',
  '.jfif',
];

/** Extensions of images that are not decoded. */
const UNREAD =
  /\.(ppm|pgm|pbm|pnm|jp2|j2k|jpx|jxl|dng|cr2|cr3|nef|arw|raf|rw2|orf|psd|exr|hdr|tga|ico|dcm|dicom|nii|svg|heif)$/i;

/** Whether a file name is that of an image of a kind that is not read. */
export function isUnreadImageName(name: string): boolean {
  return UNREAD.test(name);
}

/** Whether a file name has an image's extension. */
export function isImageName(name: string): boolean {
  const lower = name.toLowerCase();
  return EXTENSIONS.some((extension) => lower.endsWith(extension));
}
