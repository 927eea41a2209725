import { meanShareInterval } from '../explain/metrics/intervals.js';
import { casesOf, uncomparedBecause, hasMap, ownBoxes, type Case, type Evidence } from './evidence.js';
import { excessResult, flaggedShare } from './excess-check.js';
import type { CheckResult, Figure } from './finding.js';
import { areaOf, coverage, near, peakOf, saliencyShares, within } from './grid.js';
import type { Excess, Observation } from './rates.js';
import { mean } from './statistics.js';
import { listed, percent } from './words.js';

/** Above this share of the image an object leaves too little elsewhere to look at. */
const LARGEST_OBJECT = 0.6;

/** Below this reliability a map is too rough to say that its peak lies elsewhere. */
const ROUGH = 0.5;

interface Looked extends Observation {
  /** Shares of the saliency and of the image that lie on the object. */
  readonly onObject: number;
  readonly objectArea: number;
}

/**
 * Right answers whose saliency is elsewhere: the peak lies beside the object (by more than half a mask cell), and the
 * object holds no more saliency than its area would by chance. A class is reported where more than the tolerated
 * share of its right answers is like that.
 */
export function wrongReason(evidence: Evidence): CheckResult {
  return excessResult({
    kind: 'wrong-reason',
    looked: casesOf(evidence).flatMap((one) => look(one, evidence.maskCell) ?? []),
    candidates: casesOf(evidence).filter(isRight),
    untested: untestedBecause(evidence),
    sentence,
    advice:
      'Look at what the bright places have in common: a watermark, a frame, a background that only goes with this class. Then collect images without it, or cover it in training.',
    tolerated: 'the 5 % that even a sound model may have',
    figures,
  });
}

function look(one: Case, maskCell: number): Looked | null {
  const { target } = one;
  if (!isRight(one) || target.label === null || !hasMap(target)) return null;
  if ((target.reliability ?? 1) < ROUGH) return null;
  const boxes = ownBoxes(one);
  if (boxes.length === 0) return null;
  const region = coverage(boxes);
  const objectArea = areaOf(region);
  const shares = saliencyShares(target.map);
  if (shares === null || objectArea > LARGEST_OBJECT) return null;
  const onObject = within(shares, region);
  return {
    ...one,
    label: target.label,
    flagged: onObject <= objectArea && !near(boxes, peakOf(target.map), maskCell / 2),
    badness: target.score * (1 - onObject),
    onObject,
    objectArea,
  };
}

function isRight({ target }: Case): boolean {
  return target.outcome === 'true-positive' && target.label !== null;
}

function sentence(excess: Excess, flagged: readonly Looked[]): string {
  const [onObject, area] = [mean(flagged.map((one) => one.onObject)), mean(flagged.map((one) => one.objectArea))];
  return (
    `${flaggedShare(excess, 'right answer')} ` +
    `${excess.count === 1 ? 'depends' : 'depend'} on something beside the object: only ${percent(onObject)} of the map lies on it, though it covers ${percent(area)} of the picture` +
    `${excess.classes.length > 1 ? `. Most of all ${listed(excess.classes)}` : ''}.`
  );
}

function figures(flagged: readonly Looked[]): Figure[] {
  const shares = flagged.map(({ onObject }) => onObject);
  const area = mean(flagged.map(({ objectArea }) => objectArea));
  return [
    { name: 'map on the object', share: mean(shares), interval: meanShareInterval(shares) },
    { name: 'the same by chance', share: area, interval: null },
  ];
}

function untestedBecause(evidence: Evidence): string {
  const uncompared = uncomparedBecause(evidence);
  if (uncompared !== null) return uncompared;
  if (evidence.items.every(({ truth }) => (truth?.objects.length ?? 0) === 0)) return 'the annotations have no boxes';
  return 'no right answer has a map and an object to compare it with';
}
