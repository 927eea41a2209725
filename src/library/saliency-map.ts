/** Saliency of every pixel of an image, or of the image scaled: what a pixel adds to the score when it is kept. */
export interface SaliencyMap {
  /** `[height, width]`, row-major; in score units where this tool made it. */
  readonly data: Float32Array;
  readonly shape: readonly [height: number, width: number];
}

/** Which pixels belong to something: 1, or 0. */
export interface PixelMask {
  /** `[height, width]`, row-major. */
  readonly data: Uint8Array;
  readonly shape: readonly [height: number, width: number];
}
