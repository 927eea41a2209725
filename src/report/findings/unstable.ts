import { casesOf, type Case, type Evidence } from './evidence.js';
import { FINDING_TITLES, type CheckResult, type Finding } from './finding.js';
import { excessOf, type Excess, type Observation } from './rates.js';
import { counted, pText, quoted, range } from './words.js';

const KIND = 'unstable';

/** Below this reliability two runs with other masks would give maps that hardly agree. */
const UNRELIABLE = 0.5;

interface Looked extends Observation {
  readonly verdict: 'ok' | 'noise' | 'lost';
}

/** Answers whose maps are noise, whose target was lost under the masks, or whose reliability is low. */
export function unstable(evidence: Evidence): CheckResult {
  const looked = casesOf(evidence).flatMap((one) => look(one) ?? []);
  return {
    kind: KIND,
    findings: excessOf(looked).map((excess) => finding(excess, looked)),
    looked: looked.length,
    untested: looked.length > 0 ? null : 'the run did not estimate how reliable its maps are',
  };
}

function look(one: Case): Looked | null {
  const { label, verdict, reliability, outcome } = one.target;
  // A missed object is lost by its nature.
  if (label === null || outcome === 'missed' || (verdict === null && reliability === null)) return null;
  const flagged = (verdict ?? 'ok') !== 'ok' || (reliability ?? 1) < UNRELIABLE;
  return { ...one, label, flagged, badness: -(reliability ?? 0), verdict: verdict ?? 'ok' };
}

function finding({ classes, count, of, interval, p, examples }: Excess, looked: readonly Looked[]): Finding {
  const about = looked.filter(({ flagged, label }) => flagged && (classes.length === 0 || classes.includes(label)));
  const lost = about.filter(({ verdict }) => verdict === 'lost').length;
  const noise = about.filter(({ verdict }) => verdict === 'noise').length;
  const kinds = [
    ...(noise > 0 ? [`${noise} ${noise === 1 ? 'is' : 'are'} not above chance`] : []),
    ...(lost > 0 ? [`in ${lost} the object is almost never found under masks`] : []),
    ...(count > lost + noise ? [`${count - lost - noise} would look different with other masks`] : []),
  ];
  const name = classes.length === 1 ? quoted(classes[0]!) : 'all classes';
  return {
    kind: KIND,
    classes,
    title: `${FINDING_TITLES[KIND]}: ${name}`,
    sentence: `${count} of ${counted(of, 'map')}${classes.length === 1 ? ` of ${name}` : ''} (${range(interval)}) cannot be relied on: ${kinds.join(', ')}.`,
    advice:
      'Do not read these maps. More masks (--max-samples) help an unstable one, a finer grid (--mask-width, --mask-height) one of a small object; what stays lost is an answer that hangs on the whole picture.',
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
