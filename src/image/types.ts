/** A decoded image: 8-bit sRGB, `[height, width, 3]`, row-major, EXIF orientation applied, no alpha. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Whether the file was transparent somewhere: its colors are those that lie under the transparency. */
  readonly droppedAlpha?: boolean;
}

/** A rectangle of whole pixels. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
