import type { RgbImage } from './types.js';

/** Tiles along a side of a shuffled image. */
const TILES = 4;
/** Where the tile of each place comes from, row by row: none stays, and no two neighbors stay neighbors. */
const FROM = [5, 10, 15, 0, 12, 3, 8, 7, 2, 13, 6, 9, 14, 1, 4, 11] as const;

/** The image cut into 4 x 4 tiles that change places: the same colors and textures, no objects. */
export function shuffledImage({ width, height, data }: RgbImage): RgbImage {
  const shuffled = Uint8Array.from(data);
  const tileWidth = Math.floor(width / TILES);
  const tileHeight = Math.floor(height / TILES);
  FROM.forEach((from, to) => {
    for (let y = 0; y < tileHeight; y++) {
      const source = (Math.floor(from / TILES) * tileHeight + y) * width + (from % TILES) * tileWidth;
      const target = (Math.floor(to / TILES) * tileHeight + y) * width + (to % TILES) * tileWidth;
      shuffled.set(data.subarray(source * 3, (source + tileWidth) * 3), target * 3);
    }
  });
  return { width, height, data: shuffled };
}

/** Every value drawn at random from 0..255; the same for the same size. */
export function noiseImage(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let state = 12345;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    data[i] = state >>> 16;
  }
  return { width, height, data };
}
