import { casesOf, ownBoxes, type Case, type Evidence } from './evidence.js';
import { excessResult, flaggedShare } from './excess-check.js';
import type { CheckResult } from './finding.js';
import { areaOf, coverage } from './grid.js';
import type { Excess, Observation } from './rates.js';
import { median } from './statistics.js';
import { listed, percent } from './words.js';

/** An answer is fragile when removing this share of its object's area flips it. */
const LITTLE = 0.1;

/** The object's share of the image where no box is known. */
const USUAL_OBJECT = 0.2;

interface Looked extends Observation {
  readonly removed: number;
  readonly to: string | null;
}

/** Right answers that flip when pixels are removed in order of saliency, at most a tenth of what their object covers. */
export function fragile(evidence: Evidence): CheckResult {
  return excessResult({
    kind: 'fragile',
    looked: casesOf(evidence).flatMap((one) => look(one) ?? []),
    untested: 'no decision boundary was measured for a right answer',
    sentence,
    advice:
      'See which small part decides. Training with parts of the object hidden (random erasing) makes answers depend on more of it.',
    tolerated: 'the 5 % that is usual',
  });
}

function look(one: Case): Looked | null {
  const { target } = one;
  if (target.removed === undefined || target.label === null) return null;
  if (target.outcome !== null && target.outcome !== 'true-positive') return null;
  const boxes = ownBoxes(one);
  const area = boxes.length === 0 ? USUAL_OBJECT : areaOf(coverage(boxes));
  const removed = target.removed?.share ?? 1;
  const to = target.removed?.to ?? null;
  // Where the object is hidden and another one is in the image, the other class is the right answer.
  const sound = target.kind === 'label' && to !== null && one.item.truth?.labels.includes(to) === true;
  return {
    ...one,
    label: target.label,
    flagged: !sound && removed <= LITTLE * area,
    badness: -removed / area,
    removed,
    to,
  };
}

function sentence(excess: Excess, flagged: readonly Looked[]): string {
  const removed = median(flagged.map((one) => one.removed)) ?? 0;
  const flips = [...new Set(flagged.map(({ to }) => to).filter((to) => to !== null))];
  return (
    `${flaggedShare(excess, 'right answer')} ${excess.count === 1 ? 'changes' : 'change'} when the few brightest places are hidden, at most a tenth of what the object covers: ` +
    `${percent(removed)} of the picture${flagged.length > 1 ? ' in the median' : ''}${flips.length > 0 ? `; the answer becomes ${flips.length > 1 ? `one of ${listed(flips)}` : listed(flips)}` : ''}.`
  );
}
