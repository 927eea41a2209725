/** Opens models in JSON, which score how bright an image is: `{ "width": 24, "height": 16, "gain": 1 }`. */
import { readFile } from 'node:fs/promises';
import type { LauncherPlugin } from 'datum-explain';

export const launcher: LauncherPlugin = {
  name: 'brightness',
  extensions: ['.bright'],
  async open({ description }) {
    const { width, height, gain } = modelOf(JSON.parse(await readFile(description, 'utf8')));
    return {
      signature: {
        inputs: [{ name: 'image', shape: ['N', 3, height, width] }],
        outputs: [{ name: 'scores', shape: ['N', 2] }],
      },
      run({ image }) {
        if (image === undefined) throw new Error('there is no image');
        const count = image.shape[0] ?? 0;
        const size = image.data.length / count;
        const scores = Float32Array.from({ length: count * 2 }, (_, i) => {
          const start = Math.floor(i / 2) * size;
          const mean = image.data.subarray(start, start + size).reduce((sum, value) => sum + value, 0) / size;
          return i % 2 === 0 ? gain * mean : 1 - gain * mean;
        });
        return { scores: { data: scores, shape: [count, 2] } };
      },
    };
  },
};

function modelOf(json: unknown): { width: number; height: number; gain: number } {
  const fields = new Map(typeof json === 'object' && json !== null ? Object.entries(json) : []);
  return { width: Number(fields.get('width')), height: Number(fields.get('height')), gain: Number(fields.get('gain')) };
}
