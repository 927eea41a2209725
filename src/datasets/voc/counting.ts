import type { VocAnnotation } from './annotation.js';

/** So many boxes at the first pixel are no chance. */
const ENOUGH = 3;

/**
 * Gathers, from the edges of all boxes, whether a dataset seems to count pixels from 1, as the VOC challenge does: then no box begins
 * at 0, boxes at the border begin at 1, and others end at the image's width or height.
 */
export class PixelCounting {
  #zeros = 0;
  #ones = 0;
  #last = 0;

  add({ size, objects, remarks }: VocAnnotation): void {
    // Files of the challenge say it themselves.
    if (remarks.length > 0) return;
    for (const { x, y, width, height } of objects) {
      const first = Math.min(x, y);
      if (first < 1) this.#zeros++;
      else if (first === 1) this.#ones++;
      if (size !== null && (x + width === size.width || y + height === size.height)) this.#last++;
    }
  }

  /** A guess with its evidence, in words; null where nothing speaks for it. */
  get guess(): string | null {
    if (this.#zeros > 0 || this.#ones < ENOUGH || this.#last === 0) return null;
    return (
      `pixels seem to be counted from 1 (a guess: no box begins at 0, ${this.#ones} begin at 1, ${this.#last} end at the image's last edge); ` +
      'edges are taken as they stand, so boxes would begin a pixel too far right and down.'
    );
  }
}
