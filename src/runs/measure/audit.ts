import type { Box } from '../../annotations/index.js';
import { DatumError, option } from '../../errors.js';
import type { Method } from '../../explain/method.js';
import { advantageScale } from '../../explain/faithfulness.js';
import { isFlat, tiedShare } from '../../explain/metrics/map-values.js';
import { energyPointing, pointingGame } from '../../explain/metrics/pointing.js';
import { unionOf, type Region } from '../../explain/metrics/region.js';
import { RandomStream } from '../../explain/rise/philox.js';
import type { PlannedTarget } from '../../explain/targets/target.js';
import type { Verdict } from '../../explain/verdict.js';
import type { Placement } from '../../image/index.js';
import { inputMapToArea, mapToArea, type ImageMap } from '../../image/map-to-area.js';
import type { OpenModel } from '../../models/open-model.js';
import { ask, type OpenedImage } from '../answer.js';
import { regionOfBox } from '../../explain/metrics/region.js';
import { planExplanation } from '../plan.js';
import { runPlan } from '../run-plan.js';
import { mapCurves, type MapCurves } from './map-curves.js';
import { checkMap } from './measure-map.js';

/** Maps of any origin, and what they claim to explain. */
export interface AuditQuestion {
  /** Options that choose the target and how it is scored: `classes` or `boxes`, `fill`... */
  readonly given: Readonly<Record<string, unknown>>;
  readonly maps: readonly NamedMap[];
  /** Whether those lie over the image, or over the model's input. */
  readonly over: 'image' | 'input';
  /** Methods whose maps are made on the spot, to stand beside them. */
  readonly methods: readonly Method[];
  /** Boxes of the object that maps of a target should point at, in pixels of the image; the target's own where absent. */
  readonly truth?: ((planned: PlannedTarget) => readonly Box[]) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface NamedMap {
  readonly name: string;
  readonly map: ImageMap;
}

/** A map with what was measured on it. */
export interface AuditedMap {
  readonly name: string;
  /** Of another tool, of a method of this one, or no map at all: random fields, for comparison. */
  readonly origin: 'given' | 'method' | 'random';
  /** Null for a map that is the same everywhere, and so puts no pixel before another. */
  readonly curves: MapCurves | null;
  /** Share of the pixels that have one and the same value. */
  readonly tied: number;
  /** Whether the peak lies within 15 pixels of the object; null where there is none to point at. */
  readonly pointing: boolean | null;
  /** Share of positive saliency inside the object; null also for a map without any. */
  readonly energyInObject: number | null;
  /** What its own runs say of a map of this tool; null for others. */
  readonly verdict: Verdict | null;
  readonly reliability: number | null;
  /** Masked runs that it took; null for a map that was given. */
  readonly samples: number | null;
}

export interface Audit {
  readonly planned: PlannedTarget;
  /** What shares of the score are of. */
  readonly scale: number;
  readonly truth: readonly Box[];
  readonly maps: readonly AuditedMap[];
  /** Images that went through the model. */
  readonly forwards: number;
  readonly placement: Placement;
}

/** Random fields that stand for no map at all; their curves are averaged. */
const RANDOM_FIELDS = 3;
/** Points of such a field along each side, as far apart as cells of RISE: a field of single pixels would be noise to a model. */
const FIELD_POINTS = 8;

interface Candidate extends Omit<AuditedMap, 'curves' | 'tied' | 'pointing' | 'energyInObject'> {
  /** `[area.height, area.width]` */
  readonly areaMap: Float32Array;
}

/**
 * Holds maps of one target against each other, against maps made on the spot, and against no map at all.
 *
 * @throws DatumError (`usage`) for a map that is none or a target that there is not; others as `explainImage` does.
 */
export async function auditMaps(
  model: OpenModel,
  image: OpenedImage,
  { given, maps, over, methods, truth, signal }: AuditQuestion,
): Promise<Audit> {
  for (const { name, map } of maps) checkMap(map, name);
  const answer = await ask(model, image, { given, signal });
  const [planned] = planExplanation(answer, model.info).targets;
  if (planned === undefined) throw nothingToCheck(model.info.name);
  const { placement } = answer;
  const boxes = truth?.(planned) ?? (planned.box === null ? [] : [planned.box]);
  const toArea = over === 'image' ? mapToArea : inputMapToArea;
  const others: Candidate[] = maps.map(({ name, map }) => ({
    name,
    origin: 'given',
    areaMap: isFlat(map.data) ? new Float32Array(placement.area.width * placement.area.height) : toArea(map, placement),
    verdict: null,
    reliability: null,
    samples: null,
  }));
  const own: (Candidate & { readonly high: number })[] = [];
  for (const method of methods) own.push(await madeBy(model, image, method, given, signal));
  const { baseline } = planned;
  const scale = advantageScale({ baseline, low: baseline, high: Math.max(baseline, ...own.map(({ high }) => high)) });
  const candidates: Candidate[] = [...others, ...own];
  const ordered = candidates.filter(({ areaMap }) => !isFlat(areaMap));
  const fields = Array.from({ length: RANDOM_FIELDS }, (_, seed) => randomField(placement.area, seed));
  const measured = await mapCurves(
    model,
    answer,
    planned.target,
    [
      ...ordered.map(({ areaMap }) => ({ map: areaMap, wantsAdvantage: true })),
      ...fields.map((map) => ({ map, wantsAdvantage: false })),
    ],
    { scale, signal },
  );
  const region = regionOf(boxes, placement);
  const audited = candidates.map(({ areaMap, name, origin, verdict, reliability, samples }): AuditedMap => {
    const at = ordered.findIndex((one) => one.areaMap === areaMap);
    const curves = measured.curves[at] ?? null;
    return {
      name,
      origin,
      verdict,
      reliability,
      samples,
      curves,
      tied: tiedShare(areaMap),
      pointing: region === null || curves === null ? null : pointingGame(areaMap, region, scaleOf(placement)),
      energyInObject: region === null || curves === null ? null : energyPointing(areaMap, region),
    };
  });
  return {
    planned,
    scale,
    truth: boxes,
    maps: [...audited, randomEntry(measured.curves.slice(ordered.length))],
    forwards: measured.forwards + 2 + own.reduce((sum, { samples }) => sum + (samples ?? 0) + 2, 0),
    placement,
  };
}

export function nothingToCheck(model: string): DatumError {
  return new DatumError(
    'model',
    `${model} finds nothing in the image that the map could be of: name a class with ${option('label')}, or a place with ${option('box')}.`,
  );
}

/** The map of a method of this tool. */
async function madeBy(
  model: OpenModel,
  image: OpenedImage,
  method: Method,
  given: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): Promise<Candidate & { readonly high: number }> {
  const answer = await ask(model, image, { given, method, signal });
  const plan = planExplanation(answer, model.info);
  const [first] = plan.targets;
  if (first === undefined) throw nothingToCheck(model.info.name);
  const run = runPlan(model, answer, { ...plan, targets: [first] }, { signal });
  for (;;) {
    const next = await run.next();
    if (next.done !== true) continue;
    const { explanation } = next.value;
    const target = explanation.targets[0];
    if (explanation.run.stopped === 'interrupted' || target === undefined) {
      throw new DatumError('interrupted', 'the run was interrupted.');
    }
    return {
      name: method.name,
      origin: 'method',
      areaMap: target.areaMap,
      verdict: target.verdict,
      reliability: target.reliability,
      samples: explanation.run.samples,
      high: target.belief.high,
    };
  }
}

function regionOf(boxes: readonly Box[], placement: Placement): Region | null {
  const [first, ...others] = boxes.map((box) => regionOfBox(box, placement));
  return first === undefined ? null : unionOf([first, ...others]);
}

function scaleOf({ scaleX, scaleY }: Placement): { readonly x: number; readonly y: number } {
  return { x: scaleX, y: scaleY };
}

/** A smooth field of chance, `[height, width]`: random values on a grid of points, bilinear between them. */
function randomField(
  { width, height }: { readonly width: number; readonly height: number },
  seed: number,
): Float32Array {
  const stream = new RandomStream(seed).at(0, 0);
  const points = Float64Array.from({ length: FIELD_POINTS * FIELD_POINTS }, () => stream.uniform());
  const along = (pixel: number, length: number): readonly [number, number] => {
    const at = ((pixel + 0.5) / length) * (FIELD_POINTS - 1);
    const low = Math.min(FIELD_POINTS - 2, Math.floor(at));
    return [low, at - low];
  };
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, across] = along(i % width, width);
    const [y, down] = along(Math.floor(i / width), height);
    const row = (at: number): number => {
      const left = points[at * FIELD_POINTS + x]!;
      return left + (points[at * FIELD_POINTS + x + 1]! - left) * across;
    };
    return row(y) + (row(y + 1) - row(y)) * down;
  });
}

/** The mean of curves that have the same shares. */
function randomEntry(all: readonly MapCurves[]): AuditedMap {
  const mean = (value: (curves: MapCurves) => number): number =>
    all.reduce((sum, curves) => sum + value(curves) / all.length, 0);
  const curve = (name: 'deletion' | 'insertion' | 'blurredDeletion' | 'blurredInsertion') => ({
    shares: all[0]![name].shares,
    scores: all[0]![name].scores.map((_, i) => mean((curves) => curves[name].scores[i]!)),
    auc: mean((curves) => curves[name].auc),
  });
  return {
    name: 'random',
    origin: 'random',
    curves: {
      deletion: curve('deletion'),
      insertion: curve('insertion'),
      blurredDeletion: curve('blurredDeletion'),
      blurredInsertion: curve('blurredInsertion'),
      gain: mean(({ gain }) => gain),
      blurredGain: mean(({ blurredGain }) => blurredGain),
      advantage: null,
    },
    tied: 0,
    pointing: null,
    energyInObject: null,
    verdict: null,
    reliability: null,
    samples: null,
  };
}
