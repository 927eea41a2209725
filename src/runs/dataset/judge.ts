import { classDecision, NOTHING } from '../../explain/decision.js';
import { matchBoxes, type Outcome } from '../../explain/outcomes.js';
import type { BoxTarget } from '../../explain/targets/box.js';
import { isLabelTarget, type LabelTarget } from '../../explain/targets/label.js';
import type { PlannedTarget, SelectedTarget } from '../../explain/targets/target.js';
import { boxToImage, boxToInput } from '../../image/index.js';
import type { TargetJudgement } from '../../results/judged.js';
import type { ExplanationRecord } from '../../results/schema/explanation.js';
import type { Answer } from '../answer.js';
import type { ObjectOutcome, Truth } from './truth.js';

/** How many answers of one image had each outcome, explained or not. */
export type OutcomeCounts = NonNullable<ExplanationRecord['outcomes']>;

/** An answer compared with the truth. */
export interface Judgement {
  readonly counts: OutcomeCounts;
  /** For each object of the truth. */
  readonly objects: readonly ObjectOutcome[];
  /** What was missed and is to be explained as well. */
  readonly missed: readonly SelectedTarget[];
  /** How each planned target stands, those that were missed among them; in their order. */
  judgeTargets(targets: readonly PlannedTarget[]): TargetJudgement[];
}

const NOT_JUDGED: TargetJudgement = { outcome: null, truth: null, iou: null };

/** Holds a model's answer against the truth: boxes against objects, or the top class against the classes. */
export function judge(answer: Answer, truth: Truth): Judgement {
  return answer.prediction.proposals === null ? judgeLabel(answer, truth) : judgeBoxes(answer, truth);
}

/** The score that the model is surest of: its top class, or its best box. Null where it found nothing. */
export function bestScore({ prediction, detections }: Answer): number | null {
  const { scores } = prediction;
  if (prediction.proposals !== null || scores === null) return detections[0]?.score ?? null;
  return scores.reduce((best, score) => Math.max(best, score), -Infinity);
}

function judgeLabel(answer: Answer, truth: Truth): Judgement {
  const scores = answer.prediction.scores ?? new Float32Array(0);
  const decided = (label: number): number => classDecision(answer.prediction, scores, label);
  const isRight = (label: number): boolean => decided(label) === label;
  const known = truth.labels.findIndex(({ labels }) => labels.length > 0);
  const hit = truth.labels.findIndex(({ labels }) => labels.some(isRight));
  const right = hit >= 0;
  // An image without any class, or with none that the model has, says nothing about the answer.
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
    missed: missedLabel === null || isExplained(answer, missedLabel) ? [] : [missedClass(missedLabel, scores)],
    judgeTargets: (targets) =>
      targets.map(({ target }): TargetJudgement => {
        if (!isLabelTarget(target)) return NOT_JUDGED;
        if (target.label === held) return outcome;
        return target.label === missedLabel ? { outcome: 'missed', truth: known, iou: null } : NOT_JUDGED;
      }),
  };
}

/** Whether a class is explained anyhow. */
function isExplained(answer: Answer, label: number): boolean {
  return answer.kinds.some((kind) =>
    kind.select(answer, answer.options).targets.some(({ target }) => isLabelTarget(target) && target.label === label),
  );
}

function missedClass(label: number, scores: Float32Array): SelectedTarget<LabelTarget> {
  return { target: { kind: 'label', label }, score: scores[label] ?? 0, why: 'missed', detection: null };
}

function judgeBoxes(answer: Answer, truth: Truth): Judgement {
  const { detections, placement, options } = answer;
  const found = detections.map((detection) => ({
    ...boxToImage(detection, placement),
    label: detection.label,
    score: detection.score,
  }));
  const matched = matchBoxes(found, truth.boxes);
  // An object of a class that the dataset does not have may well be there: nobody marked it.
  const unmarked = ({ label }: { label: number }): boolean => !truth.annotated.has(label);
  const matches = matched.found.map((match, at) =>
    match.outcome === 'false-positive' && unmarked(found[at]!) ? { ...match, outcome: 'ignored' as const } : match,
  );
  const missed = matched.missed.slice(0, options.maxBoxes);
  const count = (outcome: Outcome): number => matches.filter((match) => match.outcome === outcome).length;
  const confused = new Set(matches.flatMap((match) => (match.outcome === 'wrong-class' ? [match.truth] : [])));
  return {
    counts: {
      truePositive: count('true-positive'),
      falsePositive: count('false-positive'),
      missed: matched.missed.length,
      wrongClass: count('wrong-class'),
      ignored: count('ignored'),
    },
    objects: truth.boxes.map(({ ignored, labels }, at) => {
      if (ignored) return 'ignored';
      if (confused.has(at)) return 'wrong-class';
      if (labels.length === 0) return 'unknown';
      return matched.missed.includes(at) ? 'missed' : 'found';
    }),
    missed: missed.map((at): SelectedTarget<BoxTarget> => {
      const object = truth.boxes[at]!;
      return {
        target: { kind: 'bbox', label: object.labels[0]!, box: boxToInput(object, placement), classScores: null },
        score: null,
        why: 'missed',
        detection: null,
      };
    }),
    judgeTargets(targets) {
      // Targets that were missed stand in the order in which they were given above.
      const lost = missed.values();
      return targets.map(({ why, detection }): TargetJudgement => {
        if (why === 'missed') return { outcome: 'missed', truth: lost.next().value ?? null, iou: null };
        return detection === null ? NOT_JUDGED : (matches[detection] ?? NOT_JUDGED);
      });
    },
  };
}
