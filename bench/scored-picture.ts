import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, type Analysis } from '../src/explain/rise/analysis.js';
import type { EstimatorName } from '../src/explain/rise/estimators.js';
import type { Sampler, SamplerName } from '../src/explain/rise/sampler.js';
import { createSampler } from '../src/explain/rise/samplers.js';
import { ScoreTable } from '../src/explain/rise/scores.js';
import { Scorer } from '../src/explain/scorer.js';
import { withRivals } from '../src/explain/softmax-rivals.js';
import { explain, type Model } from '../src/index.js';
import type { Answer } from '../src/runs/explain.js';

/** A picture whose masked runs are scored once, and then analysed in parts. */
export class ScoredPicture {
  readonly answer: Answer;
  readonly #model: Model;
  readonly #cache: string | undefined;

  private constructor(model: Model, answer: Answer, cache: string | undefined) {
    this.#model = model;
    this.answer = answer;
    this.#cache = cache;
  }

  /**
   * @param cache folder in which scores are kept from run to run, for work on estimators
   * @returns null where the model finds nothing in the picture
   */
  static async open(model: Model, path: string, cache: string | undefined): Promise<ScoredPicture | null> {
    let answer: Answer | undefined;
    await explain(model, path, {
      ...(model.info.task === 'detection' ? { maxBoxes: 5 } : {}),
      onAnswer(found) {
        answer = found;
        return null;
      },
    });
    if (answer === undefined || answer.selection.targets.length === 0) return null;
    return new ScoredPicture(model, answer, cache);
  }

  /** Scores masks 0..count-1 of a sampler. */
  async score(design: SamplerName, seed: number, count: number): Promise<Scores> {
    const { scene, scoring, selection, prediction, milliseconds, options } = this.answer;
    const explained = selection.targets.map(({ target }) => target);
    const { targets, rivals } = withRivals(explained, prediction);
    const sampler = {
      sampler: design,
      height: scene.placement.area.height,
      width: scene.placement.area.width,
      gridHeight: options.maskHeight,
      gridWidth: options.maskWidth,
      probability: options.prob,
      seed,
    };
    const baseline = new Float32Array(targets.length);
    new Scorer(targets, scoring).score(prediction, baseline, 0);
    const key = createHash('sha256').update(JSON.stringify([this.#model.info.sha256, sampler, targets, scoring]));
    const name = key.update(scene.input).digest('hex').slice(0, 32);
    const file = this.#cache === undefined ? undefined : join(this.#cache, `${name}.bin`);
    const kept = file !== undefined && existsSync(file) ? floatsIn(file) : new Float32Array(0);
    if (kept.length >= count * targets.length) return new Scores(createSampler(sampler), kept, baseline, rivals);

    const data = new Float32Array(count * targets.length);
    let at = 0;
    const batch = this.#model.batchSize(undefined);
    const runs = { scene, sampler, targets, scoring, count, batch, millisecondsPerRun: milliseconds };
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
