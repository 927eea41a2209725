import { casesOf, hasMap, ownBoxes, type Case, type Evidence } from './evidence.js';
import { FINDING_TITLES, type CheckResult, type Finding } from './finding.js';
import { areaOf, coverage, near, peakOf, saliencyShares, within } from './grid.js';
import { excessOf, type Excess, type Observation } from './rates.js';
import { mean, meanInterval } from './statistics.js';
import { counted, listed, percent, pText, quoted, range } from './words.js';

const KIND = 'wrong-reason';

/** Above this share of the picture an object leaves too little elsewhere to look at. */
const LARGEST_OBJECT = 0.6;

/** Below this reliability a map is too rough to say that its peak lies elsewhere. */
const ROUGH = 0.5;

interface Looked extends Observation {
  /** Shares of the saliency and of the picture that lie on the object. */
  readonly onObject: number;
  readonly objectArea: number;
}

/**
 * Right answers whose saliency is elsewhere: the peak lies beside the object (by more than half a mask cell), and the
 * object holds no more saliency than its area would by chance. A class is reported where more than the tolerated
 * share of its right answers is like that.
 */
export function wrongReason(evidence: Evidence): CheckResult {
  const looked = casesOf(evidence).flatMap((one) => look(one, evidence.maskCell) ?? []);
  return {
    kind: KIND,
    findings: excessOf(looked).map((excess) => finding(excess, looked)),
    looked: looked.length,
    untested: looked.length > 0 ? null : untestedBecause(evidence),
  };
}

function look(one: Case, maskCell: number): Looked | null {
  const { target } = one;
  if (target.outcome !== 'true-positive' || target.label === null || !hasMap(target)) return null;
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

function finding({ classes, count, of, interval, p, examples }: Excess, looked: readonly Looked[]): Finding {
  const about = looked.filter(({ flagged, label }) => flagged && (classes.length === 0 || classes.includes(label)));
  const shares = about.map(({ onObject }) => onObject);
  const [onObject, area] = [mean(shares), mean(about.map(({ objectArea }) => objectArea))];
  const name = classes.length === 1 ? quoted(classes[0]!) : 'all classes';
  return {
    kind: KIND,
    classes,
    title: `${FINDING_TITLES[KIND]}: ${name}`,
    sentence:
      `${count} of ${counted(of, 'right answer')}${classes.length === 1 ? ` ${name}` : ''} (${range(interval)}) ` +
      `${count === 1 ? 'rests' : 'rest'} on something else than the object: only ${percent(onObject)} of the saliency lies on it, though it covers ${percent(area)} of the picture` +
      `${classes.length > 1 ? `. Most of all ${listed(classes)}` : ''}.`,
    advice:
      'Look at what the bright places have in common: a watermark, a frame, a background that only goes with this class. Then collect pictures without it, or cover it in training.',
    count,
    of,
    interval,
    test: { name: `more than the 5 % that even a sound model may have (binomial test, ${pText(p)})`, p },
    figures: [
      { name: 'saliency on the object', share: onObject, interval: meanInterval(shares) },
      { name: 'the same by chance', share: area, interval: null },
    ],
    examples,
    region: null,
    map: null,
  };
}

function untestedBecause(evidence: Evidence): string {
  if (evidence.items.every(({ truth }) => truth === null)) return 'the pictures have no annotations';
  if (evidence.items.every(({ truth }) => (truth?.objects.length ?? 0) === 0)) return 'the annotations have no boxes';
  return 'no right answer has a map and an object to hold it against';
}
