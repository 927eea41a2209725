import type { ModelSource } from 'datum-explain';

/** A classifier that scores how bright a region is, and the rest to 1; its input is 0..1. */
export function brightModel(description: string): ModelSource {
  return {
    description,
    interpreter: 'classification',
    interpreterOptions: { heads: [{ name: 'scores', activation: 'none' }] },
    labels: ['bright', 'dark'],
    scale: 1 / 255,
    mean: [0],
    std: [1],
  };
}
