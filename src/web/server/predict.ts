import { detectionsOf } from '../../annotations/index.js';
import { boxToImage, clipBox, type RgbImage } from '../../image/index.js';
import type { OpenModel } from '../../models/open-model.js';
import { describeFacts } from '../../report/words/model-facts.js';
import type { FoundBox, PredictionState } from '../protocol.js';
import { onPage } from './option-names.js';

/** Classes and boxes that are shown. */
const MOST_LABELS = 10;
const MOST_BOXES = 50;
/** Boxes of a lower score are not shown: the default of the option `detConfThresh`. */
const LEAST_SCORE = 0.25;

/** What a model says of an image, best first. */
export async function predict(
  model: OpenModel,
  pixels: RgbImage,
): Promise<Extract<PredictionState, { phase: 'done' }>> {
  const scene = await model.scene(pixels);
  const { prediction, milliseconds } = await model.predict(scene);
  const { labels: names, nms, facts } = model.info;
  const named = (id: number): { id: number; name: string } => ({ id, name: names?.[id] ?? `class ${id}` });
  const found = prediction.proposals === null ? [] : detectionsOf(prediction.proposals, LEAST_SCORE, nms);
  const boxes = found.slice(0, MOST_BOXES).map((detection): FoundBox => {
    const { x, y, width: w, height: h } = clipBox(boxToImage(detection, scene.placement), pixels);
    return { label: named(detection.label), score: detection.score, bbox: [x, y, w, h] };
  });
  const labels = Array.from(prediction.scores ?? [], (score, id) => ({ ...named(id), score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_LABELS);
  const detector = prediction.proposals !== null;
  return { phase: 'done', milliseconds, classes: names, labels, boxes, detector, notes: describeFacts(facts, onPage) };
}
