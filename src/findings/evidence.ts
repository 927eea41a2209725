import { option } from '../errors.js';
import { isTrusted, VERDICTS, type Verdict } from '../explain/verdict.js';
import type { TargetRecord } from '../results/schema/target.js';

/** A box in shares of the image's width and height: 0..1 from the upper left corner. */
export interface RelativeBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An object that the annotators marked. */
export interface TrueObject extends RelativeBox {
  readonly label: string;
}

/** What the annotators said of an image. */
export interface Truth {
  /** Classes of the whole image, and of its objects. */
  readonly labels: readonly string[];
  /** Empty where the dataset has no boxes. */
  readonly objects: readonly TrueObject[];
}

/** A target as its file holds it, as far as findings look at it as it is. */
export type EvidenceFields = Pick<TargetRecord, 'index' | 'kind' | 'score' | 'outcome' | 'verdict' | 'reliability'>;

/** One explained answer of the model, in the words of the dataset. What was not measured is null. */
export interface EvidenceTarget extends EvidenceFields {
  readonly label: string | null;
  /** Where the model sees the object; null for a class of the whole image. */
  readonly box: RelativeBox | null;
  /** The object's class by the truth, where the answer lies on one; for a wrong class, the right one. */
  readonly trueLabel: string | null;
  /** The object of the truth that it lies on, or that it missed. */
  readonly trueBox: RelativeBox | null;
  /** Saliency on the coarse grid (grid.ts), in score units. */
  readonly map: Float32Array | null;
  /** Smallest share of pixels whose removal flips the answer, and to what (null: nothing is found); undefined: unmeasured. */
  readonly removed?: { readonly share: number; readonly to: string | null } | null | undefined;
  /** The class that came second, and the saliency of the first minus that of the second on the coarse grid. */
  readonly contrast: { readonly rival: string; readonly map: Float32Array } | null;
}

/** One explained image. */
export interface EvidenceItem {
  readonly id: string;
  /** Null where nobody annotated the image. */
  readonly truth: Truth | null;
  readonly targets: readonly EvidenceTarget[];
}

/** What findings are computed from. */
export interface Evidence {
  readonly items: readonly EvidenceItem[];
  /** Whether the model has no class names, so that nothing is compared with annotations. */
  readonly nameless?: boolean | undefined;
  /** Width of a mask cell as a share of the image's: saliency is blurred by about that much. 1/7 by default. */
  readonly maskCell: number;
  /** Of the random numbers of the tests. */
  readonly seed: number;
}

/** Why no answer is compared with the truth where the model has no class names; null where it has. */
function namelessBecause({ items, nameless }: Evidence): string | null {
  return nameless === true && items.every(({ truth }) => truth === null)
    ? `the model has no class names to compare with annotations: name its classes with ${option('labels')}`
    : null;
}

/** Why a check that compares answers with annotations had none to compare. */
export function nothingCompared(evidence: Evidence): string {
  return namelessBecause(evidence) ?? 'no answer could be compared with annotations';
}

/** Why no answer is compared with the truth; null where some are. */
export function uncomparedBecause(evidence: Evidence): string | null {
  if (evidence.items.some(({ truth }) => truth !== null)) return null;
  return namelessBecause(evidence) ?? 'the images have no annotations';
}

/** A target with its image. */
export interface Case {
  readonly item: EvidenceItem;
  readonly target: EvidenceTarget;
}

/** All targets of all items, in order. */
export function casesOf({ items }: Evidence): Case[] {
  return items.flatMap((item) => item.targets.map((target) => ({ item, target })));
}

/** Whether a target's map shows something: it is there, and its verdict is `ok`. */
export function hasMap(target: EvidenceTarget): target is EvidenceTarget & { readonly map: Float32Array } {
  return target.map !== null && isTrusted(target.verdict);
}

/** How many maps a check left out, by the verdict that they were left out for. */
export type LeftOut = Readonly<Record<Exclude<Verdict, 'ok'>, number>>;

/** The maps that a check left out for their verdicts, of the cases that it would have looked at. */
export function leftOutOf(cases: readonly { readonly target: EvidenceTarget }[]): LeftOut {
  const count = (verdict: Verdict): number =>
    cases.filter(({ target }) => target.map !== null && target.verdict === verdict).length;
  return { noise: count('noise'), lost: count('lost'), weak: count('weak'), unfaithful: count('unfaithful') };
}

/** Why maps were left out: `3 maps left out: 2 unfaithful, 1 noise`; null where none was. */
export function leftOutText(leftOut: LeftOut): string | null {
  const parts = VERDICTS.flatMap((verdict) =>
    verdict === 'ok' || leftOut[verdict] === 0 ? [] : [`${leftOut[verdict]} ${verdict}`],
  );
  const total = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : `${total} ${total === 1 ? 'map' : 'maps'} left out: ${parts.join(', ')}`;
}

/**
 * The objects that an answer is about: the one it lies on, else the model's own box; for a class of the whole image,
 * all objects of the class.
 */
export function ownBoxes({ item, target }: Case): RelativeBox[] {
  if (target.kind === 'bbox') {
    const box = target.trueBox ?? target.box;
    return box === null ? [] : [box];
  }
  return (item.truth?.objects ?? []).filter(({ label }) => label === target.label);
}
