import {
  casesOf,
  leftOutOf,
  nothingCompared,
  ownBoxes,
  type Case,
  type Evidence,
  type RelativeBox,
} from './evidence.js';
import { FINDING_TITLES, type CheckResult, type Finding } from './finding.js';
import { areaOf, coverage, saliencyShares, within } from './grid.js';
import { TOLERATED } from './rates.js';
import { benjaminiHochberg, binomialTail, mean, wilson } from './statistics.js';
import { counted, percent, placeOf, pText, quoted, range } from './words.js';

const KIND = 'confusion';

/** Chance runs of a few mistakes are common: pairs need stronger evidence than other findings. */
const ALPHA = 0.01;

/** Fewest confusions of a pair that make a finding, and the least share of the class. */
const FEWEST = 3;
const LEAST_SHARE = 0.02;

interface Pair {
  readonly truth: string;
  readonly answer: string;
  readonly cases: readonly Case[];
  /** Judged answers about objects (or images) of the true class, and how many of them were of another class. */
  readonly of: number;
  readonly wrong: number;
}

/**
 * Pairs of classes that are confused more often than mistakes spread evenly over the other classes would be (binomial
 * test, adjusted for the number of pairs; with two classes: more often than tolerated), with the part of the object
 * that decides between them.
 */
export function confusion(evidence: Evidence): CheckResult {
  const judged = casesOf(evidence).filter(isAboutAnObject);
  const pairs = pairsOf(judged);
  const classes = new Set(judged.flatMap(({ target }) => [target.label, target.trueLabel])).size;
  // Pairs that never happened were looked at as well.
  const possible = new Set(pairs.map(({ truth }) => truth)).size * (classes - 1);
  const unseen = new Array<number>(Math.max(0, possible - pairs.length)).fill(1);
  const adjusted = benjaminiHochberg([...pairs.map((pair) => pairP(pair, classes)), ...unseen]);
  const findings = pairs.flatMap((pair, i) => {
    const { cases, of } = pair;
    const strong = adjusted[i]! <= ALPHA && cases.length >= FEWEST && cases.length >= LEAST_SHARE * of;
    return strong ? [finding(pair, adjusted[i]!, judged)] : [];
  });
  const untested = judged.length > 0 ? null : nothingCompared(evidence);
  return {
    kind: KIND,
    findings: findings.sort((a, b) => b.count / b.of - a.count / a.of),
    looked: judged.length,
    // Maps tell where two classes are decided, not whether they are confused.
    leftOut: leftOutOf([]),
    untested,
  };
}

function isAboutAnObject({ target }: Case): boolean {
  if (target.label === null) return false;
  return target.outcome === 'true-positive' || (target.outcome === 'wrong-class' && target.trueLabel !== null);
}

function pairsOf(judged: readonly Case[]): Pair[] {
  const byTruth = new Map<string, Case[]>();
  for (const one of judged) {
    const truth = truthOf(one);
    byTruth.set(truth, [...(byTruth.get(truth) ?? []), one]);
  }
  return [...byTruth].flatMap(([truth, cases]) => {
    const wrong = cases.filter(({ target }) => target.outcome === 'wrong-class');
    return [...new Set(wrong.map(({ target }) => target.label ?? ''))].map((answer) => ({
      truth,
      answer,
      cases: wrong.filter(({ target }) => target.label === answer),
      of: cases.length,
      wrong: wrong.length,
    }));
  });
}

function truthOf({ target }: Case): string {
  return (target.outcome === 'wrong-class' ? target.trueLabel : target.label) ?? '';
}

function pairP({ cases, of, wrong }: Pair, classes: number): number {
  if (classes <= 2) return binomialTail(cases.length, of, TOLERATED);
  return binomialTail(cases.length, wrong, 1 / (classes - 1));
}

function finding({ truth, answer, cases, of }: Pair, p: number, judged: readonly Case[]): Finding {
  const interval = wilson(cases.length, of);
  const region = decidingRegion(truth, answer, [...cases, ...judged.filter((one) => isContrast(one, truth, answer))]);
  return {
    kind: KIND,
    classes: [truth, answer],
    title: `${FINDING_TITLES[KIND]}: ${quoted(truth)} answered as ${quoted(answer)}`,
    sentence: `${cases.length} of ${counted(of, 'answer')} about ${quoted(truth)} (${range(interval)}) ${cases.length === 1 ? 'says' : 'say'} ${quoted(answer)}.${region === null ? '' : ` ${region}`}`,
    advice: `Compare the examples with right answers of ${quoted(truth)}; more training images in which what decides is hidden or alike in both classes help.`,
    count: cases.length,
    of,
    interval,
    test: { name: `more than mistakes spread evenly over the classes (binomial test, ${pText(p)})`, p },
    figures: [],
    examples: [...cases]
      .sort((a, b) => b.target.score - a.target.score)
      .map(({ item, target }) => ({ item: item.id, target: target.index })),
    region: null,
    map: null,
  };
}

/** A right answer that the other class came second in. */
function isContrast({ target }: Case, truth: string, answer: string): boolean {
  return target.outcome === 'true-positive' && target.label === truth && target.contrast?.rival === answer;
}

/** Parts of an object, in thirds of its box. */
const PARTS: readonly RelativeBox[] = [0, 1, 2].flatMap((row) =>
  [0, 1, 2].map((column) => ({ x: column / 3, y: row / 3, width: 1 / 3, height: 1 / 3 })),
);

/**
 * Which part of the objects speaks most, for its size, for the wrong class: a sentence, or null where there are no
 * contrast maps or no boxes.
 */
function decidingRegion(truth: string, answer: string, cases: readonly Case[]): string | null {
  const parts = PARTS.map((): number[] => []);
  const outside: number[] = [];
  const outsideDensities: number[] = [];
  for (const one of cases) {
    const { contrast, label } = one.target;
    const [box] = one.target.trueBox === null ? objectsOf(one, truth) : [one.target.trueBox];
    if (contrast === null || box === undefined) continue;
    if (label === answer && contrast.rival !== truth) continue;
    // Positive where it speaks for the wrong class.
    const shares = saliencyShares(label === answer ? contrast.map : contrast.map.map((value) => -value));
    if (shares === null) continue;
    PARTS.forEach((part, i) => parts[i]!.push(densityIn(shares, partOf(box, part))));
    const object = coverage([box]);
    outside.push(1 - within(shares, object));
    outsideDensities.push((1 - within(shares, object)) / Math.max(1e-9, 1 - areaOf(object)));
  }
  if (outside.length < FEWEST) return null;
  const densities = parts.map(mean);
  const best = densities.indexOf(Math.max(...densities));
  if (mean(outsideDensities) > densities[best]!) {
    return `What decides between the two lies mostly beside the object (${percent(mean(outside))} of the evidence for ${quoted(answer)}).`;
  }
  const place = placeOf(PARTS[best]!).replace(' corner', ' part').replace(' edge', ' part');
  return `What speaks for ${quoted(answer)} lies most of all in ${place} of the object, ${densities[best]!.toFixed(1)} times as dense as evenly spread evidence would.`;
}

function objectsOf(one: Case, truth: string): RelativeBox[] {
  return one.item.truth?.objects.filter(({ label }) => label === truth) ?? ownBoxes(one);
}

function partOf(box: RelativeBox, part: RelativeBox): RelativeBox {
  return {
    x: box.x + part.x * box.width,
    y: box.y + part.y * box.height,
    width: part.width * box.width,
    height: part.height * box.height,
  };
}

function densityIn(shares: Float32Array, box: RelativeBox): number {
  const region = coverage([box]);
  const area = areaOf(region);
  return area > 0 ? within(shares, region) / area : 0;
}
