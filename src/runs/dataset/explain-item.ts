import type { DatasetItem } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import type { RiseInput } from '../../explain/rise/options.js';
import type { Model } from '../../models/model.js';
import type { Answer } from '../explain.js';
import type { Snapshot } from '../explanation.js';
import { explainMeasured, type MeasuredExplanation, type MeasuredTarget } from '../metrics/explain-measured.js';
import type { MetricsLevel } from '../metrics/plan.js';
import { ObjectRegions, type Energies } from './energies.js';
import { bestScore, judge, type Judgement, type TargetJudgement } from './judge.js';
import type { Truth } from './truth.js';

/**
 * Which pictures are worth explaining:
 *
 * - `wrong`: the top class is wrong, or a box is a false positive or of a wrong class;
 * - `missed`: an object, or for a classifier the class, was not found;
 * - `low-confidence`: nothing was found, or the best score is below 0.5.
 */
export const ONLY = ['wrong', 'missed', 'low-confidence'] as const;
export type Only = (typeof ONLY)[number];

/** Below this best score an answer has low confidence. */
const LOW_CONFIDENCE = 0.5;

/** Follows an item while it is at work. */
export interface ItemWatcher {
  /** Milliseconds between snapshots. */
  readonly interval: number;
  /** The model has answered: the item is about to be explained. */
  begun(item: DatasetItem, answer: Answer): void;
  progress(item: DatasetItem, done: number, most: number): void;
  snapshot(item: DatasetItem, snapshot: Snapshot): void;
  /** It could not be explained. */
  failed(item: DatasetItem, error: unknown): void;
}

/** How the items of a dataset are explained. */
export interface ItemOptions {
  /** The method's options that were given. */
  readonly method: RiseInput;
  readonly metrics: MetricsLevel;
  readonly only: Only | null;
  readonly fullSize: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly watcher?: ItemWatcher | undefined;
}

/** A target held against the truth. */
export interface JudgedTarget extends MeasuredTarget {
  readonly judgement: TargetJudgement;
  readonly energies: Energies;
}

/** An item explained, measured and held against its truth. */
export interface ExplainedItem extends Omit<MeasuredExplanation, 'targets'> {
  readonly item: DatasetItem;
  readonly truth: Truth | null;
  /** Null without truth. */
  readonly judgement: Judgement | null;
  readonly targets: readonly JudgedTarget[];
}

/**
 * Explains one item of a dataset; null where `only` leaves it out, after one run of the model.
 *
 * @throws DatumError: `image` for a picture that is missing or cannot be read, `interrupted` when the signal aborts,
 *   others as `explain` does.
 */
export async function explainItem(
  model: Model,
  item: DatasetItem,
  truth: Truth | null,
  { method, metrics, only, fullSize, signal, watcher }: ItemOptions,
): Promise<ExplainedItem | null> {
  if (item.malformed !== undefined) throw new DatumError('dataset', item.malformed);
  if (item.imagePath === null) throw new DatumError('image', item.missing ?? `the picture of ${item.id} is missing.`);
  const found: { judgement: Judgement | null; left: boolean } = { judgement: null, left: false };
  const run = explainMeasured(model, item.imagePath, {
    ...method,
    metrics,
    fullSize,
    signal,
    snapshotInterval: watcher?.interval ?? Infinity,
    onProgress: (done, most) => watcher?.progress(item, done, most),
    onAnswer(answer) {
      found.judgement = truth === null ? null : judge(answer, truth);
      found.left = only !== null && !isWanted(only, answer, found.judgement);
      if (!found.left) watcher?.begun(item, answer);
      return found.left ? null : (found.judgement?.missed ?? []);
    },
  });
  const measured = await followed(run, item, watcher);
  // The signal may have aborted after the masked runs: then metrics are missing.
  if (measured.explanation.run.stopped === 'interrupted' || signal?.aborted === true) {
    throw new DatumError('interrupted', `${item.id} was interrupted.`);
  }
  return found.left ? null : held(measured, item, truth, found.judgement);
}

function held(
  measured: MeasuredExplanation,
  item: DatasetItem,
  truth: Truth | null,
  judgement: Judgement | null,
): ExplainedItem {
  const regions = new ObjectRegions(truth, measured.answer.scene.placement);
  return {
    ...measured,
    item,
    truth,
    judgement,
    targets: measured.targets.map((target) => {
      const judged = judgement?.of(target.explained.target) ?? { outcome: null, truth: null, iou: null };
      return { ...target, judgement: judged, energies: regions.energies(target, judged) };
    }),
  };
}

function isWanted(only: Only, answer: Answer, judgement: Judgement | null): boolean {
  const best = bestScore(answer);
  if (only === 'low-confidence') return best === null || best < LOW_CONFIDENCE;
  if (judgement === null) return false;
  const { falsePositive, wrongClass, missed } = judgement.counts;
  if (only === 'wrong') return falsePositive + wrongClass > 0;
  // A classifier that answers another class has missed the right one.
  return missed + (answer.prediction.proposals === null ? wrongClass : 0) > 0;
}

async function followed<T>(
  run: AsyncGenerator<Snapshot, T, void>,
  item: DatasetItem,
  watcher: ItemWatcher | undefined,
): Promise<T> {
  try {
    for (;;) {
      const next = await run.next();
      if (next.done === true) return next.value;
      watcher?.snapshot(item, next.value);
    }
  } catch (error) {
    watcher?.failed(item, error);
    throw error;
  }
}
