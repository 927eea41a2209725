import { detectionsOf, type Box } from '../annotations/index.js';
import { DatumError, option } from '../errors.js';
import { likeliestClasses } from '../explain/likeliest-classes.js';
import { boxToImage, clipBox } from '../image/index.js';
import type { OpenModel } from '../models/open-model.js';
import { checkFinite, type OpenedImage } from './answer.js';

/** Something that a model found in an image. */
export interface Found {
  readonly label: { readonly id: number; readonly name: string };
  /** Usually 0..1. */
  readonly score: number;
  /** In pixels of the image, clipped to it; null for a class of the whole image. */
  readonly box: Box | null;
}

/** How much of a model's answer is wanted. */
export interface PredictOptions {
  /** Classes of a classifier, best first; 5 where absent. */
  readonly topK?: number | 'all' | undefined;
  /** Smallest score of a box, 0..1; 0.25 where absent. */
  readonly detConfThresh?: number | undefined;
  /** Largest IoU of two boxes of one class, 0..1; the interpreter's where absent. */
  readonly nmsIouThresh?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TOP_K = 5;
const CONFIDENCE = 0.25;

/**
 * What a model says of an image.
 *
 * @throws DatumError (`model`, `interpreter`, `usage`)
 */
export async function predict(
  model: OpenModel,
  { pixels }: OpenedImage,
  { topK = TOP_K, detConfThresh = CONFIDENCE, nmsIouThresh, signal }: PredictOptions = {},
): Promise<Found[]> {
  if (topK !== 'all' && !(Number.isSafeInteger(topK) && topK > 0)) {
    throw new DatumError('usage', `${option('topK')} takes a whole number above 0, or 'all', not ${topK}.`);
  }
  share('detConfThresh', detConfThresh);
  share('nmsIouThresh', nmsIouThresh);
  signal?.throwIfAborted();
  const scene = await model.scene(pixels);
  const { prediction } = await model.predict(scene, signal);
  checkFinite(prediction, model);
  const { scores, proposals } = prediction;
  const { labels, nms } = model.info;
  const labelOf = (id: number): Found['label'] => ({ id, name: labels?.[id] ?? `class ${id}` });
  const classes = scores === null ? [] : likeliestClasses(scores, topK === 'all' ? scores.length : topK);
  const boxes = proposals === null ? [] : detectionsOf(proposals, detConfThresh, nmsIouThresh ?? nms);
  return [
    ...boxes
      .map((found) => ({ found, box: clipBox(boxToImage(found, scene.placement), scene.placement.image) }))
      .filter(({ box }) => box.width > 0 && box.height > 0)
      .map(({ found: { label, score }, box }) => ({ label: labelOf(label), score, box })),
    ...classes.map((id) => ({ label: labelOf(id), score: scores![id]!, box: null })),
  ];
}

function share(name: string, value: number | undefined): void {
  if (value === undefined || (value >= 0 && value <= 1)) return;
  throw new DatumError('usage', `${option(name)} takes a number from 0 to 1, not ${value}.`);
}
