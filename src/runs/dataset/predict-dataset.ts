import { detectionsOf } from '../../annotations/index.js';
import type { Dataset, DatasetItem } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import { likeliestClasses } from '../../explain/likeliest-classes.js';
import { readImage } from '../../image/files.js';
import { boxToImage, clipBox } from '../../image/index.js';
import { inOrder } from '../../models/in-order.js';
import type { OpenModel } from '../../models/open-model.js';

/** What a prediction holds. */
export interface PredictOptions {
  /** Smallest score of a box. */
  readonly confidence: number;
  /** Classes given for an image, best first. */
  readonly topK: number;
  /** NMS threshold; the model's own where absent. */
  readonly nms?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for an item whose image cannot be read; it is left out. */
  readonly onFailure?: ((item: DatasetItem, error: DatumError) => void) | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * A model's answers to a dataset's images, as items of a dataset in the model's classes: boxes and labels with the
 * attribute `score`.
 *
 * @throws DatumError (`interrupted`) when the signal aborts.
 */
export async function* predictDataset(
  model: OpenModel,
  dataset: Dataset,
  options: PredictOptions,
): AsyncGenerator<DatasetItem, void, void> {
  let done = 0;
  for await (const item of inOrder(dataset.items(), 2 * model.workers + 2, (one) => predictItem(model, one, options))) {
    if (options.signal?.aborted === true) throw new DatumError('interrupted', 'the run was interrupted.');
    options.onProgress?.(++done);
    if (item !== null) yield item;
  }
}

async function predictItem(model: OpenModel, item: DatasetItem, options: PredictOptions): Promise<DatasetItem | null> {
  try {
    if (item.imagePath === null) throw new DatumError('image', item.missing ?? 'the image is missing.');
    const image = await readImage(item.imagePath);
    const scene = await model.scene(image);
    const { prediction } = await model.predict(scene);
    const { scores, proposals } = prediction;
    const found = proposals === null ? [] : detectionsOf(proposals, options.confidence, options.nms ?? model.info.nms);
    return {
      ...item,
      size: { width: image.width, height: image.height },
      annotated: true,
      labels: scores === null ? [] : bestClasses(scores, options.topK),
      boxes: found.map((detection) => ({
        ...clipBox(boxToImage(detection, scene.placement), image),
        label: detection.label,
        attributes: { score: detection.score },
        segmentation: null,
      })),
    };
  } catch (error) {
    if (!(error instanceof DatumError) || error.kind !== 'image') throw error;
    options.onFailure?.(item, error);
    return null;
  }
}

function bestClasses(scores: Float32Array, count: number): DatasetItem['labels'] {
  return likeliestClasses(scores, count).map((label) => ({ label, attributes: { score: scores[label]! } }));
}
