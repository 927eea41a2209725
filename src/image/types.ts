/** A decoded image: 8-bit RGB, `[height, width, 3]`, row-major, EXIF orientation applied, no alpha. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Whether the file was transparent somewhere: its colors are those that lie under the transparency. */
  readonly droppedAlpha?: boolean;
  /** What the file had in the place of 8 bits, where bringing it to 8 may lose what is in it. */
  readonly deep?: DeepPixels;
}

/** Pixels of more than 8 bits a channel. */
export interface DeepPixels {
  /** `gray16`: divided by 256; `float`: cut to 0..255, floating point and whole numbers of 32 bits. */
  readonly kind: 'gray16' | 'float';
  /** Their greatest value. */
  readonly brightest: number;
}

/** A rectangle of whole pixels. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
