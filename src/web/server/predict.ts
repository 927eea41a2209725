import type { RgbImage } from '../../image/index.js';
import type { OpenModel } from '../../models/open-model.js';
import { describeFacts } from '../../report/words/model-facts.js';
import { predict as predictImage } from '../../runs/predict.js';
import type { PredictionState } from '../protocol.js';
import { onPage } from './option-names.js';

/** Classes and boxes that are shown. */
const MOST_LABELS = 10;
const MOST_BOXES = 50;

/** What a model says of an image, best first, as the page shows it. */
export async function predict(
  model: OpenModel,
  pixels: RgbImage,
): Promise<Extract<PredictionState, { phase: 'done' }>> {
  const { found, milliseconds, detector } = await predictImage(model, pixels, { topK: MOST_LABELS });
  const { labels: classes, facts } = model.info;
  return {
    phase: 'done',
    milliseconds,
    classes,
    labels: found.flatMap(({ label, score, box }) => (box === null ? [{ ...label, score }] : [])),
    boxes: found
      .flatMap(({ label, score, box }) =>
        box === null ? [] : [{ label, score, bbox: [box.x, box.y, box.width, box.height] as const }],
      )
      .slice(0, MOST_BOXES),
    detector,
    notes: describeFacts(facts, onPage),
  };
}
