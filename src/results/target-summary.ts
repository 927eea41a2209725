import { option } from '../errors.js';
import { LEAST_ADVANTAGE } from '../explain/faithfulness.js';
import { placeName } from './place-name.js';
import type { TargetRecord } from './schema/target.js';
import { scoreText, shareText } from './share-text.js';

/** What of a target its sentence is made of, as files hold it. */
export type SummarizedTarget = Pick<
  TargetRecord,
  | 'kind'
  | 'label'
  | 'bbox'
  | 'score'
  | 'why'
  | 'reliability'
  | 'faithfulness'
  | 'belief'
  | 'deletionAuc'
  | 'insertionAuc'
  | 'boundary'
  | 'pointing'
  | 'objectArea'
  | 'energyInObject'
  | 'energyInBox'
> & {
  readonly verdict: NonNullable<TargetRecord['verdict']>;
  /** Of the map, in pixels of the image. */
  readonly peak: { readonly x: number; readonly y: number };
};

/** What of the run it is made of. */
export interface SummaryContext {
  /** In pixels. */
  readonly image: { readonly width: number; readonly height: number };
  /** Masks scored. */
  readonly samples: number;
  /** Reliability that was asked for; null where all masks were to be scored. */
  readonly stopAt: number | null;
  /** Score from which on a box is an answer; null where that is not known. */
  readonly wanted: number | null;
  /** The preset to try where the map is unfaithful; null where there is none to name. */
  readonly next: string | null;
  /** Whether classes stand beside boxes: the class then means one anywhere in the image. */
  readonly besideBoxes: boolean;
}

/** @param targets of the same image */
export function summaryContext({
  image: { width, height },
  method,
  samples,
  targets,
}: {
  readonly image: SummaryContext['image'];
  readonly method: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly samples: number;
  readonly targets: readonly { readonly kind: string }[];
}): SummaryContext {
  const { stopAt, detConfThresh } = method.options;
  return {
    image: { width, height },
    samples,
    stopAt: typeof stopAt === 'number' ? stopAt : null,
    wanted: typeof detConfThresh === 'number' ? detConfThresh : null,
    next: nextPreset(method),
    besideBoxes: targets.some(({ kind }) => kind === 'bbox'),
  };
}

/**
 * Why the model answered so, how sure one may be, and what to do, in at most three sentences. The one place where it is
 * made; options are marked, and faces call them by their own names.
 */
export function targetSummary(target: SummarizedTarget, context: SummaryContext): string {
  const { score, verdict, why } = target;
  if (why === 'missed' && verdict !== 'unfaithful') return missedSentence(target, context);
  const where = target.bbox === null && context.besideBoxes ? ' anywhere in the picture' : '';
  return `${answerName(target)}${where} ${scoreText(score)}: ${whyText(target, context)}`;
}

function whyText(target: SummarizedTarget, context: SummaryContext): string {
  const { verdict, reliability, faithfulness } = target;
  switch (verdict) {
    case 'noise':
      return `no map. After ${runsText(context.samples)}, nothing stands out from chance.`;
    case 'lost':
      return `no map. With parts of the picture hidden it is almost never found; hide less (${option('prob', 0.8)}).`;
    case 'weak':
      return 'no map. The score is too small for any map to say what it depends on.';
    case 'unfaithful': {
      const repeatable = isStable(target, context) ? 'repeatable, not faithful' : 'not faithful';
      return `this map does not explain the answer. ${unfaithfulReason(target, context)} Map: ${repeatable}${context.next === null ? '' : `; ${option('preset', context.next)} may do better`}.`;
    }
    case 'ok':
      if (!isStable(target, context)) {
        const goal = `${(reliability ?? 0).toFixed(2)} of ${(context.stopAt ?? 0).toFixed(2)} after ${runsText(context.samples)}`;
        return `the map is not stable yet (${goal}); read only its large shape.${testText(target)}`;
      }
      return `${dependsText(target, context)} Map: ${[
        ...(reliability === null
          ? []
          : [context.stopAt === null ? `repeatable to ${reliability.toFixed(2)}` : 'repeatable']),
        faithfulness === null ? 'not judged for faithfulness' : 'faithful',
      ].join(', ')}.`;
  }
}

/** A share of the object whose hiding changes the answer, below which a small spot decides. */
const SMALL_PART = 0.1;
/** The same as a share of the picture, where no object is known. */
const SMALL_SPOT = 0.02;
/** Share of the map on the object beyond what chance puts there, from which on the answer depends on it and not on its surroundings. */
const MOSTLY_ON = 0.15;
/** Where more must be hidden, no single place decides. */
const MOST = 0.5;
/** A score below is a weak answer of a classifier. */
export const WEAK_ANSWER = 0.5;

/** What the answer depends on, and what must be hidden to change it. */
function dependsText(target: SummarizedTarget, context: SummaryContext): string {
  const { boundary, bbox, kind, score, why } = target;
  const guess =
    why !== 'asked' && bbox === null && kind === 'label' && !context.besideBoxes && score >= 0 && score < WEAK_ANSWER
      ? 'a weak answer, so the map explains a guess. It '
      : '';
  if (boundary !== null) {
    const { removed } = boundary;
    if (removed === null) return `${guess}depends on no single place: it stays when the whole picture is hidden.`;
    const area = objectShare(target, context);
    if (removed.share > MOST && (area === null || area < MOST)) {
      return `${guess}depends on the whole picture. It ${turnsInto(target)} only when ${shareText(removed.share)} is hidden; no single place decides.`;
    }
    if (removed.share < (area === null ? SMALL_SPOT : SMALL_PART * area)) {
      const to = removed.to === null ? 'makes it disappear' : `changes it to ${shortName(removed.to.name)}`;
      return `${guess}depends ${objectText(target, context)}. Only ${shareText(removed.share)} of the picture, hidden, ${to}: a small spot decides.`;
    }
  }
  return `${guess}depends ${objectText(target, context)}.${testText(target)}`;
}

/** On what: the object, something beside it, or, where no object is known, where in the picture. */
function objectText(target: SummarizedTarget, context: SummaryContext): string {
  const { bbox, energyInBox, energyInObject, objectArea, pointing } = target;
  const area = boxShare(target, context);
  if (bbox === null && energyInObject !== null && objectArea !== null) {
    const shares = `${shareText(energyInObject)} of the map lies on it; it covers ${shareText(objectArea)} of the picture`;
    return placedText(target, context, { share: energyInObject, area: objectArea, peakOn: pointing === true, shares });
  }
  if (energyInBox !== null && area !== null) {
    const shares = `${shareText(energyInBox)} of the map lies in its box, which is ${shareText(area)} of the picture`;
    return placedText(target, context, { share: energyInBox, area, peakOn: peakInBox(target), shares });
  }
  return `most on ${placeName(target.peak, context.image)} of the picture`;
}

/** What an answer depends on: its object, that and what is beside it, or something beside it alone. */
export type Dependence = 'object' | 'both' | 'beside';

/** What of a target its dependence is told by. */
type PlacedTarget = Pick<
  SummarizedTarget,
  'bbox' | 'energyInObject' | 'energyInBox' | 'objectArea' | 'pointing' | 'peak'
>;

/** What an answer depends on, by the rule of its sentence; null where no object is known. */
export function dependenceOf(target: PlacedTarget, { image }: Pick<SummaryContext, 'image'>): Dependence | null {
  const { bbox, energyInBox, energyInObject, objectArea, pointing } = target;
  const area = boxShare(target, { image });
  if (bbox === null && energyInObject !== null && objectArea !== null) {
    return dependence({ share: energyInObject, area: objectArea, peakOn: pointing === true });
  }
  return energyInBox === null || area === null
    ? null
    : dependence({ share: energyInBox, area, peakOn: peakInBox(target) });
}

function dependence({ share, area, peakOn }: Omit<Placed, 'shares'>): Dependence {
  const beyondChance = (share - area) / Math.max(1 - area, Number.EPSILON);
  if (peakOn && (beyondChance >= MOSTLY_ON || area === 1)) return 'object';
  return beyondChance <= 0 && !peakOn ? 'beside' : 'both';
}

interface Placed {
  /** Of the map, on the object. */
  readonly share: number;
  /** Of the image, under the object: what chance would give. */
  readonly area: number;
  readonly peakOn: boolean;
  /** Both in words. */
  readonly shares: string;
}

function placedText(target: SummarizedTarget, { image }: SummaryContext, { shares, ...placed }: Placed): string {
  const name = thing(target);
  switch (dependence(placed)) {
    case 'object':
      return `on the ${name} (${shares})`;
    case 'both':
      return `on the ${name} and on what is beside it (${shares})`;
    case 'beside':
      return `on something beside the ${name}, ${placeName(target.peak, image)} of the picture (${shares})`;
  }
}

/** How much must be hidden to change the answer, and how much is enough for it; empty where it was not measured. */
function testText(target: SummarizedTarget): string {
  const { boundary } = target;
  if (boundary === null || boundary.removed === null) return '';
  const { removed, sufficient } = boundary;
  return ` Hide the brightest ${shareText(removed.share)} and it ${turnsInto(target)}; the brightest ${shareText(sufficient.share)} is enough.`;
}

function turnsInto({ boundary }: SummarizedTarget): string {
  const to = boundary?.removed?.to ?? null;
  return to === null ? 'disappears' : `becomes ${shortName(to.name)}`;
}

/** A class that is no answer while another one is more likely than not. */
const LIKELY = 0.5;

function missedSentence(target: SummarizedTarget, { wanted, besideBoxes }: SummaryContext): string {
  const { bbox, score, belief } = target;
  const ofBoxes = bbox !== null || besideBoxes;
  const least = ofBoxes ? wanted : LIKELY;
  const name = answerName(target);
  if (least === null || score >= least) return `${name} missed, with a score of ${scoreText(score)} here.`;
  const missed = `${name} missed: its score here is ${scoreText(score)}${ofBoxes ? `, ${scoreText(least)} is wanted` : ''}.`;
  if (belief === null) return missed;
  return belief.high >= least
    ? `${missed} With other parts hidden it reaches ${scoreText(belief.high)} in 5 of 100 tries: something beside it speaks against it.`
    : `${missed} Hiding other parts did not bring it back (below ${scoreText(belief.high)} in 95 of 100 tries).`;
}

function unfaithfulReason(target: SummarizedTarget, context: SummaryContext): string {
  const { deletionAuc, insertionAuc, faithfulness, bbox } = target;
  if (
    deletionAuc !== null &&
    insertionAuc !== null &&
    deletionAuc > insertionAuc &&
    scoreText(deletionAuc) !== scoreText(insertionAuc)
  ) {
    return `Hiding its bright places first leaves the score at ${scoreText(deletionAuc)} on average; showing them first gives only ${scoreText(insertionAuc)}.`;
  }
  return unfaithfulText({
    advantage: faithfulness?.advantage ?? null,
    fillsImage: fillsImage(bbox === null ? null : { width: bbox[2], height: bbox[3] }, context.image),
  });
}

/** What an unfaithful map's note is made of. */
export interface UnfaithfulMap {
  /** Of the target. */
  readonly name: string;
  /** Share of the score; null where the file does not say. */
  readonly advantage: number | null;
  readonly fillsImage: boolean;
  readonly next: string | null;
}

/** The note on an unfaithful map. */
export function unfaithfulSentence({ name, next, ...measured }: UnfaithfulMap): string {
  return (
    `The map of ${name} does not explain the answer, though it is repeatable. ${unfaithfulText(measured)} ` +
    `Do not read it as what the answer depends on${next === null ? '' : `; ${option('preset', next)} may do better`}.`
  );
}

function unfaithfulText({ advantage, fillsImage: fills }: Pick<UnfaithfulMap, 'advantage' | 'fillsImage'>): string {
  const figure =
    advantage === null
      ? ''
      : ` (by ${percent(advantage)} of the score; at least ${percent(LEAST_ADVANTAGE, 100)} is asked for)`;
  return (
    `Hiding its bright places changes the score ${advantage !== null && advantage <= 0 ? 'no' : 'hardly'} more than ` +
    `hiding the same shape elsewhere in the picture${figure}${fills ? ', which its box, filling most of the picture, may alone explain' : ''}.`
  );
}

/** @param names of the first targets of `count`, and the largest of their scores */
export function weakSentence({
  names,
  count,
  largest,
}: {
  names: readonly string[];
  count: number;
  largest: number;
}): string {
  const score = largest === 0 ? '0' : largest.toPrecision(2);
  if (count === 1) {
    return `The score of ${names[0] ?? 'the target'} is too small (${score}) for any map to say what it depends on.`;
  }
  const others = count - names.length;
  const listed = others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ');
  return `The scores of ${count} targets (${listed}) are too small (${score} and less) for any map to say what they depend on.`;
}

/** Share of the image from which on a box also covers much of the same shape moved by half of the image. */
const FILLING = 0.5;

export function fillsImage(
  box: { readonly width: number; readonly height: number } | null,
  image: SummaryContext['image'],
): boolean {
  return box !== null && box.width * box.height >= FILLING * image.width * image.height;
}

/**
 * The preset to try where a map is unfaithful: the one of finer masks, unless the map was made with it or another method.
 */
export function nextPreset({
  name,
  options,
}: {
  name: string;
  options: Readonly<Record<string, unknown>>;
}): string | null {
  return name === 'rise' && options['preset'] !== 'sharp' ? 'sharp' : null;
}

/** Whether the map is as reliable as was asked for, where something was. */
export function isStable(
  { reliability }: Pick<TargetRecord, 'reliability'>,
  { stopAt }: Pick<SummaryContext, 'stopAt'>,
): boolean {
  return reliability === null || stopAt === null || reliability >= stopAt;
}

/** Share of the image under a target's box; null for a class. */
export function boxShare(
  { bbox }: Pick<TargetRecord, 'bbox'>,
  { image }: Pick<SummaryContext, 'image'>,
): number | null {
  return bbox === null ? null : (bbox[2] * bbox[3]) / (image.width * image.height);
}

/** Share of the image under what the target stands for. */
function objectShare(target: SummarizedTarget, context: SummaryContext): number | null {
  return boxShare(target, context) ?? target.objectArea;
}

function peakInBox({ bbox, peak }: Pick<SummarizedTarget, 'bbox' | 'peak'>): boolean {
  if (bbox === null) return false;
  const [x, y, width, height] = bbox;
  return peak.x >= x && peak.y >= y && peak.x < x + width && peak.y < y + height;
}

function answerName({ label }: SummarizedTarget): string {
  return label?.name ?? 'the box';
}

/** How the object of a target is called behind "the": a number is no name. */
function thing({ label }: SummarizedTarget): string {
  const name = shortName(label?.name ?? '');
  return /\p{L}/u.test(name) && !/^class \d+$/.test(name) ? name : 'object';
}

/** The first of several names of one class (ImageNet: "tabby, tabby cat"). */
function shortName(name: string): string {
  return name.split(', ')[0] ?? name;
}

function runsText(samples: number): string {
  return samples === 1 ? '1 run' : `${samples} runs`;
}

/** @param most so that what is below a limit does not read like it */
function percent(share: number, most = 100 * LEAST_ADVANTAGE - 1): string {
  return `${Math.min(most, Math.round(100 * share)) + 0} %`;
}
