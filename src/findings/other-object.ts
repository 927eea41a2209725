import { meanShareInterval } from '../explain/metrics/intervals.js';
import { RandomStream, STREAMS } from '../explain/rise/philox.js';
import { casesOf, hasMap, leftOutOf, ownBoxes, type Case, type Evidence } from './evidence.js';
import { ALPHA, FINDING_TITLES, type CheckResult, type Finding } from './finding.js';
import { areaOf, coverage, grown, saliencyShares, within } from './grid.js';
import { benjaminiHochberg, mean, randomTestP, wilson } from './statistics.js';
import { counted, percent, pText, quoted, range } from './words.js';

const KIND = 'other-object';

/** Fewest images with both classes that are tested. */
const FEWEST = 5;

/** The other object must hold this share of the saliency, and this many times what its area would by chance. */
const LEAST_SHARE = 0.15;
const DENSER = 2;

const SIGN_FLIPS = 1999;

/** A right answer of one class in an image with an object of another. */
interface Observation extends Case {
  /** Share of the saliency on the other object's part beside the own one. */
  readonly share: number;
  /** The same if the saliency beside the own object were spread evenly. */
  readonly chance: number;
}

/**
 * Classes whose answers rest on objects of another class: which class's boxes hold the saliency that lies beside the
 * own object. Pairs are tested by flipping signs of (share - chance) at random, adjusted for the number of pairs.
 */
export function otherObject(evidence: Evidence): CheckResult {
  const pairs = new Map<string, { label: string; other: string; observations: Observation[] }>();
  const looked = new Set<Case>();
  for (const one of casesOf(evidence)) {
    for (const [other, observation] of lookAt(one, evidence.maskCell)) {
      looked.add(one);
      const label = one.target.label ?? '';
      const key = JSON.stringify([label, other]);
      const pair = pairs.get(key) ?? { label, other, observations: [] };
      pair.observations.push(observation);
      pairs.set(key, pair);
    }
  }
  const tested = [...pairs.values()].filter(({ observations }) => observations.length >= FEWEST);
  const adjusted = benjaminiHochberg(tested.map(({ observations }) => signFlipP(observations, evidence.seed)));
  const findings = tested
    .flatMap(({ label, other, observations }, i) => finding(label, other, observations, adjusted[i]!) ?? [])
    .sort((a, b) => b.figures[0]!.share - a.figures[0]!.share);
  const untested = tested.length > 0 ? null : `no two classes stand together in ${FEWEST} explained images with boxes`;
  const right = casesOf(evidence).filter(({ target }) => target.outcome === 'true-positive' && target.label !== null);
  return { kind: KIND, findings, looked: looked.size, leftOut: leftOutOf(right), untested };
}

function lookAt(one: Case, maskCell: number): Map<string, Observation> {
  const found = new Map<string, Observation>();
  const { item, target } = one;
  if (target.outcome !== 'true-positive' || target.label === null || !hasMap(target) || item.truth === null)
    return found;
  const shares = saliencyShares(target.map);
  const own = ownBoxes(one);
  if (shares === null || own.length === 0) return found;
  const near = coverage(own.map((box) => grown(box, maskCell / 2)));
  const beside = near.map((covered) => 1 - covered);
  const [besideArea, besideShare] = [areaOf(beside), within(shares, beside)];
  for (const other of new Set(item.truth.objects.map(({ label }) => label))) {
    if (other === target.label) continue;
    const boxes = coverage(item.truth.objects.filter(({ label }) => label === other));
    const region = boxes.map((covered, cell) => covered * beside[cell]!);
    const area = areaOf(region);
    // An object hidden behind the own one, or one that fills the rest of the image, tells nothing.
    if (area < 0.01 || area > 0.8 * besideArea) continue;
    found.set(other, { ...one, share: within(shares, region), chance: (besideShare * area) / besideArea });
  }
  return found;
}

/** How likely the mean of share - chance would be as large if its sign were a coin's in every image. */
function signFlipP(observations: readonly Observation[], seed: number): number {
  const differences = observations.map(({ share, chance }) => share - chance);
  const random = new RandomStream(seed).at(2, STREAMS.resampling);
  const flipped = function* (): Generator<number> {
    for (let i = 0; i < SIGN_FLIPS; i++) {
      yield differences.reduce((sum, difference) => sum + (random.uniform() < 0.5 ? difference : -difference), 0);
    }
  };
  return randomTestP(
    differences.reduce((sum, difference) => sum + difference, 0),
    flipped(),
  );
}

function finding(label: string, other: string, observations: readonly Observation[], p: number): Finding | null {
  const shares = observations.map(({ share }) => share);
  const [share, chance] = [mean(shares), mean(observations.map((one) => one.chance))];
  if (p > ALPHA || share < LEAST_SHARE || share < DENSER * chance) return null;
  const leaning = observations.filter((one) => one.share >= LEAST_SHARE && one.share >= DENSER * one.chance);
  const interval = wilson(leaning.length, observations.length);
  return {
    kind: KIND,
    classes: [label, other],
    title: `${FINDING_TITLES[KIND]}: ${quoted(label)} on ${quoted(other)}`,
    sentence:
      `In ${leaning.length} of ${counted(observations.length, 'image')} that show both (${range(interval)}), the answer ${quoted(label)} depends to a large part on ${quoted(other)}: ` +
      `${percent(share)} of its map lies there on average, where chance gives ${percent(chance)}.`,
    advice: `See whether ${quoted(label)} is still found without ${quoted(other)} in the image; more training images of each alone teach the difference.`,
    count: leaning.length,
    of: observations.length,
    interval,
    test: { name: `sign-flip test, ${pText(p)}`, p },
    figures: [
      { name: 'map on the other object', share, interval: meanShareInterval(shares) },
      { name: 'the same by chance', share: chance, interval: null },
    ],
    examples: [...leaning]
      .sort((a, b) => b.share - a.share)
      .map(({ item, target }) => ({ item: item.id, target: target.index })),
    region: null,
    map: null,
  };
}
