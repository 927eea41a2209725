import type { Box } from '../../annotations/index.js';
import { matchBoxes } from '../../explain/outcomes.js';
import type { PlannedTarget } from '../../explain/targets/target.js';
import { boxToImage, clipBox } from '../../image/index.js';
import type { OpenModel } from '../../models/open-model.js';
import type { JudgedItem, TargetJudgement } from '../../results/judged.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import { ask, type Answer } from '../../runs/answer.js';
import { classMatch } from '../../runs/dataset/class-match.js';
import { judgedItem } from '../../runs/dataset/explain-item.js';
import { judge } from '../../runs/dataset/judge.js';
import { truthOf, type Truth, type TruthObject } from '../../runs/dataset/truth.js';
import { planExplanation, type Plan } from '../../runs/plan.js';
import type { FoundBox, TruthState } from '../protocol.js';
import type { Annotated, KeptImage } from './images.js';

/** What annotators say of an image, in a model's classes; null where nothing is known. */
export function truthFor(annotated: Annotated | null, model: OpenModel): Truth | null {
  if (annotated === null) return null;
  const { match } = classMatch(annotated.dataset, model.info, undefined);
  return truthOf(annotated.item, match);
}

/** The truth as pages show it, beside boxes that were found. */
export async function truthState(
  truth: Truth,
  found: readonly FoundBox[],
  model: OpenModel,
  image: KeptImage,
  detector: boolean,
): Promise<{ readonly truth: TruthState; readonly found: FoundBox[] }> {
  const boxes = found.map(({ bbox: [x, y, width, height], label, score }) => ({
    ...{ x, y, width, height },
    label: label.id,
    score,
  }));
  const matches = matchBoxes(boxes, truth.boxes);
  const missed = new Map(
    detector && matches.missed.length > 0 ? await missedScores(truth, matches.missed, model, image) : [],
  );
  return {
    found: found.map((box, i) => ({ ...box, truth: matches.found[i]?.truth ?? null })),
    truth: {
      labels: truth.labels.map(({ name, labels }) => ({ name, ids: [...labels] })),
      boxes: truth.boxes.map(({ name, labels, x, y, width, height }, at) => ({
        name,
        label: labels[0] ?? null,
        bbox: [x, y, width, height],
        missed: detector && matches.missed.includes(at),
        score: missed.get(at) ?? null,
      })),
    },
  };
}

/** What the model gives the classes of objects that it missed, at their places. */
async function missedScores(
  truth: Truth,
  missed: readonly number[],
  model: OpenModel,
  image: KeptImage,
): Promise<(readonly [number, number])[]> {
  const boxes = missed.flatMap((at) => {
    const object = truth.boxes[at];
    return object === undefined ? [] : [{ at, object }];
  });
  const given = { boxes: boxes.map(({ object }) => askedBox(object)) };
  const answer = await ask(model, image, { given });
  const asked = planExplanation(answer, model.info).targets.filter(({ box }) => box !== null);
  return boxes.flatMap(({ at }, i): (readonly [number, number])[] => {
    const score = asked[i]?.score;
    return score === undefined ? [] : [[at, score]];
  });
}

function askedBox({ x, y, width, height, labels }: TruthObject) {
  return { x, y, width, height, label: `#${labels[0] ?? 0}` };
}

/** How annotators and the answer stand to one another. */
export interface HeldAgainstTruth {
  /** The plan, in which what was missed is called so. */
  readonly plan: Plan;
  readonly judged: (measured: MeasuredExplanation) => JudgedItem;
}

/** A plan held against the truth: what is asked of it may be something that the model missed. */
export function heldAgainst(answer: Answer, plan: Plan, truth: Truth, { item }: Annotated): HeldAgainstTruth {
  const judgement = judge(answer, truth);
  const missedAt = plan.targets.map((target) => missedObject(target, answer, truth, judgement.objects));
  const targets = plan.targets.map((target, i): PlannedTarget =>
    missedAt[i] === null ? target : { ...target, why: 'missed' },
  );
  return {
    plan: { ...plan, targets },
    judged: (measured) =>
      judgedItem(measured, item, truth, {
        ...judgement,
        judgeTargets: () =>
          judgement
            .judgeTargets(plan.targets.map((target) => ({ ...target, detection: detectionOf(target, answer) })))
            .map((one, i): TargetJudgement =>
              missedAt[i] == null ? one : { outcome: 'missed', truth: missedAt[i], iou: null },
            ),
      }),
  };
}

/** The object, or the class of the image, that a target asks for and that the model missed; null where it asks for none. */
function missedObject(
  { target, box, why }: PlannedTarget,
  { prediction }: Answer,
  truth: Truth,
  objects: readonly string[],
): number | null {
  const { label } = target;
  if (why !== 'asked' || label === null) return null;
  if (box === null) {
    const at = truth.labels.findIndex(({ labels }) => labels.includes(label));
    const best = prediction.scores?.reduce((most, score) => Math.max(most, score), -Infinity) ?? null;
    const isAnswer = best !== null && prediction.scores?.[label] === best;
    return prediction.proposals !== null || isAnswer || at < 0 ? null : at;
  }
  const at = truth.boxes.findIndex(
    (object, i) => objects[i] === 'missed' && object.labels.includes(label) && isSame(object, box),
  );
  return at < 0 ? null : at;
}

/** The answer's box that a target is, also where it was asked for by its place. */
function detectionOf({ target, box, detection }: PlannedTarget, { detections, placement }: Answer): number | null {
  if (detection !== null || box === null) return detection;
  const at = detections.findIndex(
    (one) => one.label === target.label && isSame(clipBox(boxToImage(one, placement), placement.image), box),
  );
  return at < 0 ? null : at;
}

/** Boxes that differ by less than two pixels: they went through the model's own pixels. */
function isSame(a: Box, b: Box): boolean {
  return [a.x - b.x, a.y - b.y, a.width - b.width, a.height - b.height].every((off) => Math.abs(off) < 2);
}
