import { Chalk } from 'chalk';
import { resizeImage, type RgbImage } from '../../image/index.js';

/**
 * An image as lines of half blocks, two pixels a character, in as many colors as the terminal has.
 *
 * @param columns width in characters
 */
export function terminalImage(image: RgbImage, columns: number): string[] {
  const width = Math.max(1, Math.min(columns, image.width));
  const rows = Math.max(1, Math.round((image.height / image.width) * width * 0.5));
  const small = resizeImage(image, width, rows * 2);
  // The caller knows that this is a terminal; how many colors it has, chalk finds out.
  const chalk = new Chalk();
  const color = (x: number, y: number): [number, number, number] => {
    const at = (y * width + x) * 3;
    return [small.data[at]!, small.data[at + 1]!, small.data[at + 2]!];
  };
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: width }, (__, x) =>
      chalk.rgb(...color(x, row * 2)).bgRgb(...color(x, row * 2 + 1))('\u2580'),
    ).join(''),
  );
}
