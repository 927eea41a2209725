/** Opens linear classifiers of gray images: JSON with "width", "height" and, a class, "weights" of all pixels. */
import { readFile } from 'node:fs/promises';

export const launcher = {
  name: 'linear',
  title: 'linear classifiers in JSON',
  extensions: ['.linear'],

  async open({ description }) {
    const { width, height, weights } = JSON.parse(await readFile(description, 'utf8'));
    const size = width * height;
    return {
      signature: {
        inputs: [{ name: 'image', shape: ['N', 1, height, width] }],
        outputs: [{ name: 'scores', shape: ['N', weights.length] }],
      },
      run({ image }) {
        const count = image.shape[0];
        const scores = new Float32Array(count * weights.length);
        for (let n = 0; n < count; n++) {
          for (const [label, row] of weights.entries()) {
            let sum = 0;
            for (let i = 0; i < size; i++) sum += row[i] * image.data[n * size + i];
            scores[n * weights.length + label] = sum;
          }
        }
        return { scores: { data: scores, shape: [count, weights.length] } };
      },
    };
  },
};
