import { writtenItems, type Dataset, type DatasetItem } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import { readImage } from '../../image/files.js';
import { inOrder } from '../../models/in-order.js';
import type { OpenModel } from '../../models/open-model.js';
import { predict, type PredictOptions } from '../predict.js';

/** What a prediction holds. */
export interface PredictDatasetOptions extends PredictOptions {
  /** Called for an item whose image cannot be read; it is left out. */
  readonly onFailure?: ((item: DatasetItem, error: DatumError) => void) | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Called with every item as it is read. */
  readonly onRead?: ((item: DatasetItem) => void) | undefined;
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
  options: PredictDatasetOptions,
): AsyncGenerator<DatasetItem, void, void> {
  let done = 0;
  for await (const item of inOrder(writtenItems(dataset), 2 * model.workers + 2, (one) => {
    options.onRead?.(one);
    return predictItem(model, one, options);
  })) {
    if (options.signal?.aborted === true) throw new DatumError('interrupted', 'the run was interrupted.');
    options.onProgress?.(++done);
    if (item !== null) yield item;
  }
}

async function predictItem(
  model: OpenModel,
  item: DatasetItem,
  { onFailure, onProgress: _, onRead: __, ...answerOptions }: PredictDatasetOptions,
): Promise<DatasetItem | null> {
  try {
    if (item.imagePath === null) throw new DatumError('image', item.missing ?? 'the image is missing.');
    const image = await readImage(item.imagePath);
    const { found } = await predict(model, image, answerOptions);
    return {
      ...item,
      size: { width: image.width, height: image.height },
      annotated: true,
      labels: found.flatMap(({ label, score, box }) =>
        box === null ? [{ label: label.id, attributes: { score } }] : [],
      ),
      boxes: found.flatMap(({ label, score, box }) =>
        box === null ? [] : [{ ...box, label: label.id, attributes: { score }, segmentation: null }],
      ),
    };
  } catch (error) {
    if (!(error instanceof DatumError) || error.kind !== 'image') throw error;
    onFailure?.(item, error);
    return null;
  }
}
