import type { OpenModel } from '../../models/open-model.js';
import { describeFacts } from '../../report/words/model-facts.js';
import { predict as predictImage } from '../../runs/predict.js';
import type { FoundBox, PredictionState } from '../protocol.js';
import type { KeptImage } from './images.js';
import { onPage } from './option-names.js';
import { truthFor, truthState } from './truth.js';

/** Classes and boxes that are shown. */
const MOST_LABELS = 10;
const MOST_BOXES = 50;

/** What a model says of an image, best first, as the page shows it, and what annotators say of it. */
export async function predict(
  model: OpenModel,
  image: KeptImage,
): Promise<Extract<PredictionState, { phase: 'done' }>> {
  const { found, milliseconds, detector } = await predictImage(model, image.pixels, { topK: MOST_LABELS });
  const { labels: classes, facts } = model.info;
  const boxes = found
    .flatMap(({ label, score, box }): FoundBox[] =>
      box === null ? [] : [{ label, score, bbox: [box.x, box.y, box.width, box.height], truth: null }],
    )
    .slice(0, MOST_BOXES);
  const truth = truthFor(image.annotated, model);
  const held = truth === null ? null : await truthState(truth, boxes, model, image, detector);
  return {
    phase: 'done',
    milliseconds,
    classes,
    labels: found.flatMap(({ label, score, box }) => (box === null ? [{ ...label, score }] : [])),
    boxes: held?.found ?? boxes,
    detector,
    notes: describeFacts(facts, onPage),
    truth: held?.truth ?? null,
  };
}
