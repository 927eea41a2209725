import type { Prediction } from '../annotations/index.js';
import { DatumError } from '../errors.js';
import { resolveRiseOptions, type RiseInput, type RiseOptions } from '../explain/rise/options.js';
import type { SamplerOptions } from '../explain/rise/sampler.js';
import { ScoreTable } from '../explain/rise/scores.js';
import { withRivals } from '../explain/softmax-rivals.js';
import type { ScoringOptions } from '../explain/targets.js';
import { readImage, type RgbImage } from '../image/index.js';
import type { Model } from '../models/model.js';
import type { Scene } from '../models/scene.js';
import type { ExplainedImage, Explanation, Snapshot, Stopped } from './explanation.js';
import { selectTargets, type SelectedTarget, type Selection } from './select-targets.js';
import { StopRule } from './stop-rule.js';
import { TargetEstimates } from './target-estimates.js';
import { refuseUselessOptions } from './useless-options.js';

/** Pixels of a map, unless full size is asked for. */
const MAP_PIXELS = 4_000_000;

const DROPPED_ALPHA =
  'the picture is partly or wholly transparent: the model is shown the colours under the transparency, so lay it on a background first if they are not what you see.';

/** What the model says of the whole picture, before the masked runs. */
export interface Answer {
  readonly picture: RgbImage;
  readonly scene: Scene;
  readonly prediction: Prediction;
  /** Time of that run. */
  readonly milliseconds: number;
  readonly options: RiseOptions;
  readonly scoring: ScoringOptions;
  /** What is going to be explained. */
  readonly selection: Selection;
}

/** How a picture is explained: the method's options, and how the run behaves. */
export interface ExplainOptions extends RiseInput {
  /** Maps at the picture's size even above 4 megapixels. */
  readonly fullSize?: boolean | undefined;
  /** Milliseconds between snapshots of `explainProgressively`; 1000 where absent. */
  readonly snapshotInterval?: number | undefined;
  /**
   * Called once with the model's answer to the whole picture: says what to explain beside what was selected, from the
   * same masked runs; null explains nothing at all.
   */
  readonly onAnswer?: ((answer: Answer) => readonly SelectedTarget[] | null) | undefined;
  /** Called as masks are scored. */
  readonly onProgress?: ((done: number, most: number) => void) | undefined;
  /** Ends the run early: the explanation so far is returned, marked `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Explains a picture with RISE: which pixels made the model answer what it answered.
 *
 * @param image path of a picture, or a decoded one.
 * @throws DatumError for a picture that cannot be read, options that make no sense, or a model that fails.
 */
export async function explain(
  model: Model,
  image: string | RgbImage,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const snapshots = explainProgressively(model, image, { ...options, snapshotInterval: Infinity });
  for (;;) {
    const next = await snapshots.next();
    if (next.done === true) return next.value;
  }
}

/**
 * Explains a picture and yields its maps while they form; returns the finished explanation. Snapshots are for the eye:
 * the result does not depend on when they are taken.
 */
export async function* explainProgressively(
  model: Model,
  image: string | RgbImage,
  { fullSize, snapshotInterval = 1000, onAnswer, onProgress, signal, ...methodOptions }: ExplainOptions = {},
): AsyncGenerator<Snapshot, Explanation, void> {
  const started = performance.now();
  const options = resolveRiseOptions(methodOptions);
  const picture = typeof image === 'string' ? await readImage(image) : image;
  const scene = await model.scene(picture, options.fill);
  const [{ prediction, milliseconds }, { prediction: filled }] = await Promise.all([
    model.predict(scene),
    model.predictFill(scene),
  ]);
  checkFinite(prediction, model);
  refuseUselessOptions(methodOptions, prediction, model.info);
  const sampler = samplerOptions(scene, options);
  const scoring = {
    match: options.match,
    iouThreshold: options.iouThresh,
    nms: options.nmsIouThresh ?? model.info.nms,
  };
  const selected = selectTargets(prediction, options, model.info, scene.placement);
  const more =
    onAnswer === undefined
      ? []
      : onAnswer({ picture, scene, prediction, milliseconds, options, scoring, selection: selected });
  const selection = { ...selected, targets: more === null ? [] : [...selected.targets, ...more] };
  const shown = explainedImage(typeof image === 'string' ? image : null, picture, fullSize === true);
  const explained = selection.targets.map(({ target }) => target);
  const scored =
    options.estimator === 'regression'
      ? withRivals(explained, prediction)
      : { targets: explained, rivals: explained.map(() => []) };
  const estimate = new TargetEstimates({
    info: model.info,
    selection,
    scored,
    scene,
    sampler,
    scoring,
    estimator: options.estimator,
    image: shown,
    whole: prediction,
    filled,
  });
  const scores = new ScoreTable(scored.targets.length);
  const auxiliary = selection.targets.flatMap((target, index) => (target.auxiliary === true ? [index] : []));
  const rule = new StopRule(options, started, (table) => estimate.analyse(table), new Set(auxiliary));

  let stopped: Stopped = selection.targets.length === 0 ? 'max-samples' : 'interrupted';
  let lastSnapshot = performance.now();
  if (selection.targets.length > 0) {
    const masks = model.scoreMasks({
      scene,
      sampler,
      targets: scored.targets,
      scoring,
      count: options.maxSamples,
      batch: model.batchSize(options.batchSize),
      millisecondsPerRun: milliseconds,
      signal,
    });
    for await (const chunk of masks) {
      const stop = rule.append(scores, chunk);
      onProgress?.(scores.count, options.maxSamples);
      if (stop !== null) {
        stopped = stop;
        break;
      }
      if (performance.now() - lastSnapshot >= snapshotInterval) {
        yield {
          samples: scores.count,
          maxSamples: options.maxSamples,
          image: shown,
          targets: estimate.targets(scores),
        };
        lastSnapshot = performance.now();
      }
    }
  }
  return {
    image: shown,
    model: model.info,
    method: { name: 'rise', options },
    run: {
      samples: scores.count,
      forwards: scores.count + 2,
      seconds: (performance.now() - started) / 1000,
      workers: model.workers,
      stopped,
    },
    targets: estimate.targets(scores),
    notes: [...(picture.droppedAlpha === true ? [DROPPED_ALPHA] : []), ...selection.notes, ...estimate.notes],
  };
}

function samplerOptions({ placement }: Scene, options: RiseOptions): SamplerOptions {
  return {
    sampler: options.sampler,
    height: placement.area.height,
    width: placement.area.width,
    gridHeight: options.maskHeight,
    gridWidth: options.maskWidth,
    probability: options.prob,
    seed: options.seed,
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

function checkFinite({ scores, proposals }: Prediction, model: Model): void {
  const values = [
    scores,
    proposals?.boxes,
    proposals?.objectness,
    proposals?.classes.kind === 'single' ? proposals.classes.scores : proposals?.classes.data,
  ];
  for (const array of values) {
    const bad = array?.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new DatumError(
        'model',
        `${model.info.name} answers ${bad} for the whole picture: check its preprocessing (--mean, --std, --scale), and that its numbers do not overflow.`,
      );
    }
  }
}
