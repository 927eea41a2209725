import { resolve } from 'node:path';
import type { Box } from '../../annotations/index.js';
import type { Dataset } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import type { PlannedTarget } from '../../explain/targets/target.js';
import type { ModelInfo } from '../../models/open-model.js';
import { classMatch } from './class-match.js';
import { truthOf } from './truth.js';

/**
 * The boxes that annotators drew in an image of a dataset, for any target.
 *
 * @param image its path
 * @param model whose classes the targets are of
 * @returns a function that gives the boxes of a target's class; it throws where there are none
 * @throws DatumError (`usage`) where the dataset does not have the image, or has no annotations in the model's classes.
 */
export async function annotatedBoxes(
  dataset: Dataset,
  image: string,
  model: Pick<ModelInfo, 'labels' | 'facts'>,
): Promise<(target: Pick<PlannedTarget, 'target' | 'label'>) => Box[]> {
  const refuse = (why: string): DatumError => new DatumError('usage', `${dataset.root} ${why}`, { file: dataset.root });
  for await (const item of dataset.items()) {
    if (item.imagePath === null || resolve(item.imagePath) !== resolve(image)) continue;
    const { match, sentence } = classMatch(dataset, model, undefined);
    if (match === null) throw refuse(`cannot be matched with the model: ${sentence ?? 'it has no classes.'}`);
    const truth = truthOf(item, match);
    if (truth === null) throw refuse(`has no annotations of ${image} in the model's classes.`);
    return ({ target, label }) => {
      const boxes = truth.boxes.filter((box) => target.label === null || box.labels.includes(target.label));
      if (boxes.length === 0) throw refuse(`has no box of ${label?.name ?? 'anything'} in ${image}.`);
      return boxes.map(({ x, y, width, height }) => ({ x, y, width, height }));
    };
  }
  throw refuse(`has no item with the image ${image}.`);
}
