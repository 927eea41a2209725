import { z } from 'zod';
import { detectionsOf, type Box } from '../annotations/index.js';
import { checkOptions } from '../explain/check-options.js';
import { likeliestClasses } from '../explain/likeliest-classes.js';
import { commonOptionsSchema } from '../explain/options.js';
import { boxToImage, clipBox, type RgbImage } from '../image/index.js';
import type { OpenModel } from '../models/open-model.js';
import { checkFinite, whereInterrupted } from './answer.js';

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

const { topK, detConfThresh, nmsIouThresh } = commonOptionsSchema.shape;
const optionsSchema = z.strictObject({ topK: topK.default(5), detConfThresh, nmsIouThresh });

/** What a model found in an image, boxes before classes, each best first; and how long its run took. */
export interface Predicted {
  readonly found: readonly Found[];
  readonly milliseconds: number;
  /** Whether it looks for boxes. */
  readonly detector: boolean;
}

/**
 * What a model says of an image.
 *
 * @throws DatumError (`model`, `interpreter`, `usage`, `interrupted`)
 */
export async function predict(
  model: OpenModel,
  pixels: RgbImage,
  { signal, ...options }: PredictOptions = {},
): Promise<Predicted> {
  const chosen = checkOptions(optionsSchema, { ...model.info.facts.thresholds, ...options });
  const interrupted = whereInterrupted(signal, 'interrupted before the model answered.');
  if (signal?.aborted === true) interrupted(signal.reason);
  const scene = await model.scene(pixels);
  const { prediction, milliseconds } = await model.predict(scene, signal).catch(interrupted);
  checkFinite(prediction, model);
  const { scores, proposals } = prediction;
  const { labels, nms } = model.info;
  const labelOf = (id: number): Found['label'] => ({ id, name: labels?.[id] ?? `class ${id}` });
  const boxes = proposals === null ? [] : detectionsOf(proposals, chosen.detConfThresh, chosen.nmsIouThresh ?? nms);
  const boxesInImage = boxes.flatMap((detection): Found[] => {
    const box = clipBox(boxToImage(detection, scene.placement), pixels);
    return box.width > 0 && box.height > 0 ? [{ label: labelOf(detection.label), score: detection.score, box }] : [];
  });
  const classes = scores === null ? [] : likeliestClasses(scores, chosen.topK === 'all' ? undefined : chosen.topK);
  return {
    found: [...boxesInImage, ...classes.map((id) => ({ label: labelOf(id), score: scores![id]!, box: null }))],
    milliseconds,
    detector: proposals !== null,
  };
}
