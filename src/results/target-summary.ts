import { option } from '../errors.js';
import { LEAST_ADVANTAGE } from '../explain/faithfulness.js';
import type { Verdict } from '../explain/verdict.js';

/** What of a target its sentence is made of. */
export interface SummarizedTarget {
  readonly label: { readonly name: string } | null;
  readonly score: number;
  readonly verdict: Verdict;
  readonly reliability: number | null;
  /** Null where it was not judged whether the map explains the score. */
  readonly faithfulness: { readonly advantage: number | null } | null;
  /** The score of the maps on the whole image. */
  readonly baseline: number;
  /** In pixels of the image. */
  readonly box: { readonly width: number; readonly height: number } | null;
  /** Of the map, in pixels of the image. */
  readonly peak: { readonly x: number; readonly y: number };
  readonly image: { readonly width: number; readonly height: number };
  /** The preset to try where the map is unfaithful; null where there is none to name. */
  readonly next: string | null;
}

/** What was found out about a target, in one sentence or two. Options are marked: faces call them by their own names. */
export function targetSummary(target: SummarizedTarget): string {
  const { label, score, verdict, reliability, baseline, faithfulness, peak, image } = target;
  const answer = `${label?.name ?? 'the box'} (${score.toFixed(2)})`;
  switch (verdict) {
    case 'noise':
      return `What speaks for ${answer} cannot be told: the scores of the masked runs do not depend on the place beyond chance, or by no more than their own rounding.`;
    case 'lost':
      return `What speaks for ${answer} cannot be told: it was almost never found when parts of the image were hidden.`;
    case 'weak':
      return weakSentence({ names: [label?.name ?? 'the box'], count: 1, largest: baseline });
    case 'unfaithful':
      return unfaithfulSentence({
        name: answer,
        advantage: faithfulness?.advantage ?? null,
        fillsImage: fillsImage(target.box, image),
        next: target.next,
      });
    case 'ok': {
      const trust = reliability === null ? '' : `, with a reliability of ${reliability.toFixed(2)}`;
      const judged =
        faithfulness === null ? 'whether the map explains the score was not judged' : 'the map explains the score';
      return `What speaks most for ${answer} lies ${placeName(peak, image)} of the image, around pixel ${peak.x}, ${peak.y}${trust}; ${judged}.`;
    }
  }
}

/** What an unfaithful map's sentence is made of. */
export interface UnfaithfulMap {
  /** Of the target. */
  readonly name: string;
  /** Share of the score; null where the file does not say. */
  readonly advantage: number | null;
  readonly fillsImage: boolean;
  readonly next: string | null;
}

export function unfaithfulSentence({ name, advantage, fillsImage: fills, next }: UnfaithfulMap): string {
  const figure =
    advantage === null
      ? ''
      : ` (advantage ${percent(advantage)} of the score; at least ${percent(LEAST_ADVANTAGE, 100)} is asked for)`;
  return (
    `The map of ${name} is repeatable, but it does not explain the score: hiding what it marks changes the score ` +
    `${advantage !== null && advantage <= 0 ? 'no' : 'hardly'} more than hiding the same shape elsewhere in the image would${figure}. ` +
    (fills
      ? 'The box fills so much of the image that the shape elsewhere covers it too, which alone may explain that. '
      : '') +
    `Do not read it as where the model looks${next === null ? '' : `; ${option('preset', next)} may do better`}.`
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

export function fillsImage(box: SummarizedTarget['box'], image: SummarizedTarget['image']): boolean {
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

/** @param most so that what is below a limit does not read like it */
function percent(share: number, most = 100 * LEAST_ADVANTAGE - 1): string {
  return `${Math.min(most, Math.round(100 * share)) + 0} %`;
}

function placeName({ x, y }: SummarizedTarget['peak'], { width, height }: SummarizedTarget['image']): string {
  const column = ['left', 'middle', 'right'][third(x, width)];
  const row = ['upper', 'middle', 'lower'][third(y, height)];
  if (row === 'middle' && column === 'middle') return 'in the middle';
  if (row === 'middle') return `at the ${column}`;
  return column === 'middle' ? `in the ${row} middle` : `at the ${row} ${column}`;
}

function third(at: number, length: number): number {
  return Math.min(2, Math.floor((3 * at) / Math.max(1, length)));
}
