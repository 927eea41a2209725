/** Occlusion (Zeiler and Fergus 2014): hides one tile after the other; its saliency is what the score loses without it. */
import { z } from 'zod';

export const method = {
  name: 'tiles',
  title: 'hides one tile after the other',
  options: z.strictObject({
    tile: z.number().int().min(1).default(16).meta({ description: 'side of a tile in pixels of the input' }),
  }),

  plan({ width, height }, { tile }) {
    const columns = Math.ceil(width / tile);
    const count = columns * Math.ceil(height / tile);
    const tiles = Int32Array.from({ length: width * height }, (_, i) => {
      const row = Math.floor(i / width);
      return Math.floor(row / tile) * columns + Math.floor((i - row * width) / tile);
    });
    return {
      most: count,
      notes: [`${count} tiles are hidden one by one.`],
      draw(index, out) {
        for (let i = 0; i < out.length; i++) out[i] = tiles[i] === index ? 0 : 1;
      },
      map: (scores, baseline) => Float32Array.from(tiles, (at) => baseline - (scores[at] ?? baseline)),
    };
  },
};
