import { Scorer } from '../../explain/scorer.js';
import type { Target } from '../../explain/targets/target.js';
import type { OpenModel } from '../../models/open-model.js';
import type { PerturbMode, PerturbRequest, ScoredItems } from '../../models/work.js';
import type { Answer } from '../answer.js';

/** What the model says of one target at each number of pixels asked for. */
export interface Measured {
  readonly scores: readonly number[];
  /** What is decided in the target's place; see explain/decision.ts. */
  readonly decisions: readonly number[];
}

/** Answers for all targets, from one run. */
interface Row {
  readonly scores: Float32Array;
  readonly decisions: Int32Array;
}

/**
 * The model's answers on one image with pixels changed in order of saliency. No image goes through the model twice:
 * the whole one is known, and those that are the same for all targets (all removed, all blurred) are shared.
 */
export class Perturbation {
  /** Pixels of the image's area. */
  readonly pixels: number;
  readonly targets: readonly Target[];
  readonly #run: (requests: readonly PerturbRequest[]) => Promise<ScoredItems>;
  readonly #rows = new Map<string, Promise<Row>>();
  readonly #fillIsZero: boolean;
  #forwards = 0;

  /** @param orders for each target, the pixels of the area by falling saliency. */
  constructor(
    model: OpenModel,
    { scene, prediction, options, scoring, kinds, milliseconds }: Answer,
    targets: readonly Target[],
    orders: readonly Uint32Array[],
    signal: AbortSignal | undefined,
  ) {
    this.targets = targets;
    this.pixels = scene.placement.area.width * scene.placement.area.height;
    this.#fillIsZero = scene.fill === null;
    this.#run = model.perturbed({
      scene,
      targets,
      scoring,
      kinds,
      orders,
      confidence: options.detConfThresh,
      batch: model.batchSize(options.batchSize),
      millisecondsPerRun: milliseconds,
      signal,
    });
    const scorer = new Scorer(targets, scoring, kinds);
    const decisions = scorer.decisionsOf(prediction, { confidence: options.detConfThresh, nms: scoring.nms });
    this.#rows.set('whole', Promise.resolve({ scores: scorer.scoresOf(prediction), decisions }));
  }

  /** Changed images that went through the model. */
  get forwards(): number {
    return this.#forwards;
  }

  /** What is decided on the whole image. */
  async wholeDecision(target: number): Promise<number> {
    return (await this.#rows.get('whole')!).decisions[target]!;
  }

  /** Asks for a target's answers after changing each number of its most salient pixels. */
  async at(target: number, mode: PerturbMode, counts: readonly number[]): Promise<Measured> {
    const keys = counts.map((count) => this.#key(target, mode, count));
    const missing = new Map<string, PerturbRequest>();
    for (const [i, key] of keys.entries()) {
      if (!this.#rows.has(key)) missing.set(key, { mode, order: target, count: counts[i]! });
    }
    if (missing.size > 0) {
      this.#forwards += missing.size;
      const result = this.#run([...missing.values()]);
      const width = this.targets.length;
      for (const [i, key] of [...missing.keys()].entries()) {
        const row = result.then(({ scores, decisions }) => ({
          scores: scores.subarray(i * width, (i + 1) * width),
          decisions: decisions.subarray(i * width, (i + 1) * width),
        }));
        // A failure is met by whoever waits for it below.
        row.catch(() => undefined);
        this.#rows.set(key, row);
      }
    }
    const rows = await Promise.all(keys.map((key) => this.#rows.get(key)!));
    return {
      scores: rows.map(({ scores }) => scores[target]!),
      decisions: rows.map(({ decisions }) => decisions[target]!),
    };
  }

  /** A name for the changed image: the same for two requests that make the same one. */
  #key(target: number, mode: PerturbMode, count: number): string {
    const all = count === this.pixels;
    switch (mode) {
      case 'insert':
        return all ? 'whole' : count === 0 ? 'blurred' : `insert ${target} ${count}`;
      case 'keep':
        return all ? 'whole' : count === 0 ? this.#filled() : `keep ${target} ${count}`;
      case 'delete':
        return count === 0 ? 'whole' : all ? 'zero' : `delete ${target} ${count}`;
      case 'remove':
        if (count === 0) return 'whole';
        if (all) return this.#filled();
        // Where the fill is zero, removing is deleting.
        return `${this.#fillIsZero ? 'delete' : 'remove'} ${target} ${count}`;
    }
  }

  #filled(): string {
    return this.#fillIsZero ? 'zero' : 'filled';
  }
}
