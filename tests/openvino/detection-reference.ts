/** DetectionOutput in plain loops, after OpenVINO's specification and the SSD paper. */

export interface DetectionSettings {
  readonly classes: number;
  readonly priors: number;
  readonly background: number;
  readonly top: number;
  readonly keep: number;
  readonly shared: boolean;
  readonly centre: boolean;
  readonly encoded: boolean;
  readonly confidence: number;
  readonly overlap: number;
  readonly clipBefore: boolean;
  readonly clipAfter: boolean;
  readonly byPrior: boolean;
}

type Box = readonly [number, number, number, number];

export interface DetectionInputs {
  readonly images: number;
  readonly locations: readonly number[];
  readonly confidences: readonly number[];
  /** Boxes, then variances unless they are encoded. */
  readonly priors: readonly number[];
}

interface Hit {
  readonly label: number;
  readonly prior: number;
  readonly score: number;
  readonly box: Box;
}

function decode(prior: Box, variance: Box, offset: Box, settings: DetectionSettings): Box {
  const v: Box = settings.encoded ? [1, 1, 1, 1] : variance;
  const clip = (box: Box): Box => {
    if (!settings.clipBefore) return box;
    const [a, b, c, d] = box.map((value) => Math.min(Math.max(value, 0), 1));
    return [a!, b!, c!, d!];
  };
  if (!settings.centre) {
    const [a, b, c, d] = prior.map((value, index) => value + v[index]! * offset[index]!);
    return clip([a!, b!, c!, d!]);
  }
  const [w, h] = [prior[2] - prior[0], prior[3] - prior[1]];
  const x = v[0] * offset[0] * w + (prior[0] + prior[2]) / 2;
  const y = v[1] * offset[1] * h + (prior[1] + prior[3]) / 2;
  const [halfWidth, halfHeight] = [(Math.exp(v[2] * offset[2]) * w) / 2, (Math.exp(v[3] * offset[3]) * h) / 2];
  return clip([x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight]);
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / (area(a) + area(b) - width * height);
}

const best = (a: Hit, b: Hit): number => b.score - a.score || a.prior - b.prior;

/** Rows of image, label, score, x1, y1, x2, y2, by image, class and score. */
export function detect(inputs: DetectionInputs, settings: DetectionSettings): number[][] {
  const { classes, priors } = settings;
  const places = settings.shared ? 1 : classes;
  const four = (values: readonly number[], start: number): Box => [
    values[start]!,
    values[start + 1]!,
    values[start + 2]!,
    values[start + 3]!,
  ];
  const rows: number[][] = [];
  for (let image = 0; image < inputs.images; image++) {
    const hits: Hit[][] = Array.from({ length: classes }, () => []);
    for (let label = 0; label < classes; label++) {
      if (label === settings.background || (settings.byPrior && label === 0)) continue;
      for (let prior = 0; prior < priors; prior++) {
        const place = settings.shared ? 0 : label;
        const offset = four(inputs.locations, ((image * priors + prior) * places + place) * 4);
        const box = decode(four(inputs.priors, prior * 4), four(inputs.priors, (priors + prior) * 4), offset, settings);
        const score = inputs.confidences[(image * priors + prior) * classes + label]!;
        hits[label]!.push({ label, prior, score, box });
      }
    }
    let candidates: Hit[];
    if (settings.byPrior) {
      candidates = [];
      for (let prior = 0; prior < priors; prior++) {
        const own = hits.flatMap((list) => list.filter((hit) => hit.prior === prior));
        const top = own.reduce((a, b) => (b.score > a.score ? b : a));
        if (top.score >= Math.fround(settings.confidence)) candidates.push(top);
      }
      candidates.sort(best);
      if (settings.top >= 0) candidates = candidates.slice(0, settings.top);
    } else {
      candidates = hits.flatMap((list) => {
        const above = list.filter((hit) => hit.score > Math.fround(settings.confidence)).sort(best);
        return settings.top >= 0 ? above.slice(0, settings.top) : above;
      });
    }
    let kept: Hit[] = [];
    for (const hit of candidates) {
      const rivals = kept.filter((other) => other.label === hit.label);
      if (rivals.every((other) => overlap(hit.box, other.box) <= settings.overlap)) kept.push(hit);
    }
    if (settings.keep >= 0) kept = kept.sort(best).slice(0, settings.keep);
    kept.sort((a, b) => a.label - b.label || best(a, b));
    for (const { label, score, box } of kept) {
      const ends = settings.clipAfter ? box.map((value) => Math.min(Math.max(value, 0), 1)) : box;
      rows.push([image, settings.byPrior ? label - 1 : label, score, ...ends]);
    }
  }
  return rows;
}

/** Numbers between 0 and 1 that look random, the same for one seed. */
export function randoms(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
