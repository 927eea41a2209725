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

/** Images that are the same whatever the order. */
const SHARED_KEYS = ['whole', 'zero', 'filled', 'blurred'];

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

  /**
   * @param orders pixels of the area by falling saliency: the first are those of the targets' own maps
   * @param known runs of the same targets along other orders: what is the same of all orders is not run again
   */
  constructor(
    model: OpenModel,
    { scene, prediction, options, scoring, kinds, milliseconds }: Answer,
    targets: readonly Target[],
    orders: readonly Uint32Array[],
    signal: AbortSignal | undefined,
    known?: Perturbation,
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
    if (known !== undefined) {
      for (const key of SHARED_KEYS) {
        const row = known.#rows.get(key);
        if (row !== undefined) this.#rows.set(key, row);
      }
      return;
    }
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

  /**
   * Asks for a target's answers after changing each number of the most salient pixels.
   *
   * @param order index of the order by which they are the most salient ones; that of the target's own map where absent
   */
  async at(target: number, mode: PerturbMode, counts: readonly number[], order = target): Promise<Measured> {
    const keys = counts.map((count) => this.#key(order, mode, count));
    const missing = new Map<string, PerturbRequest>();
    for (const [i, key] of keys.entries()) {
      if (!this.#rows.has(key)) missing.set(key, { mode, order, count: counts[i]! });
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
  #key(order: number, mode: PerturbMode, count: number): string {
    const all = count === this.pixels;
    switch (mode) {
      case 'insert':
        return all ? 'whole' : count === 0 ? 'blurred' : `insert ${order} ${count}`;
      case 'keep':
        return all ? 'whole' : count === 0 ? this.#filled() : `keep ${order} ${count}`;
      case 'delete':
        return count === 0 ? 'whole' : all ? 'zero' : `delete ${order} ${count}`;
      case 'remove':
        if (count === 0) return 'whole';
        if (all) return this.#filled();
        // Where the fill is zero, removing is deleting.
        return `${this.#fillIsZero ? 'delete' : 'remove'} ${order} ${count}`;
    }
  }

  #filled(): string {
    return this.#fillIsZero ? 'zero' : 'filled';
  }
}
