import { REMARKS_TO_LOOK_AT, type DatasetItem } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import type { Method, MethodOptions } from '../../explain/method.js';
import type { Note } from '../../explain/note.js';
import type { TargetKind } from '../../explain/targets/kind.js';
import type { OpenModel } from '../../models/open-model.js';
import type { Snapshot, MeasuredExplanation } from '../../results/explanation.js';
import type { JudgedItem, JudgedTarget } from '../../results/judged.js';
import { ask, type Answer } from '../answer.js';
import { openImage } from '../open-image.js';
import type { MetricsLevel } from '../measure/metrics-level.js';
import { planExplanation } from '../plan.js';
import { runPlan, type RunEvent } from '../run-plan.js';
import { ObjectRegions } from './energies.js';
import { bestScore, judge, type Judgement } from './judge.js';
import { truthRecord, type Truth } from './truth.js';

/**
 * Which images are worth explaining:
 *
 * - `wrong`: the top class is wrong, or a box is a false positive or of a wrong class;
 * - `missed`: an object, or for a classifier the class, was not found;
 * - `low-confidence`: nothing was found, or the best score is below 0.5.
 */
export const ONLY = ['wrong', 'missed', 'low-confidence'] as const;
export type Only = (typeof ONLY)[number];

/** Below this best score an answer has low confidence. */
const LOW_CONFIDENCE = 0.5;

/** What an item at work says of itself. */
export type ItemEvent =
  /** The model has answered: the item is about to be explained. */
  | { readonly kind: 'begun'; readonly item: DatasetItem; readonly answer: Answer; readonly most: number }
  | { readonly kind: 'progress'; readonly item: DatasetItem; readonly done: number; readonly most: number }
  | { readonly kind: 'snapshot'; readonly item: DatasetItem; readonly snapshot: Snapshot }
  /** Its files are written. */
  | { readonly kind: 'done'; readonly item: DatasetItem; readonly measured: MeasuredExplanation }
  /** It could not be explained. */
  | { readonly kind: 'failed'; readonly item: DatasetItem; readonly error: unknown };

/** How the items of a dataset are explained. */
export interface ItemOptions {
  /** The method's options that were given. */
  readonly given: Readonly<Record<string, unknown>>;
  /** All of them, resolved, where a run goes on that began with other defaults. */
  readonly resolved?: MethodOptions | undefined;
  readonly method?: Method | undefined;
  readonly kinds?: readonly TargetKind[] | undefined;
  readonly metrics: MetricsLevel;
  readonly only: Only | null;
  readonly fullSize: boolean;
  /** Milliseconds between snapshots of an item; none where absent. */
  readonly snapshotInterval?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Explains one item of a dataset; null where `only` leaves it out, after one run of the model.
 *
 * @param watch is told what happens
 * @throws DatumError: `image` for an image that is missing or cannot be read, `interrupted` when the signal aborts,
 *   others as `explain` does.
 */
export async function explainItem(
  model: OpenModel,
  item: DatasetItem,
  truth: Truth | null,
  options: ItemOptions,
  watch: (event: ItemEvent) => void = () => undefined,
): Promise<JudgedItem | null> {
  const { metrics, only, signal } = options;
  if (item.malformed !== undefined) throw new DatumError('dataset', item.malformed);
  if (item.imagePath === null) throw new DatumError('image', item.missing ?? `the image of ${item.id} is missing.`);
  const answer = await ask(model, await openImage(item.imagePath), options);
  const judgement = truth === null ? null : judge(answer, truth);
  if (only !== null && !isWanted(only, answer, judgement)) return null;
  const planned = planExplanation(answer, model.info, { more: judgement?.missed, contrasts: metrics !== 'none' });
  const plan = { ...planned, notes: [...planned.notes, ...notesOf(item)] };
  watch({ kind: 'begun', item, answer, most: plan.design.most });
  const measured = await followed(runPlan(model, answer, plan, options), item, watch);
  // The signal may have aborted after the masked runs: then metrics are missing.
  if (measured.explanation.run.stopped === 'interrupted' || signal?.aborted === true) {
    throw new DatumError('interrupted', `${item.id} was interrupted.`);
  }
  return judgedItem(measured, item, truth, judgement);
}

/** What is to be looked at in how this image was read. */
function notesOf({ remarks = [] }: DatasetItem): Note[] {
  return remarks
    .filter((remark) => REMARKS_TO_LOOK_AT.has(remark))
    .map((remark) => ({ kind: 'text', sentence: `the image is ${remark}.` }));
}

/** A measured explanation of an item, with how its targets stand against the truth. */
export function judgedItem(
  measured: MeasuredExplanation,
  { id, subset, attributes }: DatasetItem,
  truth: Truth | null,
  judgement: Judgement | null,
): JudgedItem {
  const regions = new ObjectRegions(truth, measured.explanation.placement);
  const planned = measured.targets.map(({ explained }) => explained.planned);
  const judgements = judgement?.judgeTargets(planned) ?? [];
  return {
    measured,
    item: { id, subset, attributes: { ...attributes } },
    truth: truth === null ? null : truthRecord(truth, judgement?.objects ?? []),
    outcomes: judgement?.counts ?? null,
    targets: measured.targets.map((target, i): JudgedTarget => {
      const held = judgements[i] ?? { outcome: null, truth: null, iou: null };
      return { measured: target, judgement: held, energies: regions.energies(target, held) };
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
  run: AsyncGenerator<RunEvent, T, void>,
  item: DatasetItem,
  watch: (event: ItemEvent) => void,
): Promise<T> {
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
    watch({ ...next.value, item });
  }
}
