import type { Prediction } from '../../annotations/index.js';
import { headOf } from '../class-heads.js';
import { classDecision, NOTHING } from '../decision.js';
import { likeliestClasses } from '../likeliest-classes.js';
import type { Note } from '../note.js';
import type { CommonOptions } from '../options.js';
import { classIds, overruledId } from './class-id.js';
import type { TargetKind } from './kind.js';
import type { SelectedTarget, Target, Why } from './target.js';

/** A class: of the whole image for classifiers, wherever it is found for detectors. */
export interface LabelTarget extends Target {
  readonly kind: 'label';
  readonly label: number;
}

export function isLabelTarget(target: Target): target is LabelTarget {
  return target.kind === 'label';
}

/** Classes: the likeliest ones of a classifier, or every class of which a detector found a box. */
export const labelKind: TargetKind<LabelTarget> = {
  kind: 'label',

  select({ prediction, detections, labels }, options) {
    const { scores, proposals } = prediction;
    // A box that the user names is explained alone, unless classes are named too.
    if (proposals !== null && options.boxes !== undefined && options.classes === undefined) {
      return { targets: [], notes: [] };
    }
    const { classes } = options;
    const named = classes?.map((name) => ({ name, ids: classIds(name, labels, prediction) }));
    const asked = named && [...new Set(named.flatMap(({ ids }) => ids))];
    const namedSo = (named ?? []).flatMap(({ name, ids }) => nameBeforeNumber(name, ids, labels));
    const why: Why = asked === undefined ? 'answer' : 'asked';
    const ofImage = scores === null ? [] : imageLabels(scores, options, asked);
    if (proposals === null)
      return { targets: selected(ofImage, why), notes: [...tooMany(scores, options), ...namedSo] };
    const found = asked ?? [...new Set(detections.map(({ label }) => label))];
    const ofBoxes = found.map((label) => ({ label, score: null }));
    return { targets: selected([...ofImage, ...ofBoxes], why), notes: namedSo };
  },

  /** A class of the whole image: its score. Of a detector: the greatest that any of its proposals gives it. */
  scorer:
    ({ label }) =>
    ({ prediction: { scores }, reader }) =>
      scores === null ? (reader?.greatest(label) ?? 0) : (scores[label] ?? 0),

  /**
   * A class of the whole image: the first class of its head (the first of equal ones); the class itself while its score
   * is at least 0.5 where classes are independent of each other; for a detector, while any object of it is found.
   */
  decide({ label }, view, { confidence, nms }) {
    const { scores } = view.prediction;
    if (scores !== null) return classDecision(view.prediction, scores, label);
    return view.detections(confidence, nms).some((one) => one.label === label) ? label : NOTHING;
  },

  /** None for a detector's class, a class that is independent of others, and the class of a model that has one. */
  rival({ label }, prediction) {
    const { scores } = prediction;
    if (scores === null) return null;
    const { first, count, answer } = headOf(prediction, scores, label);
    if (answer === 'any') return null;
    const second = largestBut(scores, label, first, first + count);
    return second === null ? null : { kind: 'label', label: second };
  },

  box: () => null,
};

function selected(
  labels: readonly { readonly label: number; readonly score: number | null }[],
  why: Why,
): SelectedTarget<LabelTarget>[] {
  return labels.map(({ label, score }) => ({ target: { kind: 'label', label }, score, why, detection: null }));
}

function imageLabels(
  scores: Float32Array,
  { topK }: CommonOptions,
  asked: readonly number[] | undefined,
): { readonly label: number; readonly score: number }[] {
  const chosen = asked ?? likeliestClasses(scores, topK === 'all' ? undefined : topK);
  return chosen.map((label) => ({ label, score: scores[label]! }));
}

/** Says that a number was taken for the name that it is too. */
function nameBeforeNumber(name: string, ids: readonly number[], labels: readonly string[] | null): Note[] {
  const other = overruledId(name, labels, ids);
  if (other === null) return [];
  const sentence = `'${name}' is taken for the class of that name, number ${ids.join(', ')}: class number ${other} is called '${labels?.[other] ?? ''}'.`;
  return [{ kind: 'text', sentence }];
}

/** Says that more classes were asked for than there are. */
function tooMany(scores: Prediction['scores'], { topK, classes }: CommonOptions): Note[] {
  const count = scores?.length ?? 0;
  if (classes !== undefined || topK === 'all' || topK <= count) return [];
  return [{ kind: 'fewer-classes', asked: topK, classes: count }];
}

/** Index of the largest value but one, of those from `first` to before `end`; the first of equal ones. */
export function largestBut(
  values: Float32Array,
  excluded: number,
  first = 0,
  end: number = values.length,
): number | null {
  let largest: number | null = null;
  for (let i = first; i < end; i++) {
    if (i !== excluded && (largest === null || values[i]! > values[largest]!)) largest = i;
  }
  return largest;
}
