import { confusion } from './confusion.js';
import type { Evidence } from './evidence.js';
import { FINDING_KINDS, type CheckResult, type Finding } from './finding.js';
import { fragile } from './fragile.js';
import { labelErrors } from './label-errors.js';
import { otherObject } from './other-object.js';
import { sharedSpot } from './shared-spot.js';
import { unstable } from './unstable.js';
import { wrongReason } from './wrong-reason.js';

export * from './evidence.js';
export {
  FINDING_TITLES,
  type CheckResult,
  type Example,
  type Figure,
  type Finding,
  type FindingKind,
} from './finding.js';
export { GRID } from './grid.js';

/** What the checks of an explained dataset came to. */
export interface Findings {
  /** The gravest kind first, within a kind the strongest. */
  readonly findings: readonly Finding[];
  /** One a kind, in the same order, whether it found something or not. */
  readonly checks: readonly CheckResult[];
}

/** Makes every check. Needs no model and no files; the same evidence and seed give the same findings. */
export function findingsOf(evidence: Evidence): Findings {
  const others = [
    sharedSpot(evidence),
    wrongReason(evidence),
    otherObject(evidence),
    confusion(evidence),
    fragile(evidence),
    unstable(evidence),
  ];
  const doubts = labelErrors(
    evidence,
    others.flatMap(({ findings }) => findings),
  );
  const checks = [...others, doubts].sort((a, b) => FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind));
  return { checks, findings: checks.flatMap(({ findings }) => findings) };
}
