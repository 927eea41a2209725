import type { Box } from '../../annotations/index.js';
import { DatumError, option } from '../../errors.js';
import { isFlat } from '../../explain/metrics/map-values.js';
import { energyPointing, pointingGame } from '../../explain/metrics/pointing.js';
import { unionOf } from '../../explain/metrics/region.js';
import { advantageScale } from '../../explain/faithfulness.js';
import type { TargetMetrics } from '../../explain/metrics/target-metrics.js';
import type { PlannedTarget } from '../../explain/targets/target.js';
import { mapToArea, type ImageMap } from '../../image/map-to-area.js';
import type { OpenModel } from '../../models/open-model.js';
import { ask, type OpenedImage } from '../answer.js';
import { planExplanation } from '../plan.js';
import { regionOfBox } from '../../explain/metrics/region.js';
import { mapCurves, type MapCurves } from './map-curves.js';
import { measure } from './measure.js';

/** A map of any origin, and what it claims to explain. */
export interface MapQuestion {
  /** Options that choose the target and how it is scored: `classes` or `boxes`, `match`, `fill`... */
  readonly given: Readonly<Record<string, unknown>>;
  readonly map: ImageMap;
  readonly level: 'fast' | 'full';
  /** Boxes of the object that the map should point at, in pixels of the image. */
  readonly truth?: readonly Box[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was measured on a map. */
export interface MeasuredMap {
  readonly planned: PlannedTarget;
  readonly metrics: TargetMetrics;
  /** The same curves at fewer places, with a strong blur behind, and against the map's own shape laid elsewhere. */
  readonly curves: MapCurves;
  /** Whether the peak lies within 15 pixels of the object; null where there is none to point at. */
  readonly pointing: boolean | null;
  /** Share of positive saliency inside the object; null also for a map without positive saliency. */
  readonly energyInObject: number | null;
  /** Images that went through the model. */
  readonly forwards: number;
}

/** Runs that `fast` may take: enough for curves and a boundary to a 256th part of the image. */
const FAST_RUNS = 256;

/**
 * Measures a map over an image, whoever made it, with runs of the model in which pixels are changed in its order.
 *
 * @throws DatumError (`usage`) for a map that is none or a target that there is not; others as `explainImage` does.
 */
export async function measureMap(
  model: OpenModel,
  image: OpenedImage,
  { given, map, level, truth, signal }: MapQuestion,
): Promise<MeasuredMap> {
  checkMap(map);
  const answer = await ask(model, image, { given, signal });
  const { targets } = planExplanation(answer, model.info);
  const [planned] = targets;
  if (planned === undefined) {
    throw new DatumError(
      'model',
      `${model.info.name} finds nothing in the image that the map could be of: name a class with ${option('label')}, or a place with ${option('box')}.`,
    );
  }
  if (isFlat(map.data)) {
    throw new DatumError(
      'usage',
      `${option('map')} is ${map.data[0]} everywhere: it puts no pixel before another, and there is nothing to measure.`,
    );
  }
  const areaMap = mapToArea(map, answer.placement);
  const measured = await measure(model, answer, [{ planned, areaMap }], { level, samples: FAST_RUNS, signal });
  const [metrics] = measured.targets;
  if (metrics == null) throw new Error('a map that was not measured');
  const compared = await mapCurves(model, answer, planned.target, [{ map: areaMap, wantsAdvantage: true }], {
    // Without masked runs, the score on the whole image stands for their quantiles.
    scale: advantageScale({ baseline: planned.baseline, low: planned.baseline, high: planned.baseline }),
    signal,
  });
  const [curves] = compared.curves;
  if (curves === undefined) throw new Error('a map without curves');
  const [first, ...others] = (truth ?? (planned.box === null ? [] : [planned.box])).map((box) =>
    regionOfBox(box, answer.placement),
  );
  const region = first === undefined ? null : unionOf([first, ...others]);
  const { scaleX, scaleY } = answer.placement;
  return {
    planned,
    metrics,
    curves,
    pointing: region === null ? null : pointingGame(areaMap, region, { x: scaleX, y: scaleY }),
    energyInObject: region === null ? null : energyPointing(areaMap, region),
    forwards: measured.forwards + compared.forwards + 2,
  };
}

/**
 * @param name of the map, where it is one of several
 * @throws DatumError (`usage`) for one that is none.
 */
export function checkMap({ data, shape }: ImageMap, name = option('map')): void {
  const [height, width] = shape;
  const whole = (length: number): boolean => Number.isSafeInteger(length) && length > 0;
  if (!whole(height) || !whole(width) || data.length !== height * width) {
    throw new DatumError(
      'usage',
      `${name} has ${data.length} values in the shape [${shape.join(', ')}]: give as many values as [height, width] says.`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new DatumError(
        'usage',
        `${name} has ${String(data[i])} in row ${Math.floor(i / width)}, column ${i % width}: give finite numbers.`,
      );
    }
  }
}
