import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGrid } from '../src/explain/drawing.js';
import { analyse, type Analysis } from '../src/explain/rise/analysis.js';
import type { EstimatorName } from '../src/explain/rise/estimators.js';
import { riseMethod } from '../src/explain/rise/method.js';
import type { Sampler, SamplerName } from '../src/explain/rise/sampler.js';
import { createSampler } from '../src/explain/rise/samplers.js';
import { ScoreTable } from '../src/explain/rise/scores.js';
import type { OpenModel } from '../src/models/open-model.js';
import { ask, type Answer } from '../src/runs/answer.js';
import { openImage } from '../src/runs/open-image.js';
import { planExplanation, type Plan } from '../src/runs/plan.js';

/** An image whose masked runs are scored once, and then analysed in parts. */
export class ScoredImage {
  readonly answer: Answer;
  readonly plan: Plan;
  readonly #model: OpenModel;
  readonly #cache: string | undefined;

  private constructor(model: OpenModel, answer: Answer, plan: Plan, cache: string | undefined) {
    this.#model = model;
    this.answer = answer;
    this.plan = plan;
    this.#cache = cache;
  }

  /**
   * @param cache folder in which scores are kept from run to run, for work on estimators
   * @returns null where the model finds nothing in the image
   */
  static async open(model: OpenModel, path: string, cache: string | undefined): Promise<ScoredImage | null> {
    const given = model.info.task === 'detection' ? { maxBoxes: 5 } : {};
    const answer = await ask(model, await openImage(path), { given });
    const plan = planExplanation(answer, model.info);
    if (plan.targets.length === 0) return null;
    return new ScoredImage(model, answer, plan, cache);
  }

  /** Scores masks 0..count-1 of a sampler. */
  async score(name: SamplerName, seed: number, count: number): Promise<Scores> {
    const { scene, scoring, milliseconds, placement, options } = this.answer;
    const {
      scored: { targets, rivals },
      baseline,
    } = this.plan;
    const design = riseMethod.plan(placement.area, { ...options, sampler: name, seed, maxSamples: count }, scene.shown);
    const { sampler } = design;
    if (sampler === null || !isGrid(sampler)) throw new Error('masks of RISE have a sampler');
    const key = createHash('sha256').update(JSON.stringify([this.#model.info.sha256, sampler, targets, scoring]));
    const hash = key.update(scene.input).digest('hex').slice(0, 32);
    const file = this.#cache === undefined ? undefined : join(this.#cache, `${hash}.bin`);
    const kept = file !== undefined && existsSync(file) ? floatsIn(file) : new Float32Array(0);
    if (kept.length >= count * targets.length) return new Scores(createSampler(sampler), kept, baseline, rivals);

    const data = new Float32Array(count * targets.length);
    let at = 0;
    const batch = this.#model.batchSize(undefined);
    const runs = { scene, design, targets, scoring, batch, millisecondsPerRun: milliseconds };
    for await (const chunk of this.#model.scoreMasks(runs)) {
      data.set(chunk, at);
      at += chunk.length;
    }
    if (file !== undefined) {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, data);
    }
    return new Scores(createSampler(sampler), data, baseline, rivals);
  }
}

/** Scores of masks 0, 1, 2... of a sampler. */
export class Scores {
  /** Targets that are explained: the first of those that are scored. */
  readonly targets: number;
  readonly #rivals: readonly (readonly number[])[];
  readonly #sampler: Sampler;
  readonly #data: Float32Array;
  readonly #baseline: Float32Array;

  /**
   * @param data `[masks, scored]`
   * @param baseline `[scored]`
   * @param rivals of the targets that are explained
   */
  constructor(
    sampler: Sampler,
    data: Float32Array,
    baseline: Float32Array,
    rivals: readonly (readonly number[])[] = Array.from(baseline, () => []),
  ) {
    this.targets = rivals.length;
    this.#rivals = rivals;
    this.#sampler = sampler;
    this.#data = data;
    this.#baseline = baseline;
  }

  /** What masks first..first+count-1 say, as if they were all. */
  analyse(estimator: EstimatorName, first: number, count: number): Analysis {
    const part: Sampler = {
      ...this.#sampler,
      draw: (index, cells) => this.#sampler.draw(first + index, cells),
    };
    const scored = this.#baseline.length;
    const table = new ScoreTable(scored, count);
    table.append(this.#data.slice(first * scored, (first + count) * scored));
    return analyse(part, table, { estimator, baseline: this.#baseline, rivals: this.#rivals });
  }
}

function floatsIn(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Pearson's correlation; 0 where one of the two is constant. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
