import { z } from 'zod';
import { DatumError, option } from '../../errors.js';
import { beliefOf } from '../belief.js';
import { checkOptions } from '../check-options.js';
import type { Design, Estimates, MaskedArea, Method, MethodOptions, TableContext } from '../method.js';
import type { ScoreTable } from '../rise/scores.js';
import { ROUNDING } from '../effect-size.js';
import { verdictOf } from '../verdict.js';
import { Windows, type WindowDrawing } from './windows.js';

const occlusionOptionsSchema = z.strictObject({
  window: z.number().int().min(1).optional().meta({
    description: "side of the hidden window, in pixels of the model's input (default: a seventh of the shorter side)",
  }),
  stride: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'pixels from one window to the next (default: half of the window)' }),
});

/** The window's side over the shorter side of what it slides over, where nobody says: that of RISE's cells. */
const USUAL_WINDOWS = 7;

/**
 * Occlusion: a window is hidden in one place after another, and a pixel's saliency is what the score loses, as the mean
 * over the windows that the pixel lies in. Every window is scored once: there is no chance in the map, and so neither an
 * error nor a reliability of it.
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", section 4.2; the mean over
 * windows that overlap is that of Captum's Occlusion (captum/attr/_core/occlusion.py).
 */
export const occlusionMethod: Method<typeof occlusionOptionsSchema> = {
  name: 'occlusion',
  options: occlusionOptionsSchema,
  without: ['maxSamples', 'stopAt', 'timeBudget', 'seed'],
  plan: (area, options) => planWindows(area, options),
};

function planWindows({ width, height }: MaskedArea, options: MethodOptions): Design {
  const drawing = { sampler: 'windows', width, height, ...sizesOf({ width, height }, options) } as const;
  const windows = new Windows(drawing);
  return {
    most: windows.count,
    sampler: drawing,
    wantsRivals: false,
    notes: [{ kind: 'text', sentence: sentenceOf(drawing) }],
    draw(index, out) {
      windows.draw(index, out);
    },
    estimate: (table, context) => estimatesOf(windows, table, context),
    // A part of the windows says nothing of the rest of the image.
    isSettled: () => false,
    nextCheckpoint: () => Infinity,
  };
}

function sizesOf({ width, height }: MaskedArea, options: MethodOptions): Pick<WindowDrawing, 'window' | 'stride'> {
  const { window: given, stride: step } = checkOptions(occlusionOptionsSchema, {
    window: options['window'],
    stride: options['stride'],
  });
  const window = given ?? Math.max(1, Math.round(Math.min(width, height) / USUAL_WINDOWS));
  const longer = Math.max(width, height);
  if (window >= longer && longer > 1) {
    throw new DatumError(
      'usage',
      `${option('window')} is ${window}, and hides all of the image at once: the model sees it at ${width} x ${height} pixels, give less than ${longer}.`,
    );
  }
  const stride = step ?? Math.max(1, Math.floor(window / 2));
  if (stride > window) {
    throw new DatumError(
      'usage',
      `${option('stride')} is ${stride} and ${option('window')} ${window}: pixels between two windows would never be hidden, give a stride of ${window} at most.`,
    );
  }
  return { window, stride };
}

function sentenceOf({ width, height, window, stride }: WindowDrawing): string {
  return `A window of ${Math.min(window, width)} x ${Math.min(window, height)} pixels of the model's input was hidden in steps of ${stride}.`;
}

function estimatesOf(windows: Windows, table: ScoreTable, { baseline, rivals }: TableContext): Estimates {
  const maps = new Map<number, Float32Array>();
  return {
    samples: table.count,
    targets: rivals.length,
    map(target) {
      const whole = baseline[target] ?? 0;
      const map = maps.get(target) ?? windows.meanOver(table.column(target).map((score) => whole - score));
      maps.set(target, map);
      return map;
    },
    standardError: () => null,
    significant: () => null,
    reliability: () => null,
    verdict(target) {
      const scores = table.column(target);
      let [least, most, size] = [Infinity, -Infinity, 0];
      for (const score of scores) {
        least = Math.min(least, score);
        most = Math.max(most, score);
        size = Math.max(size, Math.abs(score));
      }
      // The same score wherever the window stands: the map is flat but for rounding.
      const differs = most - least > ROUNDING * size;
      return verdictOf({
        aboveChance: differs ? Infinity : 0,
        reliability: 1,
        scores,
        reference: Math.max(most, baseline[target] ?? 0),
        range: () => most - least,
      });
    },
    belief: (target) => beliefOf(table.column(target)),
  };
}
