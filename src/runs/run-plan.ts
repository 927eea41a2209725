import { DatumError } from '../errors.js';
import { contrastMap, recordedOptions, type Estimates } from '../explain/method.js';
import { ScoreTable } from '../explain/rise/scores.js';
import type { RgbImage } from '../image/index.js';
import type { OpenModel } from '../models/open-model.js';
import { namingInput } from '../models/thread-lost.js';
import {
  ExplainedTarget,
  type ExplainedImage,
  type Explanation,
  type MeasuredExplanation,
  type MeasuredTarget,
  type Snapshot,
  type Stopped,
} from '../results/explanation.js';
import type { Answer } from './answer.js';
import { measure } from './measure/measure.js';
import type { MetricsLevel } from './measure/metrics-level.js';
import type { Plan } from './plan.js';
import { trustNotes } from './trust-notes.js';
import { StopRule } from './stop-rule.js';

/** Pixels of a map, unless full size is asked for. */
const MAP_PIXELS = 4_000_000;

/** What a run says while it goes on. */
export type RunEvent =
  | { readonly kind: 'progress'; readonly done: number; readonly most: number; readonly reliability: Reached | null }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot };

/** How repeatable the least repeatable map is, and how repeatable all are to be, 0..1. */
export interface Reached {
  readonly now: number;
  readonly goal: number;
}

/** How a plan is carried out; none of it has an influence on maps. */
export interface RunOptions {
  /** How much is measured on the maps afterwards. */
  readonly metrics?: MetricsLevel | undefined;
  /** Maps at the image's size even above 4 megapixels. */
  readonly fullSize?: boolean | undefined;
  /** Milliseconds between snapshots, asked for anew after every piece of work; none where absent. */
  readonly snapshotInterval?: number | (() => number) | undefined;
  /** Ends the run early: the explanation so far is returned, marked `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told why where the model fails after masks were scored: the explanation so far is returned then, marked `interrupted`.
   * Where absent, the failure is thrown, and what was scored is lost.
   */
  readonly onFailure?: ((error: DatumError) => void) | undefined;
}

/**
 * Carries out a plan: scores masks, and estimates and measures the maps. Yields what there is to show while it goes on;
 * snapshots are for the eye, the result does not depend on when they are taken.
 *
 * @throws DatumError (`model`, `interpreter`) when the model fails.
 */
export async function* runPlan(
  model: OpenModel,
  answer: Answer,
  plan: Plan,
  { metrics = 'none', fullSize = false, snapshotInterval = Infinity, signal, onFailure }: RunOptions,
): AsyncGenerator<RunEvent, MeasuredExplanation, void> {
  const { scene, placement, options, started } = answer;
  const { targets, contrasts, scored, baseline, design } = plan;
  const image = explainedImage(answer.image.path, answer.image.pixels, fullSize);
  const estimate = (table: ScoreTable): Estimates => design.estimate(table, { baseline, rivals: scored.rivals });
  const explainedBy = (estimates: Estimates): ExplainedTarget[] =>
    targets.map((planned) => new ExplainedTarget(planned, estimates, placement, image));
  const scores = new ScoreTable(scored.targets.length);
  const rule = new StopRule(options, design, started, estimate, new Set(contrasts.map(({ second }) => second.index)));

  let stopped: Stopped = targets.length === 0 ? 'max-samples' : 'interrupted';
  let lastSnapshot = performance.now();
  if (targets.length > 0) {
    const masks = model.scoreMasks({
      scene,
      design,
      targets: scored.targets,
      scoring: answer.scoring,
      kinds: answer.kinds,
      batch: model.batchSize(options.batchSize),
      millisecondsPerRun: answer.milliseconds,
      signal,
    });
    try {
      for await (const chunk of masks) {
        const stop = rule.append(scores, chunk);
        const { reliability: now } = rule;
        const { stopAt: goal } = options;
        const reliability = now === null || goal === 'off' ? null : { now, goal };
        yield { kind: 'progress', done: scores.count, most: design.most, reliability };
        if (stop !== null) {
          stopped = stop;
          break;
        }
        const interval = typeof snapshotInterval === 'number' ? snapshotInterval : snapshotInterval();
        if (performance.now() - lastSnapshot >= interval) {
          const shown = explainedBy(estimate(scores));
          yield {
            kind: 'snapshot',
            snapshot: { samples: scores.count, maxSamples: design.most, image, targets: shown },
          };
          lastSnapshot = performance.now();
        }
      }
    } catch (failure) {
      const error = namingInput(failure, answer.image.path);
      if (!(error instanceof DatumError) || onFailure === undefined || scores.count === 0) throw error;
      onFailure(error);
    }
  }
  const estimates = estimate(scores);
  const explained = explainedBy(estimates);
  const seconds = (performance.now() - started) / 1000;
  const measurable = explained.map((one) => ({
    planned: one.planned,
    // Of many targets, maps are computed when they are needed.
    get areaMap() {
      return one.areaMap;
    },
    judged: metrics !== 'none' && one.verdict === 'ok' ? { ...one.belief, rho: one.heldOutCorrelation() } : null,
  }));
  const measured = await measure(model, answer, measurable, {
    level: stopped === 'interrupted' ? 'none' : metrics,
    samples: scores.count,
    signal,
  }).catch((error: unknown) => {
    if (!(error instanceof DatumError) || error.kind !== 'interrupted') throw error;
    // The maps are complete: an interruption costs the metrics alone.
    stopped = 'interrupted';
    return { targets: [], faithfulness: [], forwards: 0, judgingForwards: 0 };
  });
  const secondOf = new Map(contrasts.map(({ of, second }) => [of, second]));
  const measuredTargets = explained.map((one, i): MeasuredTarget => {
    const second = secondOf.get(i);
    return {
      explained: one,
      metrics: measured.targets[i] ?? null,
      faithfulness: measured.faithfulness[i] ?? null,
      contrast:
        second?.label == null
          ? null
          : { label: second.label, areaMap: contrastMap(one.areaMap, estimates.map(second.index)) },
    };
  });
  const method = { name: answer.method.name, options: recordedOptions(answer.method, options) };
  const explanation: Explanation = {
    image,
    model: model.info,
    method,
    run: { samples: scores.count, forwards: scores.count + 2, seconds, workers: model.workers, stopped },
    placement,
    targets: explained,
    notes: [...plan.notes, ...trustNotes(measuredTargets, { image, method })],
  };
  return {
    explanation,
    image: answer.image.pixels,
    prediction: answer.prediction,
    forwards: measured.forwards,
    judgingForwards: measured.judgingForwards,
    targets: measuredTargets,
  };
}

function explainedImage(path: string | null, { width, height }: RgbImage, fullSize: boolean): ExplainedImage {
  const mapScale = fullSize ? 1 : Math.min(1, Math.sqrt(MAP_PIXELS / (width * height)));
  return {
    path,
    width,
    height,
    mapScale,
    mapWidth: Math.max(1, Math.floor(width * mapScale)),
    mapHeight: Math.max(1, Math.floor(height * mapScale)),
  };
}
