import { casesOf, leftOutOf, nothingCompared, hasMap, ownBoxes, type Case, type Evidence } from './evidence.js';
import { FINDING_TITLES, type CheckResult, type Finding, type FindingKind } from './finding.js';
import { areaOf, coverage, near, peakOf, saliencyShares, within } from './grid.js';
import { mean, median, wilson } from './statistics.js';
import { counted, listed, percent, range } from './words.js';

const KIND = 'label-error';

/** Even where a class is usually answered with little confidence, a doubt about a label needs this much. */
const LEAST_SCORE = 0.6;

/**
 * Answers that the truth calls wrong although the model is as sure as in the better half of its right answers of that
 * class, and looks at the object while it says so: the label, or a missing one, is the likelier mistake. Pairs of
 * classes that the model confuses often are left out, and classes that it was found to know by something else than
 * the object: there the model is.
 *
 * Source: the thresholds follow Northcutt et al. 2021, "Confident learning" (arXiv 1911.00068), with the median of the
 * right answers in the place of the mean of all.
 *
 * @param earlier findings of the other checks
 */
export function labelErrors(evidence: Evidence, earlier: readonly Finding[]): CheckResult {
  const cases = casesOf(evidence).filter(({ target }) => target.outcome !== null && target.label !== null);
  const usual = usualScores(cases);
  const sure = cases.filter(({ target }) => target.score >= (usual.get(target.label ?? '') ?? Infinity));
  const classesOf = (kinds: readonly FindingKind[]): Set<string> =>
    new Set(earlier.filter(({ kind }) => kinds.includes(kind)).map(({ classes }) => JSON.stringify(classes)));
  const often = classesOf(['confusion']);
  const unsound = classesOf(['shared-spot', 'wrong-reason']);
  const denied = sure.filter((one) => one.target.outcome === 'wrong-class' || isUnmarked(one));
  const doubted = denied.filter(
    (one) =>
      looksAtObject(one, evidence.maskCell) &&
      !unsound.has(JSON.stringify([one.target.label])) &&
      !often.has(JSON.stringify([one.target.trueLabel, one.target.label])),
  );
  const untested = sure.length > 0 ? null : nothingCompared(evidence);
  return {
    kind: KIND,
    findings: doubted.length === 0 ? [] : [finding(doubted, sure)],
    looked: sure.length,
    leftOut: leftOutOf(denied),
    untested,
  };
}

/** For each class, the score that half of its right answers reach. */
function usualScores(cases: readonly Case[]): Map<string, number> {
  const scores = new Map<string, number[]>();
  for (const { target } of cases) {
    if (target.outcome !== 'true-positive' || target.label === null) continue;
    scores.set(target.label, [...(scores.get(target.label) ?? []), target.score]);
  }
  return new Map([...scores].map(([label, all]) => [label, Math.max(LEAST_SCORE, median(all) ?? Infinity)]));
}

/** A box where nothing is marked. */
function isUnmarked({ target }: Case): boolean {
  return target.outcome === 'false-positive' && target.kind === 'bbox';
}

/** Whether the place of the answer holds the peak, and more saliency than by chance; true where there is no place to check. */
function looksAtObject({ item, target }: Case, maskCell: number): boolean {
  if (!hasMap(target)) return false;
  const objects = item.truth?.objects ?? [];
  const boxes = target.kind === 'bbox' ? ownBoxes({ item, target }) : objects;
  if (boxes.length === 0) return true;
  if (!near(boxes, peakOf(target.map), maskCell / 2)) return false;
  const region = coverage(boxes);
  const shares = saliencyShares(target.map);
  return shares !== null && within(shares, region) > areaOf(region);
}

function finding(doubted: readonly Case[], sure: readonly Case[]): Finding {
  const worst = [...doubted].sort((a, b) => b.target.score - a.target.score);
  const unmarked = doubted.filter(isUnmarked);
  const relabelled = doubted.length - unmarked.length;
  const interval = wilson(doubted.length, sure.length);
  const expected = mean(sure.map(({ target }) => 1 - target.score));
  const parts = [
    ...(relabelled > 0 ? [`${counted(relabelled, 'label')} that the model doubts`] : []),
    ...(unmarked.length > 0
      ? [`${counted(unmarked.length, 'object')} that ${unmarked.length === 1 ? 'is' : 'are'} not marked`]
      : []),
  ];
  const classes = [...new Set(worst.map(({ target }) => target.label ?? ''))];
  return {
    kind: KIND,
    classes,
    title: `${FINDING_TITLES[KIND]}: ${parts.join(', ')}`,
    sentence:
      `In ${doubted.length} of ${counted(sure.length, 'sure answer')} (${range(interval)}) the map lies on an object, the model is as sure of it as it usually is when right, and the annotations say otherwise: ${parts.join(' and ')}` +
      `${classes.length > 0 ? `, where it answers ${listed(classes)}` : ''}. By the scores themselves, ${percent(expected)} of such answers would be wrong.`,
    advice:
      'Look at each: where the model is right, mend the annotation; where it is not, the image is a hard one worth keeping.',
    count: doubted.length,
    of: sure.length,
    interval,
    test: null,
    figures: [{ name: 'wrong by the scores themselves', share: expected, interval: null }],
    examples: worst.map(({ item, target }) => ({ item: item.id, target: target.index })),
    region: null,
    map: null,
  };
}
