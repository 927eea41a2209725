import { ClusteredSum, type Mean, type Share } from '../../explain/metrics/intervals.js';
import { isTrusted, type Verdict } from '../../explain/verdict.js';
import type { Outcome } from '../../explain/outcomes.js';
import type { ExplainedRecord } from '../schema/item.js';
import type { TargetRecord } from '../schema/target.js';

/** What is averaged over targets. */
const MEASURES = {
  score: (target) => target.score,
  energyInObject: (target) => target.energyInObject,
  energyOutside: (target) => target.energyOutside,
  energyInBox: (target) => target.energyInBox,
  deletionAuc: (target) => target.deletionAuc,
  insertionAuc: (target) => target.insertionAuc,
  removedShare: (target) => target.boundary?.removed?.share ?? null,
  sufficientShare: (target) => target.boundary?.sufficient.share ?? null,
  reliability: (target) => target.reliability,
} satisfies Record<string, (target: TargetRecord) => number | null>;

export type Measure = keyof typeof MEASURES;

/** Figures of a group of targets, each with its interval and what it was made of; null where nothing was. */
export interface TargetFigures {
  readonly targets: number;
  /** Images that they come from. */
  readonly items: number;
  /** Share of targets whose peak lies within 15 pixels of their object. */
  readonly pointing: Share | null;
  /** Targets whose maps are left out of all figures but the score's, by verdict: they do not say what it depends on. */
  readonly leftOut: Readonly<Record<Exclude<Verdict, 'ok'>, number>>;
  readonly means: Readonly<Record<Measure, Mean | null>>;
}

/** Figures of a class, or of all. */
export interface ClassFigures extends TargetFigures {
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Share of answers that are true positives (those on objects that do not count are left out). */
  readonly precision: Share | null;
  /** Share of objects, or of images' classes, that were answered right. */
  readonly recall: Share | null;
  readonly byOutcome: Readonly<Partial<Record<Outcome, TargetFigures>>>;
}

const OUTCOMES: readonly Outcome[] = ['true-positive', 'wrong-class', 'false-positive', 'missed', 'ignored'];

/** Sums over targets, image by image. */
class TargetSums {
  #targets = 0;
  #items = 0;
  readonly #pointing = new ClusteredSum();
  readonly #leftOut = { noise: 0, lost: 0, weak: 0, unfaithful: 0 };
  readonly #means = new Map(measures().map((measure) => [measure, new ClusteredSum()]));

  add(targets: readonly TargetRecord[]): void {
    if (targets.length === 0) return;
    this.#targets += targets.length;
    this.#items++;
    for (const { verdict } of targets) if (verdict !== null && verdict !== 'ok') this.#leftOut[verdict]++;
    const trusted = targets.filter(({ verdict }) => isTrusted(verdict));
    this.#pointing.add(trusted.flatMap(({ pointing }) => (pointing === null ? [] : [pointing ? 1 : 0])));
    for (const [measure, sum] of this.#means) {
      const counted = measure === 'score' ? targets : trusted;
      sum.add(counted.flatMap((target) => MEASURES[measure](target) ?? []));
    }
  }

  figures(): TargetFigures {
    const mean = (measure: Measure): Mean | null => this.#means.get(measure)?.mean() ?? null;
    return {
      targets: this.#targets,
      items: this.#items,
      pointing: this.#pointing.share(),
      leftOut: { ...this.#leftOut },
      means: {
        score: mean('score'),
        energyInObject: mean('energyInObject'),
        energyOutside: mean('energyOutside'),
        energyInBox: mean('energyInBox'),
        deletionAuc: mean('deletionAuc'),
        insertionAuc: mean('insertionAuc'),
        removedShare: mean('removedShare'),
        sufficientShare: mean('sufficientShare'),
        reliability: mean('reliability'),
      },
    };
  }
}

function measures(): Measure[] {
  return Object.keys(MEASURES).filter((name): name is Measure => name in MEASURES);
}

/** Sums of one class, or of all. Memory does not grow with the number of images. */
export class ClassSums {
  readonly #all = new TargetSums();
  readonly #byOutcome = new Map<Outcome, TargetSums>();
  readonly #outcomes = new Map<Outcome, number>();
  readonly #precision = new ClusteredSum();
  readonly #recall = new ClusteredSum();

  /** Adds the targets of one image, and for each object (or class) of its truth whether it was answered right. */
  add(targets: readonly TargetRecord[], found: readonly boolean[]): void {
    this.#all.add(targets);
    for (const outcome of OUTCOMES) {
      const group = targets.filter((target) => target.outcome === outcome);
      if (group.length === 0) continue;
      this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + group.length);
      const sums = this.#byOutcome.get(outcome) ?? new TargetSums();
      sums.add(group);
      this.#byOutcome.set(outcome, sums);
    }
    this.#precision.add(targets.flatMap(({ outcome }) => rightOrWrong(outcome)));
    this.#recall.add(found.map(Number));
  }

  figures(): ClassFigures {
    const count = (outcome: Outcome): number => this.#outcomes.get(outcome) ?? 0;
    return {
      ...this.#all.figures(),
      outcomes: {
        'true-positive': count('true-positive'),
        'wrong-class': count('wrong-class'),
        'false-positive': count('false-positive'),
        missed: count('missed'),
        ignored: count('ignored'),
      },
      precision: this.#precision.share(),
      recall: this.#recall.share(),
      byOutcome: Object.fromEntries([...this.#byOutcome].map(([outcome, sums]) => [outcome, sums.figures()])),
    };
  }
}

function rightOrWrong(outcome: Outcome | null): number[] {
  if (outcome === 'true-positive') return [1];
  return outcome === 'false-positive' || outcome === 'wrong-class' ? [0] : [];
}

/**
 * The targets that figures are made of: those compared with the truth; in an image without truth, boxes, or classes where
 * there are no boxes.
 */
export function countedTargets({ targets, truth }: ExplainedRecord): TargetRecord[] {
  if (truth !== null) return targets.filter(({ outcome }) => outcome !== null);
  const boxes = targets.filter(({ kind }) => kind === 'bbox');
  return boxes.length > 0 ? boxes : targets;
}
