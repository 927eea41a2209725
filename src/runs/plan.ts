import type { Design } from '../explain/method.js';
import type { Note } from '../explain/note.js';
import { Scorer } from '../explain/scorer.js';
import { withRivals, type ScoredTargets } from '../explain/softmax-rivals.js';
import { kindOf } from '../explain/targets/kinds.js';
import type { PlannedTarget, SelectedTarget, Target } from '../explain/targets/target.js';
import { boxToImage, clipBox, type RgbImage } from '../image/index.js';
import type { ModelInfo } from '../models/open-model.js';
import type { Answer } from './answer.js';

/** What is going to be explained, and how: a plain value, made before the first mask is scored. */
export interface Plan {
  /** The targets that are explained. */
  readonly targets: readonly PlannedTarget[];
  /** Second classes that targets are compared with, explained from the same runs. */
  readonly contrasts: readonly PlannedContrast[];
  /** What masked runs are scored for: targets, contrasts, and rivals in the same softmax behind them. */
  readonly scored: ScoredTargets;
  /** Scores of all of them on the whole image, `[scored]`. */
  readonly baseline: Float32Array;
  readonly design: Design;
  /** What the user should know already. */
  readonly notes: readonly Note[];
}

export interface PlannedContrast {
  /** Index of the target that it is compared with. */
  readonly of: number;
  readonly second: PlannedTarget;
}

export interface PlanOptions {
  /** What is explained beside what the model answered: what it missed. */
  readonly more?: readonly SelectedTarget[] | undefined;
  /** Whether targets are compared with the second class in their place. */
  readonly contrasts?: boolean | undefined;
}

/**
 * Decides what is explained: the top classes of a classifier; every class and every box of a detector; or what the
 * user names. Without targets where the model found nothing.
 *
 * @throws DatumError (`usage`) for a class that there is not, or a box outside the image.
 */
export function planExplanation(
  answer: Answer,
  info: Pick<ModelInfo, 'truncated' | 'interpreter' | 'facts'>,
  { more = [], contrasts: wantsContrasts = false }: PlanOptions = {},
): Plan {
  const { kinds, options, prediction, filled, scoring, method } = answer;
  const selections = kinds.map((kind) => kind.select(answer, options));
  const selected = [...selections.flatMap(({ targets }) => targets), ...more];
  const seconds = wantsContrasts ? secondClasses(selected, answer) : [];
  const design = method.plan(answer.placement.area, options);
  const explained = [...selected, ...seconds.map(({ second }) => second)];
  const targets = explained.map(({ target }) => target);
  const scored = design.wantsRivals
    ? withRivals(targets, prediction)
    : { targets, rivals: targets.map((): number[] => []) };
  const scorer = new Scorer(scored.targets, scoring, kinds);
  const baseline = scorer.scoresOf(prediction);
  const onFill = scorer.scoresOf(filled);
  const planned = explained.map((one, index) => planTarget(one, index, answer, baseline[index]!, onFill[index]!));
  return {
    targets: planned.slice(0, selected.length),
    contrasts: seconds.map(({ of }, i) => ({ of, second: planned[selected.length + i]! })),
    scored,
    baseline,
    design,
    notes: [
      ...(answer.image.pixels.droppedAlpha === true ? [ALPHA_DROPPED] : []),
      ...depthReduced(answer.image.pixels.deep),
      ...selections.flatMap(({ notes }) => notes),
      ...design.notes,
      ...(info.facts.outputs.by === 'guess' ? [PERHAPS_NO_CLASSES] : []),
      ...proposalsCut(planned.slice(0, selected.length), info),
    ],
  };
}

const PERHAPS_NO_CLASSES: Note = { kind: 'perhaps-no-classes' };
const ALPHA_DROPPED: Note = { kind: 'alpha-dropped' };

function depthReduced(deep: RgbImage['deep']): Note[] {
  return deep === undefined ? [] : [{ kind: 'depth-reduced', pixels: deep.kind, brightest: deep.brightest }];
}

function planTarget(
  { target, why, detection, score }: SelectedTarget,
  index: number,
  { labels, kinds, placement }: Answer,
  baseline: number,
  filled: number,
): PlannedTarget {
  const box = kindOf(target, kinds).box(target);
  return {
    index,
    target,
    why,
    detection,
    label: target.label === null ? null : { id: target.label, name: labels?.[target.label] ?? `class ${target.label}` },
    box: box === null ? null : clipBox(boxToImage(box, placement), placement.image),
    score: score ?? baseline,
    baseline,
    filled,
  };
}

/** The second classes of the first target, and of everything that is in one place. */
function secondClasses(
  selected: readonly SelectedTarget[],
  { prediction, kinds }: Answer,
): { readonly of: number; readonly second: SelectedTarget }[] {
  return selected.flatMap(({ target, why }, of) => {
    const kind = kindOf(target, kinds);
    if (of > 0 && kind.box(target) === null) return [];
    const rival: Target | null = kind.rival(target, prediction);
    return rival === null ? [] : [{ of, second: { target: rival, why, score: null, detection: null } }];
  });
}

/** Maps of what is in one place are weaker where the model cuts its boxes itself. */
function proposalsCut(targets: readonly PlannedTarget[], info: Pick<ModelInfo, 'truncated' | 'interpreter'>): Note[] {
  if (!info.truncated || targets.every(({ box }) => box === null)) return [];
  return [{ kind: 'proposals-cut', interpreter: info.interpreter }];
}
