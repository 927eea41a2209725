import { casesOf, ownBoxes, type Case, type Evidence } from './evidence.js';
import { FINDING_TITLES, type CheckResult, type Finding } from './finding.js';
import { areaOf, coverage } from './grid.js';
import { excessOf, type Excess, type Observation } from './rates.js';
import { median } from './statistics.js';
import { counted, listed, percent, pText, quoted, range } from './words.js';

const KIND = 'fragile';

/** An answer is fragile when removing this share of its object's area flips it. */
const LITTLE = 0.1;

/** The object's share of the picture where no box is known. */
const USUAL_OBJECT = 0.2;

interface Looked extends Observation {
  readonly removed: number;
  readonly to: string | null;
}

/** Right answers that flip when pixels are removed in order of saliency, at most a tenth of what their object covers. */
export function fragile(evidence: Evidence): CheckResult {
  const looked = casesOf(evidence).flatMap((one) => look(one) ?? []);
  return {
    kind: KIND,
    findings: excessOf(looked).map((excess) => finding(excess, looked)),
    looked: looked.length,
    untested: looked.length > 0 ? null : 'no decision boundary was measured for a right answer',
  };
}

function look(one: Case): Looked | null {
  const { target } = one;
  if (target.removed === undefined || target.label === null) return null;
  if (target.outcome !== null && target.outcome !== 'true-positive') return null;
  const boxes = ownBoxes(one);
  const area = boxes.length === 0 ? USUAL_OBJECT : areaOf(coverage(boxes));
  const removed = target.removed?.share ?? 1;
  const to = target.removed?.to ?? null;
  // Where the object is hidden and another one is in the picture, the other class is the right answer.
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

function finding({ classes, count, of, interval, p, examples }: Excess, looked: readonly Looked[]): Finding {
  const about = looked.filter(({ flagged, label }) => flagged && (classes.length === 0 || classes.includes(label)));
  const removed = median(about.map((one) => one.removed)) ?? 0;
  const flips = [...new Set(about.map(({ to }) => to).filter((to) => to !== null))];
  const name = classes.length === 1 ? quoted(classes[0]!) : 'all classes';
  return {
    kind: KIND,
    classes,
    title: `${FINDING_TITLES[KIND]}: ${name}`,
    sentence:
      `${count} of ${counted(of, 'right answer')}${classes.length === 1 ? ` ${name}` : ''} (${range(interval)}) ${count === 1 ? 'flips' : 'flip'} when few of the most salient pixels are removed, at most a tenth of what the object covers: ` +
      `${percent(removed)} of the picture${about.length > 1 ? ' in the median' : ''}${flips.length > 0 ? `; the answer becomes ${flips.length > 1 ? `one of ${listed(flips)}` : listed(flips)}` : ''}.`,
    advice:
      'See which small part decides. Training with parts of the object hidden (random erasing) makes answers rest on more of it.',
    count,
    of,
    interval,
    test: { name: `more than the 5 % that is usual (binomial test, ${pText(p)})`, p },
    figures: [],
    examples,
    region: null,
    map: null,
  };
}
