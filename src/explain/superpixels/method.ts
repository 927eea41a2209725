import { z } from 'zod';
import type { RgbImage } from '../../image/types.js';
import { checkOptions } from '../check-options.js';
import type { Design, Method, MethodOptions } from '../method.js';
import type { Note } from '../note.js';
import { Analysis } from '../rise/analysis.js';
import { Regression } from '../rise/regression.js';
import { isSettledBy, nextCheckpoint } from '../rise/stopping.js';
import { regionDrawer, seenRegions } from './region-masks.js';
import { slic } from './slic.js';

const superpixelOptionsSchema = z.strictObject({
  regions: z
    .number()
    .int()
    .min(2)
    .max(500)
    .default(100)
    .meta({ description: 'regions that the image is cut into, about' }),
  compactness: z
    .number()
    .gt(0)
    .max(1000)
    .default(10)
    .meta({ description: 'how much place counts beside color in them: large values give squares' }),
});

/**
 * Superpixels: the image is cut into regions of like color (slic.ts), which are hidden and kept at random, half of them a
 * mask, and the scores are regressed on them as those of RISE are on its cells. A map shows the borders of what is seen, and
 * is the same all over a region.
 */
export const superpixelMethod: Method<typeof superpixelOptionsSchema> = {
  name: 'superpixels',
  options: superpixelOptionsSchema,
  fill: 'auto',
  plan: (_, options, image) => planRegions(image, options),
};

function planRegions(image: RgbImage, options: MethodOptions): Design {
  const { regions: asked, compactness } = checkOptions(superpixelOptionsSchema, {
    regions: options['regions'],
    compactness: options['compactness'],
  });
  const { count, of: regions } = slic(image, asked, compactness);
  const drawing = { sampler: 'regions', regions, width: image.width, count, seed: options.seed } as const;
  const masks = seenRegions(drawing);
  return {
    most: options.maxSamples,
    sampler: drawing,
    wantsRivals: true,
    notes: notesOf(asked, count),
    draw: regionDrawer(drawing),
    estimate: (table, { baseline, rivals }) =>
      new Analysis(masks, table, { estimate: (input) => new Regression(input), baseline, rivals }),
    isSettled: (estimates, threshold, auxiliary) => isSettledBy(estimates, count, threshold, auxiliary),
    nextCheckpoint,
  };
}

/** An image of few pixels, or of a pattern that k-means takes apart, has another number of regions. */
function notesOf(asked: number, count: number): Note[] {
  if (count > asked / 2 && count < asked * 2) return [];
  return [{ kind: 'text', sentence: `The image is cut into ${count} regions, where ${asked} were asked for.` }];
}
