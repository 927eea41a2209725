import { z } from 'zod';
import { versionField, type FileFormat } from './file-format.js';
import { boxSchema, curveSchema, labelSchema, sizeSchema } from './target.js';

const VERSION = 1;

/** `check.json`: maps of one target, side by side. Boxes are in pixels of the image. */
export const checkSchema = z.object({
  version: versionField(VERSION),
  image: sizeSchema.extend({ path: z.string().nullable() }),
  model: z.object({ name: z.string(), sha256: z.string(), interpreter: z.string(), input: sizeSchema }),
  target: z.object({ kind: z.string(), label: labelSchema.nullable(), bbox: boxSchema.nullable(), score: z.number() }),
  scale: z.number().describe('what advantages are shares of: the score, or more where masks raise it; at least 0.01'),
  over: z.enum(['image', 'input']).describe('what the given maps lie over'),
  truth: z.array(boxSchema).describe('boxes of the object that maps should point at'),
  maps: z.array(
    z.object({
      name: z.string(),
      origin: z.enum(['given', 'method', 'random']),
      order: z.boolean().describe('false for a map that is the same everywhere, on which nothing can be measured'),
      tied: z.number().describe('share of the pixels that have one and the same value'),
      deletion: curveSchema.nullable(),
      insertion: curveSchema.nullable(),
      blurredDeletion: curveSchema.nullable().describe('with the strongly blurred image behind, instead of zeros'),
      blurredInsertion: curveSchema.nullable().describe('from the strongly blurred image, instead of a light blur'),
      gain: z.number().nullable().describe('area of insertion less deletion'),
      blurredGain: z.number().nullable(),
      advantage: z.number().nullable().describe("gain over that of the map's own shape laid elsewhere, over the scale"),
      pointing: z.boolean().nullable(),
      energyInObject: z.number().nullable(),
      verdict: z.string().nullable(),
      reliability: z.number().nullable(),
      samples: z.number().nullable().describe('masked runs of a map that was made here'),
    }),
  ),
  forwards: z.number().describe('images that went through the model'),
});

export const CHECK = {
  name: 'check.json',
  title: 'What maps of one answer of a model are worth, side by side.',
  version: VERSION,
  schema: checkSchema,
  kind: 'output',
  mend: 'check the maps again',
} as const satisfies FileFormat;

/** A check as its file holds it. */
export type CheckRecord = z.output<typeof checkSchema>;
export type CheckedMap = CheckRecord['maps'][number];
