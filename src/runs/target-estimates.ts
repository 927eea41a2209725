import type { Prediction } from '../annotations/index.js';
import { analyse, type Analysis } from '../explain/rise/analysis.js';
import type { EstimatorName } from '../explain/rise/estimators.js';
import { createSampler } from '../explain/rise/samplers.js';
import type { Sampler, SamplerOptions } from '../explain/rise/sampler.js';
import type { ScoreTable } from '../explain/rise/scores.js';
import { Scorer } from '../explain/scorer.js';
import type { ScoredTargets } from '../explain/softmax-rivals.js';
import type { ScoringOptions } from '../explain/targets.js';
import { boxToImage, clipBox } from '../image/index.js';
import type { ModelInfo } from '../models/model.js';
import type { Scene } from '../models/scene.js';
import { ExplainedTarget, type ExplainedImage, type TargetFields } from './explanation.js';
import type { Selection } from './select-targets.js';

/** All that explained targets are made of, besides the scores of masked runs. */
export interface EstimateContext {
  readonly info: Pick<ModelInfo, 'labels' | 'truncated' | 'interpreter'>;
  readonly selection: Selection;
  /** What masked runs are scored for: the selection, and perhaps rivals behind it. */
  readonly scored: ScoredTargets;
  readonly scene: Scene;
  readonly sampler: SamplerOptions;
  readonly scoring: ScoringOptions;
  readonly estimator: EstimatorName;
  readonly image: ExplainedImage;
  /** The model's answers to the whole picture and to the fill alone. */
  readonly whole: Prediction;
  readonly filled: Prediction;
}

/** Turns scores into explained targets, at any moment of a run. */
export class TargetEstimates {
  /** What the user should know about the maps, a sentence each. */
  readonly notes: readonly string[];
  readonly #context: EstimateContext;
  readonly #fields: readonly TargetFields[];
  readonly #sampler: Sampler;
  readonly #baseline: Float32Array;

  constructor(context: EstimateContext) {
    const { selection, scene, scoring, image, info } = context;
    const { targets } = context.scored;
    const scorer = new Scorer(targets, scoring);
    const filled = new Float32Array(targets.length);
    this.#baseline = new Float32Array(targets.length);
    scorer.score(context.whole, this.#baseline, 0);
    scorer.score(context.filled, filled, 0);
    this.#context = context;
    this.#sampler = createSampler(context.sampler);
    this.#fields = selection.targets.map(({ target, score }, index) => ({
      index,
      target,
      label:
        target.label === null
          ? null
          : { id: target.label, name: info.labels?.[target.label] ?? `class ${target.label}` },
      bbox: target.kind === 'bbox' ? clipBox(boxToImage(target.box, scene.placement), image) : null,
      score: score ?? this.#baseline[index]!,
      baseline: this.#baseline[index]!,
      filled: filled[index]!,
    }));
    this.notes = this.#notes();
  }

  /** What the scores so far say. */
  analyse(scores: ScoreTable): Analysis {
    const { estimator, scored } = this.#context;
    return analyse(this.#sampler, scores, { estimator, baseline: this.#baseline, rivals: scored.rivals });
  }

  targets(scores: ScoreTable): ExplainedTarget[] {
    const analysis = this.analyse(scores);
    const { scene, image } = this.#context;
    return this.#fields.map((fields) => new ExplainedTarget(fields, analysis, scene.placement, image));
  }

  #notes(): string[] {
    const { sampler, info } = this.#context;
    const notes: string[] = [];
    if (this.#sampler.design !== sampler.sampler) {
      notes.push(`masks are drawn at random: balanced (foldover) masks need --prob 0.5, not ${sampler.probability}.`);
    }
    if (info.truncated && this.#fields.some(({ target }) => target.kind === 'bbox')) {
      notes.push(
        `the model cuts its boxes itself (NMS or top-k inside, ${info.interpreter}), so maps of boxes are weaker than with raw proposals: export it without if you can.`,
      );
    }
    return notes;
  }
}
