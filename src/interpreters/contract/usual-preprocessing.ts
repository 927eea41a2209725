import type { Preprocessing } from './types.js';

/** RGB in 0..1, stretched, unless said otherwise: families write only what differs. */
export function preprocessingOf(differences: Partial<Preprocessing>): Preprocessing {
  return {
    color: 'rgb',
    scale: 1 / 255,
    mean: [0],
    std: [1],
    layout: 'nchw',
    resize: 'stretch',
    pad: 0,
    ...differences,
  };
}

/** Mean and standard deviation of ImageNet's pixels in 0..1, red first. */
export const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
