import { ClassNames } from '../../findings/class-names.js';
import type { ExplainedRun, SourceItem, SourceTarget } from '../explained/source-item.js';
import { coarseMapData, mapOf, rounded } from './map-data.js';
import type { AnswerData, BoxPixels, CurvesData, ItemData, TargetData } from './report-data.js';

/** Points of a curve that a page shows. */
const CURVE_POINTS = 60;

/** What a run says of an item. */
export async function answerData(item: SourceItem, names: ClassNames, mapSide: number): Promise<AnswerData> {
  const { status, samples, stopped, notes } = item;
  const message = item.message === null ? null : withoutFolders(item.message);
  const targets = await Promise.all(item.targets.map((target) => targetData(target, item, names, mapSide)));
  return { status, message, samples, stopped, notes, targets };
}

/** Where files lie on this machine is nobody else's business: `/data/a/b.jpg` as `b.jpg`. */
function withoutFolders(text: string): string {
  return text.replaceAll(/(?<![\w./])(?:[A-Za-z]:)?[\\/](?:[^\s'"\\/]+[\\/])+/g, '');
}

/** The truth of an item in a run's names. */
export function truthData({ truth }: SourceItem, run: ExplainedRun): ItemData['truth'] {
  if (truth === null) return null;
  const names = new ClassNames(run);
  return {
    labels: truth.labels.map((label) => names.ofTruth(label)),
    boxes: truth.boxes.map((box) => ({ label: names.ofTruth(box), box: roundedBox(box.bbox), outcome: box.outcome })),
  };
}

async function targetData(
  target: SourceTarget,
  item: SourceItem,
  names: ClassNames,
  mapSide: number,
): Promise<TargetData> {
  const { boundary, belief } = target;
  const classes = target.kind === 'bbox' ? item.truth?.boxes : item.truth?.labels;
  const trueClass = target.truth === null ? undefined : classes?.[target.truth];
  return {
    index: target.index,
    kind: target.kind,
    label: names.of(target.label) ?? 'any class',
    box: target.bbox === null ? null : roundedBox(target.bbox),
    score: rounded(target.score),
    outcome: target.outcome,
    trueLabel: trueClass === undefined ? null : names.ofTruth(trueClass),
    iou: roundedOrNull(target.iou),
    map: await mapOf(target, item.folder, mapSide),
    verdict: target.verdict,
    reliability: roundedOrNull(target.reliability),
    standardError: roundedOrNull(target.meanStandardError),
    belief:
      belief === null
        ? null
        : {
            baseline: rounded(belief.baseline),
            low: rounded(belief.low),
            median: rounded(belief.median),
            high: rounded(belief.high),
            filled: rounded(belief.filled),
          },
    pointing: target.pointing,
    energyInObject: roundedOrNull(target.energyInObject),
    energyInBox: roundedOrNull(target.energyInBox),
    deletionAuc: roundedOrNull(target.deletionAuc ?? target.deletion?.auc ?? null),
    insertionAuc: roundedOrNull(target.insertionAuc ?? target.insertion?.auc ?? null),
    curves: curvesData(target),
    removed:
      boundary?.removed == null ? null : { share: rounded(boundary.removed.share), to: names.of(boundary.removed.to) },
    sufficient: roundedOrNull(boundary?.sufficient.share ?? null),
    significant: regionDrawn(target),
    contrast: contrastData(target, names),
  };
}

/** The region that a line is drawn around; null where there is none. */
function regionDrawn({ significant, verdict }: SourceTarget): TargetData['significant'] {
  if (significant === null || verdict === 'noise') return null;
  // Lengths of runs outside and inside in turn.
  const drawn = significant.runs.split(' ').some((length, i) => i % 2 === 1 && Number(length) > 0);
  return drawn ? significant : null;
}

/** Nothing where the map is noise: what is left of it after another is taken away is noise as well. */
function contrastData({ contrast, coarseContrast, verdict }: SourceTarget, names: ClassNames): TargetData['contrast'] {
  if (contrast === null || verdict === 'noise') return null;
  const map = contrast.map ?? (coarseContrast === null ? null : coarseMapData(coarseContrast));
  return map === null ? null : { label: names.of(contrast.label) ?? '', map };
}

function curvesData({ deletion, insertion }: SourceTarget): CurvesData | null {
  const shares = (deletion ?? insertion)?.shares;
  if (shares === undefined) return null;
  const every = Math.max(1, Math.ceil(shares.length / CURVE_POINTS));
  const thinned = (values: readonly number[]): number[] =>
    values.filter((_, i) => i % every === 0 || i === values.length - 1).map(rounded);
  return {
    shares: thinned(shares),
    deletion: deletion === null ? null : thinned(deletion.scores),
    insertion: insertion === null ? null : thinned(insertion.scores),
  };
}

function roundedBox([x, y, w, h]: BoxPixels): BoxPixels {
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return [tenth(x), tenth(y), tenth(w), tenth(h)];
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}
