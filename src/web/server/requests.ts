import { z } from 'zod';
import { METRICS_LEVELS } from '../../runs/measure/metrics-level.js';

const pane = z.union([z.literal(0), z.literal(1)]);
const name = z.string().min(1).max(20_000);

/** `POST /api/image`: the image to work on, one that the page was shown; of both panes where they are linked. */
export const chooseImageSchema = z.strictObject({ image: name, pane: pane.default(0) });

/** `POST /api/item`: an item of a source, to work on. */
export const chooseItemSchema = z.strictObject({ source: name, item: name, pane: pane.default(0) });

/** `POST /api/sample`: a question to begin with. */
export const chooseSampleSchema = z.strictObject({ sample: name });

/** `POST /api/again`: an explanation of this sitting, to be shown again. */
export const showAgainSchema = z.strictObject({ pane, job: name });

/** `POST /api/link`: whether both panes have one image. */
export const linkSchema = z.strictObject({ linked: z.boolean() });

/** `POST /api/model`: the model of a pane. */
export const chooseModelSchema = z.strictObject({ pane, model: name });

/** `POST /api/panes`: one pane, or two to compare. */
export const choosePanesSchema = z.strictObject({ count: z.union([z.literal(1), z.literal(2)]) });

/** `POST /api/explain`: the options that differ from the method's own; the method checks them. */
export const explainSchema = z.strictObject({
  pane,
  method: name.default('rise'),
  options: z.record(z.string(), z.unknown()),
  metrics: z.enum(METRICS_LEVELS),
});
export type ExplainRequest = z.output<typeof explainSchema>;

/** `POST /api/cancel`. */
export const cancelSchema = z.strictObject({ pane });
