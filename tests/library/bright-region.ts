/** A function model whose answer is known in closed form: how bright one region of its input is. */
import type { FunctionModelOptions } from '../../src/models/function-model.js';
import type { Region } from '../helpers/maps.js';

export const SIZE = { width: 48, height: 32 };
export const REGION: Region = { x: 30, y: 4, width: 12, height: 8 };

/** Class `bright` scores the mean brightness of the region, 0..1, class `dark` the rest to 1. */
export function brightRegion(more: Partial<FunctionModelOptions> = {}): FunctionModelOptions {
  return {
    input: { ...SIZE, scale: 1 / 255, mean: [0], std: [1] },
    labels: ['bright', 'dark'],
    name: 'bright-region',
    run: (data, shape) => ({ scores: { data: answers(data, shape), shape: [shape[0] ?? 0, 2] } }),
    ...more,
  };
}

export function answers(
  data: Float32Array,
  [count = 0, channels = 0, height = 0, width = 0]: readonly number[],
): Float32Array {
  const scores = new Float32Array(count * 2);
  for (let image = 0; image < count; image++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let y = REGION.y; y < REGION.y + REGION.height; y++) {
        for (let x = REGION.x; x < REGION.x + REGION.width; x++) {
          sum += data[((image * channels + channel) * height + y) * width + x]!;
        }
      }
    }
    const bright = sum / (channels * REGION.width * REGION.height);
    scores.set([bright, 1 - bright], image * 2);
  }
  return scores;
}
