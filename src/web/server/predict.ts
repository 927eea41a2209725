import { detectionsOf } from '../../annotations/index.js';
import { boxToImage, type RgbImage } from '../../image/index.js';
import type { Model } from '../../models/model.js';
import type { BoxPixels, FoundBox, PredictionState } from '../protocol.js';

/** Classes and boxes that are shown. */
const MOST_LABELS = 10;
const MOST_BOXES = 50;
/** Boxes below are not shown, as `--conf` has it. */
const LEAST_SCORE = 0.25;

/** What a model says of a picture, best first. */
export async function predict(model: Model, image: RgbImage): Promise<Extract<PredictionState, { phase: 'done' }>> {
  const scene = await model.scene(image);
  const { prediction, milliseconds } = await model.predict(scene);
  const { labels: names, nms, decisions } = model.info;
  const named = (id: number): { id: number; name: string } => ({ id, name: names?.[id] ?? `class ${id}` });
  const found = prediction.proposals === null ? [] : detectionsOf(prediction.proposals, LEAST_SCORE, nms);
  const boxes = found.slice(0, MOST_BOXES).map((detection): FoundBox => {
    const { x, y, w, h } = boxToImage(detection, scene.placement);
    return { label: named(detection.label), score: detection.score, bbox: clipped(x, y, w, h, image) };
  });
  const labels = Array.from(prediction.scores ?? [], (score, id) => ({ ...named(id), score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_LABELS);
  const detector = prediction.proposals !== null;
  return { phase: 'done', milliseconds, classes: names, labels, boxes, detector, notes: decisions };
}

function clipped(x: number, y: number, w: number, h: number, { width, height }: RgbImage): BoxPixels {
  const [left, top] = [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
  return [left, top, Math.min(width, x + w) - left, Math.min(height, y + h) - top];
}
