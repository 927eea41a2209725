import { meanShareInterval } from '../explain/metrics/intervals.js';
import {
  casesOf,
  hasMap,
  leftOutOf,
  type Evidence,
  type EvidenceItem,
  type EvidenceTarget,
  type RelativeBox,
} from './evidence.js';
import { ALPHA, FINDING_TITLES, type CheckResult, type Finding } from './finding.js';
import { areaOf, CELLS, coverage, GRID, grown, saliencyShares, within } from './grid.js';
import { agreementP, contrastClasses, spotAround } from './spot-statistics.js';
import { mean, wilson } from './statistics.js';
import { counted, percent, placeOf, pText, quoted, range } from './words.js';

const KIND = 'shared-spot';

/** Fewest images of a class that are tested, and fewest of other classes to compare them with. */
const FEWEST = 5;

/** In the spot, saliency must be this many times as dense as evenly spread saliency, and as in the other classes. */
const DENSER = 2;

/** In at least this share of the class's images. */
const SHARE_OF_IMAGES = 0.25;

/** The saliency beside the objects, of the best answer of a class in an image. */
interface Observation {
  readonly item: EvidenceItem;
  readonly target: EvidenceTarget;
  /** `[CELLS]`: 1 is what evenly spread saliency would be; 0 on objects. */
  readonly density: Float32Array;
}

/**
 * Places of the image, beside the objects, to which the saliency of one class goes again and again: a watermark, a
 * frame, a lens's dust. Reported where the class's mean differs from that of the other classes (permutation test over
 * all places and classes) and its images agree more than their shifted copies would.
 */
export function sharedSpot(evidence: Evidence): CheckResult {
  const classes = new Map<string, Observation[]>();
  for (const one of evidence.items) {
    for (const [label, observation] of bestOfEachLabel(one, evidence.maskCell)) {
      classes.set(label, [...(classes.get(label) ?? []), observation]);
    }
  }
  const groups = [...classes].map(([label, observations]) => ({
    label,
    observations,
    maps: observations.map(({ density }) => density),
  }));
  const leftOut = leftOutOf(casesOf(evidence).filter(({ target }) => isAnswer(target)));
  const looked = groups.reduce((sum, { maps }) => sum + maps.length, 0);
  const tested = groups.filter(({ maps }) => maps.length >= FEWEST && looked - maps.length >= FEWEST);
  if (tested.length === 0) {
    const kept = evidence.items.some(({ targets }) => targets.some(({ map }) => map !== null));
    const untested =
      looked === 0
        ? kept
          ? 'no map of an answer is above chance'
          : 'maps are compared only where a dataset was explained'
        : `no two classes have ${FEWEST} explained images to compare with each other`;
    return { kind: KIND, findings: [], looked, leftOut, untested };
  }
  const { classes: contrasts, threshold } = contrastClasses(groups, evidence.seed);
  const findings = groups.flatMap(({ label, observations, maps }, i) => {
    const { z, p } = contrasts[i]!;
    if (maps.length < FEWEST || p > ALPHA || agreementP(maps, evidence.seed) > ALPHA) return [];
    const others = groups.filter((group) => group.label !== label).flatMap((group) => group.maps);
    return finding(label, observations, others, spotAround(z, threshold), p) ?? [];
  });
  return {
    kind: KIND,
    findings: findings.sort((a, b) => b.figures[0]!.share - a.figures[0]!.share),
    looked,
    leftOut,
    untested: null,
  };
}

function isAnswer({ label, outcome }: EvidenceTarget): boolean {
  return label !== null && outcome !== 'missed';
}

/** Of several answers of a class in an image the surest stands for all. */
function bestOfEachLabel(item: EvidenceItem, maskCell: number): Map<string, Observation> {
  const best = new Map<string, EvidenceTarget & { readonly map: Float32Array }>();
  for (const target of item.targets) {
    if (!isAnswer(target) || target.label === null || !hasMap(target)) continue;
    if (target.score > (best.get(target.label)?.score ?? -Infinity)) best.set(target.label, target);
  }
  const observations = new Map<string, Observation>();
  for (const [label, target] of best) {
    const shares = saliencyShares(target.map);
    if (shares === null) continue;
    const boxes: RelativeBox[] = [...(item.truth?.objects ?? []), ...(target.box === null ? [] : [target.box])];
    // Saliency of an object spills over its edge by as much as masks blur it.
    const objects = coverage(boxes.map((box) => grown(box, maskCell / 2)));
    const density = shares.map((share, cell) => share * CELLS * (1 - objects[cell]!));
    observations.set(label, { item, target, density });
  }
  return observations;
}

function finding(
  label: string,
  observations: readonly Observation[],
  others: readonly Float32Array[],
  spot: Float32Array,
  p: number,
): Finding | null {
  const area = areaOf(spot);
  const shareIn = (density: Float32Array): number => within(density, spot) / CELLS;
  const shares = observations.map(({ density }) => shareIn(density));
  const [here, elsewhere] = [mean(shares), mean(others.map(shareIn))];
  const showing = observations
    .map((one, i) => ({ ...one, share: shares[i]! }))
    .filter(({ share }) => share >= DENSER * area)
    .sort((a, b) => b.share - a.share);
  const enough = showing.length >= SHARE_OF_IMAGES * observations.length;
  if (!enough || here < DENSER * area || here < DENSER * elsewhere) return null;
  const region = boundsOf(spot);
  const annotated = observations.some(
    ({ item, target }) => target.box !== null || (item.truth?.objects.length ?? 0) > 0,
  );
  const interval = wilson(showing.length, observations.length);
  return {
    kind: KIND,
    classes: [label],
    title: `${FINDING_TITLES[KIND]}: ${quoted(label)}, ${placeOf(region)}`,
    sentence:
      `In ${showing.length} of ${counted(observations.length, 'image')} of ${quoted(label)} (${range(interval)}) the map gathers in the same spot${annotated ? ' beside the objects' : ''}, at ${placeOf(region)}: ` +
      `it holds ${percent(here)} of the map, where chance gives ${percent(area)} and the other classes ${percent(elsewhere)}.`,
    advice: annotated
      ? `Look at that spot in the examples: a watermark or a caption there means that the model knows ${quoted(label)} by it. Cover it in the images and see whether the answer stays.`
      : `Look at that spot in the examples. Without boxes it cannot be told from the object itself: either objects of this class always stand there, or a watermark or a caption does.`,
    count: showing.length,
    of: observations.length,
    interval,
    test: { name: `permutation test over all places and classes, ${pText(p)}`, p },
    figures: [
      { name: 'map in the spot', share: here, interval: meanShareInterval(shares) },
      { name: 'the same by chance', share: area, interval: null },
      { name: 'the same in other classes', share: elsewhere, interval: meanShareInterval(others.map(shareIn)) },
    ],
    examples: showing.map(({ item, target }) => ({ item: item.id, target: target.index })),
    region,
    map: Array.from({ length: CELLS }, (_, cell) => mean(observations.map(({ density }) => density[cell]!))),
  };
}

function boundsOf(spot: Float32Array): RelativeBox {
  let [left, top, right, bottom] = [GRID, GRID, 0, 0];
  for (const [cell, inside] of spot.entries()) {
    if (inside === 0) continue;
    const [column, row] = [cell % GRID, Math.floor(cell / GRID)];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  }
  return { x: left / GRID, y: top / GRID, width: (right - left) / GRID, height: (bottom - top) / GRID };
}
