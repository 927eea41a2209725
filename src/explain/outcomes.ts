import { iou, type Box } from '../annotations/index.js';

/**
 * How an answer stands against the truth:
 *
 * - `true-positive`: the class is right, and for a box also the place;
 * - `wrong-class`: an object is there, of another class; for a whole image, the answer is not its class;
 * - `false-positive`: no object is there that was not found already;
 * - `missed`: an object, or a class of the whole image, that the model did not answer;
 * - `ignored`: it does not count: it lies on a crowd or an object marked difficult, or is of a class that nobody marked.
 */
export type Outcome = 'true-positive' | 'wrong-class' | 'false-positive' | 'missed' | 'ignored';

/** Smallest IoU at which a box lies on an object (Pascal VOC, COCO's AP50). */
export const MATCH_IOU = 0.5;

/** An object of the truth. */
export interface TruthBox extends Box {
  /** The model's numbers of its class: several where names are ambiguous, none where the model does not know it. */
  readonly labels: readonly number[];
  /** Whether it does not count, neither found nor missed: a crowd, or one marked difficult. */
  readonly ignored: boolean;
}

/** A box that the model found. */
export interface FoundBox extends Box {
  readonly label: number;
  readonly score: number;
}

/** What became of one answer. */
export interface BoxMatch {
  readonly outcome: Outcome;
  /** Index of the object that it lies on; null where there is none. */
  readonly truth: number | null;
  /** IoU with that object; null where there is none. */
  readonly iou: number | null;
}

export interface BoxMatches {
  /** One for each found box. */
  readonly found: readonly BoxMatch[];
  /** Indices of objects that the model knows, that count and that no box of their class lies on, rising. */
  readonly missed: readonly number[];
}

/**
 * Holds found boxes against the truth, in one image, in pixels of one space. Boxes in falling score take the free object
 * of their class that they overlap most (IoU at least 0.5). The boxes left over then take free objects of other
 * classes: so a confusion never takes an object from the right answer, and the object of a confusion is not missed
 * as well. What is left lies on an object that does not count, or is a false positive.
 *
 * Source: the matching of Everingham et al. 2010 (Pascal VOC), with difficult objects and crowds left out of both counts.
 */
export function matchBoxes(found: readonly FoundBox[], truth: readonly TruthBox[]): BoxMatches {
  const falling = [...found.keys()].sort((a, b) => found[b]!.score - found[a]!.score || a - b);
  const matches = new Map<number, BoxMatch>();
  const taken = new Set<number>();
  const pass = (outcome: Outcome, eligible: (box: FoundBox, object: TruthBox) => boolean, exclusive: boolean): void => {
    for (const index of falling) {
      if (matches.has(index)) continue;
      const box = found[index]!;
      const free = (object: TruthBox, at: number): boolean => !(exclusive && taken.has(at)) && eligible(box, object);
      const best = bestOverlap(box, truth, free);
      if (best === null) continue;
      if (exclusive) taken.add(best.truth);
      matches.set(index, { outcome, ...best });
    }
  };
  pass('true-positive', (box, object) => !object.ignored && object.labels.includes(box.label), true);
  pass('ignored', (box, object) => object.ignored && object.labels.includes(box.label), false);
  pass('wrong-class', (box, object) => !object.ignored && !object.labels.includes(box.label), true);
  pass('ignored', (_, object) => object.ignored, false);
  const none: BoxMatch = { outcome: 'false-positive', truth: null, iou: null };
  return {
    found: found.map((_, index) => matches.get(index) ?? none),
    missed: [...truth.keys()].filter((at) => {
      const { ignored, labels } = truth[at]!;
      return !ignored && labels.length > 0 && !taken.has(at);
    }),
  };
}

function bestOverlap(
  box: Box,
  truth: readonly TruthBox[],
  eligible: (object: TruthBox, at: number) => boolean,
): { readonly truth: number; readonly iou: number } | null {
  let best: { truth: number; iou: number } | null = null;
  for (const [at, object] of truth.entries()) {
    if (!eligible(object, at)) continue;
    const overlap = iou(box, object);
    if (overlap >= MATCH_IOU && overlap > (best?.iou ?? 0)) best = { truth: at, iou: overlap };
  }
  return best;
}

/**
 * How a classifier's answer stands: its top class against the classes of the image, of which one is enough.
 *
 * @param truth the model's numbers of the image's classes, without those that it does not know.
 */
export function matchLabel(top: number, truth: readonly number[]): 'true-positive' | 'wrong-class' {
  return truth.includes(top) ? 'true-positive' : 'wrong-class';
}
