import { classDecision, NOTHING } from '../../explain/decision.js';
import { matchBoxes, type BoxMatch, type Outcome } from '../../explain/outcomes.js';
import { boxToImage, boxToInput } from '../../image/index.js';
import type { Answer } from '../explain.js';
import type { SelectedTarget } from '../select-targets.js';
import type { Truth } from './truth.js';

/** How a target stands against the truth. */
export interface TargetJudgement {
  /** Null where there is no truth, or where the target is no answer: a class of a detector, a class below the first. */
  readonly outcome: Outcome | null;
  /** Index of the object (boxes) or class (labels) of the truth that it is held against. */
  readonly truth: number | null;
  /** IoU of the two boxes; null for classes. */
  readonly iou: number | null;
}

/** What became of an object of the truth. */
export type ObjectOutcome = 'found' | 'wrong-class' | 'missed' | 'ignored' | 'unknown';

/** How many answers of one picture had each outcome, explained or not. */
export interface OutcomeCounts {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly missed: number;
  readonly wrongClass: number;
  readonly ignored: number;
}

/** An answer held against the truth. */
export interface Judgement {
  readonly counts: OutcomeCounts;
  /** For each object of the truth. */
  readonly objects: readonly ObjectOutcome[];
  /** What was missed, to be explained as well. */
  readonly missed: readonly SelectedTarget[];
  /** How each target stands, missed ones included. */
  readonly of: (target: SelectedTarget['target']) => TargetJudgement;
}

const NOT_JUDGED: TargetJudgement = { outcome: null, truth: null, iou: null };

/** Holds a model's answer against the truth: boxes against objects, or the top class against the classes. */
export function judge(answer: Answer, truth: Truth): Judgement {
  return answer.prediction.proposals === null ? judgeLabel(answer, truth) : judgeBoxes(answer, truth);
}

/** The score that the model is surest of: its top class, or its best box. Null where it found nothing. */
export function bestScore({ prediction, selection }: Answer): number | null {
  const { scores } = prediction;
  if (prediction.proposals !== null || scores === null) return selection.detections[0]?.score ?? null;
  return scores.reduce((best, score) => Math.max(best, score), -Infinity);
}

function judgeLabel(answer: Answer, truth: Truth): Judgement {
  const scores = answer.prediction.scores ?? new Float32Array(0);
  const decided = (label: number): number => classDecision(answer.prediction, scores, label);
  const isRight = (label: number): boolean => decided(label) === label;
  const known = truth.labels.findIndex(({ labels }) => labels.length > 0);
  const hit = truth.labels.findIndex(({ labels }) => labels.some(isRight));
  const right = hit >= 0;
  // A picture without any class, or with none that the model has, says nothing about the answer.
  const judged = known >= 0;
  const outcome: TargetJudgement = {
    outcome: !judged ? null : right ? 'true-positive' : 'wrong-class',
    truth: right ? hit : judged ? known : null,
    iou: null,
  };
  const missedLabel = judged && !right ? truth.labels[known]!.labels[0]! : null;
  // Held against the truth is the answer to its question alone; it may be none where classes are independent.
  const held = right ? truth.labels[hit]!.labels.find(isRight)! : missedLabel === null ? NOTHING : decided(missedLabel);
  return {
    counts: {
      truePositive: judged && right ? 1 : 0,
      falsePositive: 0,
      missed: judged && held === NOTHING ? 1 : 0,
      wrongClass: judged && !right && held !== NOTHING ? 1 : 0,
      ignored: 0,
    },
    objects: truth.boxes.map(({ ignored, labels }) =>
      ignored ? 'ignored' : labels.length === 0 ? 'unknown' : labels.some(isRight) ? 'found' : 'missed',
    ),
    missed:
      missedLabel === null
        ? []
        : missing(answer, { target: { kind: 'label', label: missedLabel }, score: scores[missedLabel] ?? 0 }),
    of: (target) => {
      if (target.kind !== 'label') return NOT_JUDGED;
      if (target.label === held) return outcome;
      return target.label === missedLabel ? { outcome: 'missed', truth: known, iou: null } : NOT_JUDGED;
    },
  };
}

/** The class that was missed, unless it is explained anyhow. */
function missing({ selection }: Answer, target: SelectedTarget): SelectedTarget[] {
  const { label } = target.target;
  const there = selection.targets.some((one) => one.target.kind === 'label' && one.target.label === label);
  return there ? [] : [target];
}

function judgeBoxes(answer: Answer, truth: Truth): Judgement {
  const { selection, scene, options } = answer;
  const found = selection.detections.map((detection) => ({
    ...boxToImage(detection, scene.placement),
    label: detection.label,
    score: detection.score,
  }));
  const matched = matchBoxes(found, truth.boxes);
  // An object of a class that the dataset does not have may well be there: nobody marked it.
  const unmarked = ({ label }: { label: number }): boolean => !truth.annotated.has(label);
  const matches = {
    ...matched,
    found: matched.found.map((match, at) =>
      match.outcome === 'false-positive' && unmarked(found[at]!) ? { ...match, outcome: 'ignored' as const } : match,
    ),
  };
  const missed = matches.missed.slice(0, options.maxBoxes).map((at) => {
    const object = truth.boxes[at]!;
    const target: SelectedTarget['target'] = {
      kind: 'bbox',
      label: object.labels[0]!,
      box: boxToInput(object, scene.placement),
      classScores: null,
    };
    return { at, selected: { target, score: null } };
  });
  const count = (outcome: Outcome): number => matches.found.filter((match) => match.outcome === outcome).length;
  const confused = new Set(matches.found.flatMap((match) => (match.outcome === 'wrong-class' ? [match.truth] : [])));
  return {
    counts: {
      truePositive: count('true-positive'),
      falsePositive: count('false-positive'),
      missed: matches.missed.length,
      wrongClass: count('wrong-class'),
      ignored: count('ignored'),
    },
    objects: truth.boxes.map(({ ignored, labels }, at) => {
      if (ignored) return 'ignored';
      if (confused.has(at)) return 'wrong-class';
      if (labels.length === 0) return 'unknown';
      return matches.missed.includes(at) ? 'missed' : 'found';
    }),
    missed: missed.map(({ selected }) => selected),
    of: (target) => {
      const lost = missed.find(({ selected }) => selected.target === target);
      if (lost !== undefined) return { outcome: 'missed', truth: lost.at, iou: null };
      return matchOf(target, answer, matches.found);
    },
  };
}

/** A box target is a detection with other things left out: the numbers are the same to the bit. */
function matchOf(target: SelectedTarget['target'], { selection }: Answer, found: readonly BoxMatch[]): TargetJudgement {
  if (target.kind !== 'bbox') return NOT_JUDGED;
  const { label, box } = target;
  const at = selection.detections.findIndex(
    (one) => one.label === label && one.x === box.x && one.y === box.y && one.w === box.w && one.h === box.h,
  );
  return found[at] ?? NOT_JUDGED;
}
