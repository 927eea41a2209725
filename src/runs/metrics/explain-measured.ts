import { contrastMap, rivalOf } from '../../explain/contrast.js';
import { mapToImage, type Placement, type RgbImage } from '../../image/index.js';
import type { Model } from '../../models/model.js';
import { DatumError } from '../../errors.js';
import { explainProgressively, type Answer, type ExplainOptions } from '../explain.js';
import type { ExplainedImage, ExplainedTarget, Explanation, Snapshot } from '../explanation.js';
import type { SelectedTarget } from '../select-targets.js';
import { measure, type TargetMetrics } from './measure.js';
import type { MetricsLevel } from './plan.js';

/** The class that a target was held against, and where the decision between the two falls. */
export interface Contrast {
  readonly label: { readonly id: number; readonly name: string };
  /** Saliency of the target minus that of the second class, over the area, in score units. */
  readonly areaMap: Float32Array;
}

/** A target with what was measured on it. */
export interface MeasuredTarget {
  readonly explained: ExplainedTarget;
  /** Null where it was not measured; see `measure`. */
  readonly metrics: TargetMetrics | null;
  /** Null where there is no second class; see `rivalOf`. */
  readonly contrast: Contrast | null;
}

/** A picture explained and measured. */
export interface MeasuredExplanation {
  readonly explanation: Explanation;
  readonly answer: Answer;
  readonly targets: readonly MeasuredTarget[];
  /** Changed pictures that went through the model for the metrics. */
  readonly forwards: number;
}

export interface MeasureOptions extends ExplainOptions {
  readonly metrics: MetricsLevel;
}

/**
 * Explains a picture and measures its maps: with each target the second class in its place is explained from the same
 * masked runs, and afterwards pixels are changed in order of saliency.
 *
 * @throws DatumError as `explainProgressively` does.
 */
export async function* explainMeasured(
  model: Model,
  image: string | RgbImage,
  { metrics: level, onAnswer, ...options }: MeasureOptions,
): AsyncGenerator<Snapshot, MeasuredExplanation, void> {
  let answer: Answer | undefined;
  let visible = 0;
  let rivals: readonly Rival[] = [];
  const run = explainProgressively(model, image, {
    ...options,
    onAnswer(found) {
      answer = found;
      const more = onAnswer?.(found) ?? (onAnswer === undefined ? [] : null);
      if (more === null) return null;
      const targets = [...found.selection.targets, ...more];
      visible = targets.length;
      rivals = level === 'none' ? [] : rivalsOf(targets, found);
      return [...more, ...rivals.map(({ selected }) => selected)];
    },
  });
  for (;;) {
    const next = await run.next();
    if (next.done !== true) {
      yield { ...next.value, targets: next.value.targets.slice(0, visible) };
      continue;
    }
    const targets = next.value.targets.slice(0, visible);
    const { run: ran } = next.value;
    if (answer === undefined) throw new Error('a picture was explained without an answer');
    let { stopped } = ran;
    const measured = await measure(model, answer, targets, {
      level: stopped === 'interrupted' ? 'none' : level,
      samples: ran.samples,
      signal: options.signal,
    }).catch((error: unknown) => {
      if (!(error instanceof DatumError) || error.kind !== 'interrupted') throw error;
      // The maps are complete: an interruption costs the metrics alone.
      stopped = 'interrupted';
      return { targets: [], forwards: 0 };
    });
    return {
      explanation: { ...next.value, targets, run: { ...ran, stopped } },
      answer,
      forwards: measured.forwards,
      targets: targets.map((explained, i) => {
        const rival = rivals.findIndex(({ of }) => of === i);
        const second = rival < 0 ? undefined : next.value.targets[visible + rival];
        return {
          explained,
          metrics: measured.targets[i] ?? null,
          contrast:
            second?.label == null
              ? null
              : { label: second.label, areaMap: contrastMap(explained.areaMap, second.areaMap) },
        };
      }),
    };
  }
}

interface Rival {
  /** Index of the target that it is held against. */
  readonly of: number;
  readonly selected: SelectedTarget;
}

/** The second classes of the first target and of every box. */
function rivalsOf(targets: readonly SelectedTarget[], { prediction }: Answer): Rival[] {
  return targets.flatMap(({ target }, of) => {
    if (target.kind === 'label' && of > 0) return [];
    const rival = rivalOf(target, prediction);
    return rival === null ? [] : [{ of, selected: { target: rival, score: null, auxiliary: true } }];
  });
}

/** A map over the area that the model saw, at the size of the picture's maps. */
export function renderArea(areaMap: Float32Array, placement: Placement, image: ExplainedImage): Float32Array {
  return mapToImage(areaMap, placement, { width: image.mapWidth, height: image.mapHeight });
}
