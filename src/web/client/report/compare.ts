import { iou, type Box } from '../../../annotations/boxes.js';
import type { BoxPixels } from '../../../results/schema/target.js';
import type { ItemData, ReportData, TargetData } from '../../../report/html/report-data.js';
import { counted, percent, scoreText } from '../shared/format.js';
import { decodeMap } from '../shared/saliency-map.js';
import { AGREE, agreement } from '../shared/agreement.js';
import { trustOf, type Row, type Trust } from './rows.js';
import type { Question, Verdict } from './verdict.js';

/** How two models differ on a picture, most first. */
export type Difference = 'one-right' | 'answers' | 'reason' | 'untold' | 'same';

export const DIFFERENCES: Readonly<Record<Difference, string>> = {
  'one-right': 'One is right, the other wrong',
  answers: 'Different answers',
  reason: 'Same answer, different reason',
  untold: 'Same answer; the reasons cannot be compared',
  same: 'Same answer, same reason',
};
const ORDER: readonly Difference[] = ['one-right', 'answers', 'reason', 'untold', 'same'];

/** A side of a pair: what one model says of the picture. */
export interface Side {
  readonly target: TargetData | null;
  readonly trust: Trust | null;
}

/** The same picture as two models see it. */
export interface Pair {
  readonly item: ItemData;
  readonly a: Side;
  readonly b: Side;
  readonly difference: Difference;
  /** Correlation of the maps; null where one of them is not to be read. */
  readonly agreement: number | null;
  readonly sentence: string;
}

const readable = ({ trust }: Side): boolean => trust === 'trusted' || trust === 'unjudged';

/** Pictures that both models answered, those that differ most first. */
export function pairsOf(data: ReportData, [first, second]: readonly [number, number]): Pair[] {
  const pairs = data.items.flatMap((item): Pair[] => {
    const [a, b] = [item.answers[first], item.answers[second]];
    if (a?.status !== 'ok' || b?.status !== 'ok') return [];
    const sides = matched(a.targets, b.targets).map(([x, y]): Pair => {
      const one = sideOf(x, data.runs[first]?.stopAt ?? null);
      const other = sideOf(y, data.runs[second]?.stopAt ?? null);
      return pairOf(item, one, other);
    });
    // Of several boxes, the one about which they differ most.
    return sides.sort(byDifference).slice(0, 1);
  });
  return pairs.sort(byDifference);
}

function byDifference(one: Pair, other: Pair): number {
  return (
    ORDER.indexOf(one.difference) - ORDER.indexOf(other.difference) ||
    (one.agreement ?? 2) - (other.agreement ?? 2) ||
    (one.item.id < other.item.id ? -1 : 1)
  );
}

function sideOf(target: TargetData | null, stopAt: number | null): Side {
  return { target, trust: target === null ? null : trustOf(target, stopAt) };
}

/** Answers that are about one thing: the classifiers' answers, and boxes that overlap by half; boxes of one model alone have no other. */
function matched(
  a: readonly TargetData[],
  b: readonly TargetData[],
): (readonly [TargetData | null, TargetData | null])[] {
  const boxes = (targets: readonly TargetData[]): TargetData[] =>
    targets.filter(({ kind, outcome }) => kind === 'bbox' && outcome !== 'missed');
  const answer = (targets: readonly TargetData[]): TargetData | null =>
    targets.find(({ kind, outcome }) => kind !== 'bbox' && outcome !== 'missed') ?? null;
  const [boxesA, boxesB] = [boxes(a), boxes(b)];
  if (boxesA.length + boxesB.length === 0) return [[answer(a), answer(b)]];
  const left = new Set(boxesB);
  const pairs = boxesA.map((one): readonly [TargetData, TargetData | null] => {
    let best: TargetData | null = null;
    for (const other of left) {
      if (overlap(one.box, other.box) >= Math.max(0.5, overlap(one.box, best?.box ?? null))) best = other;
    }
    if (best !== null) left.delete(best);
    return [one, best];
  });
  return [...pairs, ...[...left].map((other) => [null, other] as const)];
}

function overlap(one: TargetData['box'], other: TargetData['box']): number {
  if (one === null || other === null) return 0;
  return iou(boxOf(one), boxOf(other));
}

function boxOf([x, y, width, height]: BoxPixels): Box {
  return { x, y, width, height };
}

function pairOf(item: ItemData, a: Side, b: Side): Pair {
  const agree =
    a.target?.map != null && b.target?.map != null && readable(a) && readable(b)
      ? agreement(decodeMap(a.target.map), decodeMap(b.target.map))
      : null;
  const difference = differenceOf(a, b, agree);
  return { item, a, b, difference, agreement: agree, sentence: sentenceOf(a, b, difference, agree) };
}

const isRight = ({ target }: Side): boolean => target?.outcome === 'true-positive';
const isWrong = ({ target }: Side): boolean =>
  target === null || ['wrong-class', 'false-positive'].includes(target.outcome ?? '');

function differenceOf(a: Side, b: Side, agree: number | null): Difference {
  if ((isRight(a) && isWrong(b)) || (isWrong(a) && isRight(b))) return 'one-right';
  if (a.target?.label !== b.target?.label) return 'answers';
  if (agree === null) return 'untold';
  return agree < AGREE ? 'reason' : 'same';
}

function sentenceOf(a: Side, b: Side, difference: Difference, agree: number | null): string {
  const [labelA, labelB] = [nameOf(a), nameOf(b)];
  const both = a.target === null ? 'nothing here' : `“${a.target.label}”`;
  switch (difference) {
    case 'one-right':
      return `A says ${labelA}${besideText(a)}; B says ${labelB}${besideText(b)}. ${isRight(a) ? 'A' : 'B'} is right.`;
    case 'answers':
      return `A says ${labelA}${besideText(a)}; B says ${labelB}${besideText(b)}.${isRight(a) && isRight(b) ? ' Both are right, about different objects.' : ''}`;
    case 'reason':
      return `Both say ${both}.${sharesText(a, b)} The maps do not agree.`;
    case 'untold':
      return `Both say ${both}. ${[a, b].every((side) => !readable(side)) ? 'Neither map is' : `The map of ${readable(a) ? 'B' : 'A'} is not`} to be read.`;
    case 'same':
      return `Both say ${both}, and the maps agree${agree === null ? '' : ` (${agree.toFixed(2)} of 1)`}.`;
  }
}

function nameOf({ target }: Side): string {
  return target === null ? 'nothing here' : `“${target.label}” ${scoreText(target.score)}`;
}

function besideText({ target }: Side): string {
  return target?.dependence === 'beside' ? ' and depends on something beside the object' : '';
}

function sharesText(a: Side, b: Side): string {
  const share = ({ target }: Side): number | null => target?.energyInObject ?? target?.energyInBox ?? null;
  const [ofA, ofB] = [share(a), share(b)];
  if (ofA === null || ofB === null) return '';
  const area = a.target?.objectArea ?? null;
  return ` A has ${percent(ofA)} of its map on the object, B ${percent(ofB)}${area === null ? '' : `; it covers ${percent(area)} of the picture`}.`;
}

/** What a comparison says first: what differs. */
export function comparisonVerdict(
  data: ReportData,
  [first, second]: readonly [number, number],
  pairs: readonly Pair[],
  rows: readonly Row[],
): Verdict {
  const [a, b] = [data.runs[first]?.name ?? '', data.runs[second]?.name ?? ''];
  const count = (difference: Difference): number => pairs.filter((pair) => pair.difference === difference).length;
  const same = count('same');
  const [onlyA] = (data.runs[first]?.findings ?? []).filter(({ grave }) => grave);
  const [onlyB] = (data.runs[second]?.findings ?? []).filter(({ grave }) => grave);
  const differ = pairs.length - same - count('untold');
  const lead =
    pairs.length === 0
      ? 'No picture was answered by both models.'
      : onlyA !== undefined && onlyB === undefined
        ? `A: ${onlyA.lead} B does not.`
        : onlyB !== undefined && onlyA === undefined
          ? `B: ${onlyB.lead} A does not.`
          : differ === 0
            ? 'Both models give the same answers for the same reasons.'
            : `They differ on ${differ} of ${counted(pairs.length, 'picture')}.`;
  return {
    lead,
    sub: `A is ${a}, B is ${b}, on the same ${counted(pairs.length, 'picture')}${data.runs[first]?.dataset == null ? '' : ` of “${data.runs[first].dataset}”`}.`,
    questions: [sameQuestion(pairs, count), moreRight(rows, first, second), moreOnObject(rows, first, second)],
  };
}

function sameQuestion(pairs: readonly Pair[], count: (difference: Difference) => number): Question {
  const agree = count('same') + count('reason') + count('untold');
  return {
    question: 'Do they give the same answer?',
    state: pairs.length === 0 ? 'unknown' : agree === pairs.length ? 'good' : 'warn',
    say: agree === pairs.length ? `Yes, on all ${agree}` : `On ${agree} of ${counted(pairs.length, 'picture')}`,
    parts: [],
    note: ORDER.filter((difference) => count(difference) > 0)
      .map((difference) => `${count(difference)} ${DIFFERENCES[difference].toLowerCase()}`)
      .join('; '),
  };
}

function moreRight(rows: readonly Row[], first: number, second: number): Question {
  const of = (run: number, ...outcomes: readonly string[]): number =>
    rows.filter((row) => row.run === run && outcomes.includes(row.target?.outcome ?? '')).length;
  const say = (run: number): string => `${of(run, 'true-positive')} of ${of(run, 'true-positive', 'wrong-class')}`;
  const [a, b] = [of(first, 'true-positive'), of(second, 'true-positive')];
  const known = of(first, 'true-positive', 'wrong-class') > 0;
  return {
    question: 'Which is right more often?',
    state: known ? (a === b ? 'good' : 'warn') : 'unknown',
    say: !known
      ? 'Not known: nothing is annotated'
      : a === b
        ? `Both: ${say(first)}`
        : a > b
          ? `A: ${say(first)}; B: ${say(second)}`
          : `B: ${say(second)}; A: ${say(first)}`,
    parts: [],
    note: null,
  };
}

function moreOnObject(rows: readonly Row[], first: number, second: number): Question {
  const of = (run: number, reason: string): number =>
    rows.filter((row) => row.run === run && row.reason === reason && row.target?.outcome === 'true-positive').length;
  const [a, b] = [of(first, 'beside'), of(second, 'beside')];
  const [onA, onB] = [of(first, 'object') + of(first, 'both'), of(second, 'object') + of(second, 'both')];
  const known = a + onA > 0 && b + onB > 0;
  return {
    question: 'Which depends on its object?',
    state: !known ? 'unknown' : a + b === 0 ? 'good' : 'warn',
    say: !known
      ? 'Not known: no object has a box'
      : a + b === 0
        ? 'Both, always'
        : `A in ${onA} of ${a + onA} right answers, B in ${onB} of ${b + onB}`,
    parts: [],
    note: null,
  };
}
