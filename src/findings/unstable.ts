import { casesOf, type Case, type Evidence } from './evidence.js';
import type { Verdict } from '../explain/verdict.js';
import { excessResult, flaggedShare } from './excess-check.js';
import type { CheckResult } from './finding.js';
import type { Excess, Observation } from './rates.js';

/** Below this reliability two runs with other masks would give maps that hardly agree. */
const UNRELIABLE = 0.5;

interface Looked extends Observation {
  readonly verdict: Verdict;
}

/** Answers whose maps are not to be read: noise, lost, weak or unfaithful, or of a low reliability. */
export function unstable(evidence: Evidence): CheckResult {
  return excessResult({
    kind: 'unstable',
    looked: casesOf(evidence).flatMap((one) => look(one) ?? []),
    untested: 'the run did not estimate how reliable its maps are',
    sentence,
    advice:
      'Do not read these maps. More masks help an unstable one, a finer grid of mask cells helps one of a small object; what stays lost is an answer that hangs on the whole image.',
    tolerated: 'the 5 % that is usual',
  });
}

function look(one: Case): Looked | null {
  const { label, verdict, reliability, outcome } = one.target;
  // A missed object is lost by its nature.
  if (label === null || outcome === 'missed' || (verdict === null && reliability === null)) return null;
  const flagged = (verdict ?? 'ok') !== 'ok' || (reliability ?? 1) < UNRELIABLE;
  return { ...one, label, flagged, badness: -(reliability ?? 0), verdict: verdict ?? 'ok' };
}

function sentence(excess: Excess, flagged: readonly Looked[]): string {
  const lost = flagged.filter(({ verdict }) => verdict === 'lost').length;
  const noise = flagged.filter(({ verdict }) => verdict === 'noise').length;
  const weak = flagged.filter(({ verdict }) => verdict === 'weak').length;
  const unfaithful = flagged.filter(({ verdict }) => verdict === 'unfaithful').length;
  const others = excess.count - lost - noise - weak - unfaithful;
  const kinds = [
    ...(noise > 0 ? [`${noise} ${noise === 1 ? 'is' : 'are'} not above chance`] : []),
    ...(lost > 0 ? [`in ${lost} the object is almost never found under masks`] : []),
    ...(weak > 0 ? [`in ${weak} the score is too small`] : []),
    ...(unfaithful > 0
      ? [
          `${unfaithful} ${unfaithful === 1 ? 'does' : 'do'} not explain the score (hiding other places changes it as much)`,
        ]
      : []),
    ...(others > 0 ? [`${others} would look different with other masks`] : []),
  ];
  return `${flaggedShare(excess, 'map', ' of ')} cannot be relied on: ${kinds.join(', ')}.`;
}
