import { z } from 'zod';
import type { Box } from '../annotations/index.js';
import type { ImageMap } from '../image/map-to-area.js';
import { measureMap } from '../runs/measure/measure-map.js';
import { measuredFields, type TargetFacts } from '../results/records.js';
import type { ImagePlatform } from './explain.js';
import { checkOptions } from '../explain/check-options.js';
import { aBox, aSignal } from './arguments.js';
import { LibraryModel } from './model.js';

/** A map, what it is of, and how it is measured. */
export interface MeasureOptions {
  /** Saliency over the whole image, `[height, width]` at any size: of this tool, or of any other. */
  readonly map: ImageMap;
  /** The class that it is of, by name or id; the model's first answer where neither it nor a box is given. */
  readonly label?: string | number | undefined;
  /** The place that it is of, in pixels of the image: for detectors. */
  readonly box?: (Box & { readonly label?: string | undefined }) | undefined;
  /** Boxes of the object that the map should point at, in pixels of the image; `box` where absent. */
  readonly truth?: readonly Box[] | undefined;
  /** `fast`: at most some 250 runs of the model; `full`: curves with a step of one row of the input. `fast` where absent. */
  readonly metrics?: 'fast' | 'full' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a map is worth, by the model's own answers. */
export interface Measurement {
  readonly label: { readonly id: number; readonly name: string } | null;
  /** In pixels of the image; null for a class. */
  readonly box: Box | null;
  /** The model's score on the whole image. */
  readonly score: number;
  /** Scores while pixels are removed in falling order of saliency: the smaller the area below them, the better. */
  readonly deletion: NonNullable<TargetFacts['deletion']>;
  /** Scores while pixels are put back into the blurred image: the larger the area below them, the better. */
  readonly insertion: NonNullable<TargetFacts['insertion']>;
  /** Where the decision flips, as shares of the image's pixels; null where the model does not find the target. */
  readonly boundary: TargetFacts['boundary'];
  /**
   * How much more the score changes along the map than along its own shape elsewhere in the image, as a share of the score:
   * below 0.1 the map does not explain the score.
   */
  readonly advantage: number;
  /** Whether the map's peak lies within 15 pixels of the object; null without one. */
  readonly pointing: boolean | null;
  /** Share of positive saliency inside the object, 0..1; null without one, and without positive saliency. */
  readonly energyInObject: number | null;
  /** Images that went through the model. */
  readonly forwards: number;
}

const optionsSchema = z.strictObject({
  map: z.strictObject({
    data: z.custom<ImageMap['data']>(
      (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)),
      'must be an array of numbers',
    ),
    shape: z.tuple([z.number(), z.number()]),
  }),
  label: z.union([z.string().min(1), z.number()]).optional(),
  box: aBox.extend({ label: z.string().optional() }).optional(),
  truth: z.array(aBox).optional(),
  metrics: z.enum(['fast', 'full']).optional(),
  signal: aSignal,
});

/** Measures a map on a platform; see its `measure`. */
export async function measureOn<Source>(
  { open }: Pick<ImagePlatform<Source>, 'open'>,
  model: object,
  image: Source,
  options: MeasureOptions,
): Promise<Measurement> {
  const { map, label, box, truth, metrics = 'fast', signal } = checkOptions(optionsSchema, options);
  const core = LibraryModel.coreOf(model);
  const named = label === undefined ? box?.label : String(label);
  const given =
    box !== undefined
      ? { boxes: [{ ...box, ...(named === undefined ? {} : { label: named }) }] }
      : named === undefined
        ? {}
        : { classes: [named] };
  const measured = await measureMap(core, await open(image), { given, map, level: metrics, truth, signal });
  const { deletion, insertion, boundary } = measuredFields(measured.metrics, core.info.labels);
  if (deletion === null || insertion === null) throw new Error('a map without curves');
  const { planned, faithfulness, pointing, energyInObject, forwards } = measured;
  const { advantage } = faithfulness;
  if (advantage === null) throw new Error('a map that was not judged');
  return {
    label: planned.label,
    box: planned.box,
    score: planned.score,
    deletion,
    insertion,
    boundary,
    advantage,
    pointing,
    energyInObject,
    forwards,
  };
}
