import { RandomStream } from '../../src/explain/rise/philox.js';
import type { Evidence, EvidenceItem, EvidenceTarget, RelativeBox } from '../../src/findings/index.js';
import { GRID } from '../../src/findings/index.js';

/** What is wrong with the planted model or dataset; everything is right where absent. */
export interface Planted {
  readonly seed: number;
  readonly classes?: readonly string[];
  readonly perClass?: number;
  /** Images have no boxes: only their classes are annotated. */
  readonly withoutBoxes?: boolean;
  /** Objects of each class stand in a place of its own, as ships stand low and birds high. */
  readonly placed?: boolean;
  /** Share of the images of a class whose answer rests on a mark at a place. */
  readonly mark?: { readonly label: string; readonly share: number; readonly at: RelativeBox };
  /** The answer of the first class rests on an object of the second. */
  readonly leaning?: { readonly label: string; readonly on: string };
  /** Images whose label is wrong though the model is right and sure. */
  readonly mislabelled?: number;
  /** Share of a class answered as another, with the usual doubt. */
  readonly confused?: { readonly label: string; readonly as: string; readonly share: number };
  readonly fragile?: { readonly label: string; readonly share: number };
  readonly lost?: { readonly label: string; readonly share: number };
  /** Saliency of a right answer lies at a random place beside the object. */
  readonly elsewhere?: { readonly label: string; readonly share: number };
}

const CLASSES = ['cat', 'dog', 'horse', 'bird', 'ship', 'car', 'cow', 'sheep'];

/**
 * Evidence of a classifier with one answer for each image: an object of random size and place, saliency on it as blurred
 * as masks of seven cells make it, a background of smooth noise, mistakes and doubts as a sound model has them.
 */
export function plantedEvidence(planted: Planted): Evidence {
  const { seed, classes = CLASSES, perClass = 25 } = planted;
  const random = new RandomStream(seed).at(0, 77);
  const items = classes.flatMap((label, index) =>
    Array.from({ length: perClass }, (_, i) =>
      plantedItem(
        `${label}/${String(i).padStart(3, '0')}`,
        label,
        i / perClass,
        { ...planted, classes },
        index,
        random,
      ),
    ),
  );
  const wrong = Array.from({ length: planted.mislabelled ?? 0 }, () => random.below(items.length));
  for (const at of wrong)
    items[at] = mislabel(
      items[at]!,
      classes[(classes.indexOf(items[at]!.truth!.labels[0]!) + 1 + random.below(classes.length - 1)) % classes.length]!,
    );
  return { items, maskCell: 1 / 7, seed };
}

function plantedItem(
  id: string,
  label: string,
  part: number,
  planted: Planted & { readonly classes: readonly string[] },
  index: number,
  random: RandomStream,
): EvidenceItem {
  const { classes } = planted;
  const is = (rule: { readonly label: string; readonly share: number } | undefined): boolean =>
    rule?.label === label && part < rule.share;
  const object = { ...randomBox(random, planted.placed === true ? index / classes.length : null), label };
  const companion = planted.leaning !== undefined && random.uniform() < (planted.leaning.label === label ? 0.8 : 0.2);
  const other = companion
    ? { ...randomBox(random, null), label: planted.leaning.on === label ? classes[0]! : planted.leaning.on }
    : null;
  const confused = is(planted.confused);
  // A sound model is wrong once in twenty, and then seldom sure.
  const slips = !confused && random.uniform() < 0.05;
  const answer = confused
    ? planted.confused!.as
    : slips
      ? classes[(index + 1 + random.below(classes.length - 1)) % classes.length]!
      : label;
  const right = answer === label;
  const score = right ? 0.75 + 0.25 * Math.sqrt(random.uniform()) : 0.3 + 0.5 * random.uniform();
  const blobs: Blob[] = [];
  if (is(planted.mark)) blobs.push(blobOn(planted.mark!.at, 0.8), blobOn(object, 0.3));
  else if (planted.leaning?.label === label && other !== null) blobs.push(blobOn(other, 0.8), blobOn(object, 0.5));
  else if (is(planted.elsewhere)) blobs.push(blobOn(beside(object, random), 0.8));
  else blobs.push(blobOn(object, 0.8));
  const lost = is(planted.lost);
  const area = object.width * object.height;
  const fragile = is(planted.fragile) || random.uniform() < 0.01;
  const target: EvidenceTarget = {
    index: 0,
    kind: 'label',
    label: answer,
    box: null,
    score,
    outcome: right ? 'true-positive' : 'wrong-class',
    trueLabel: label,
    trueBox: null,
    map: noisyMap(lost ? [] : blobs, random),
    verdict: lost ? 'noise' : 'ok',
    reliability: lost ? 0.1 : 0.9 + 0.08 * random.uniform(),
    removed: { share: (fragile ? 0.05 : 0.3 + random.uniform()) * area, to: classes[(index + 1) % classes.length]! },
    contrast: confused
      ? {
          rival: label,
          map: noisyMap(
            [blobOn({ x: object.x, y: object.y, width: object.width / 3, height: object.height / 3 }, 0.5)],
            random,
          ),
        }
      : null,
  };
  const boxes = planted.withoutBoxes === true ? [] : [object, ...(other === null ? [] : [other])];
  return { id, truth: { labels: [label], objects: boxes }, targets: [target] };
}

/** The annotators gave another class; the model stays right, and sure. */
function mislabel(item: EvidenceItem, label: string): EvidenceItem {
  const [target] = item.targets;
  const objects = item.truth!.objects.map((object) => ({ ...object, label }));
  return {
    ...item,
    truth: { labels: [label], objects },
    targets: [
      {
        ...target!,
        label: item.truth!.labels[0]!,
        outcome: 'wrong-class',
        trueLabel: label,
        score: 0.999,
        contrast: null,
      },
    ],
  };
}

interface Blob {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  readonly height: number;
}

/** Saliency of a box: as wide as it, blurred by the masks' cells. */
function blobOn({ x, y, width: w, height: h }: RelativeBox, height: number): Blob {
  const blur = 1 / 14;
  return { x: x + w / 2, y: y + h / 2, rx: Math.hypot(w / 3, blur), ry: Math.hypot(h / 3, blur), height };
}

function randomBox(random: RandomStream, place: number | null): RelativeBox {
  const [w, h] = [0.15 + 0.35 * random.uniform(), 0.15 + 0.35 * random.uniform()];
  // Objects gather around the middle, as in photographs.
  const spread = (): number => (random.uniform() + random.uniform()) / 2;
  const x = place === null ? spread() * (1 - w) : ((place * 3) % 1) * (1 - w) * (0.9 + 0.1 * random.uniform());
  const y = place === null ? spread() * (1 - h) : place * (1 - h) * (0.9 + 0.1 * random.uniform());
  return { x, y, width: w, height: h };
}

function beside(object: RelativeBox, random: RandomStream): RelativeBox {
  for (;;) {
    const [x, y] = [random.uniform() * 0.9, random.uniform() * 0.9];
    const apart =
      x > object.x + object.width + 0.15 ||
      x + 0.25 < object.x ||
      y > object.y + object.height + 0.15 ||
      y + 0.25 < object.y;
    if (apart) return { x, y, width: 0.1, height: 0.1 };
  }
}

function noisyMap(blobs: readonly Blob[], random: RandomStream): Float32Array {
  const noise: Blob[] = Array.from({ length: 25 }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    rx: 1 / 12,
    ry: 1 / 12,
    height: 0.12 * (random.uniform() * 2 - 1),
  }));
  const all = [...blobs, ...noise];
  return Float32Array.from({ length: GRID * GRID }, (_, cell) => {
    const [x, y] = [((cell % GRID) + 0.5) / GRID, (Math.floor(cell / GRID) + 0.5) / GRID];
    return all.reduce(
      (sum, blob) =>
        sum + blob.height * Math.exp(-0.5 * (((x - blob.x) / blob.rx) ** 2 + ((y - blob.y) / blob.ry) ** 2)),
      0,
    );
  });
}
