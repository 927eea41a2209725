import { isDrawn, isTrusted } from '../../explain/verdict.js';
import { libraryName, sayOptions } from '../../errors.js';
import { ClassNames } from '../../findings/class-names.js';
import type { StoredRun, StoredItem } from '../../results/read-run.js';
import { noteSentence } from '../../results/note-sentence.js';
import { summaryText } from '../../results/records.js';
import { boxShare, dependenceOf, isStable, summaryContext, type SummaryContext } from '../../results/target-summary.js';
import { itemCommand } from '../words/run-command.js';
import type { BoxPixels, TargetRecord } from '../../results/schema/target.js';
import { coarseMapData, ItemMaps, mapOf, rounded } from './map-data.js';
import type { AnswerData, CurvesData, ItemData, TargetData } from './report-data.js';

/** Points of a curve that a page shows. */
const CURVE_POINTS = 60;

/** What a run says of an item. */
export async function answerData(
  run: StoredRun,
  item: StoredItem,
  names: ClassNames,
  mapSide: number,
): Promise<AnswerData> {
  const { status, samples, stopped, notes } = item;
  const message = item.message === null ? null : withoutFolders(item.message);
  const maps = new ItemMaps(item.folder);
  const context = summaryContext({ ...item, method: run.method, samples: item.samples ?? 0 });
  const targets = await Promise.all(
    item.targets.map(async (target) => ({
      ...(await targetData(target, item, names, maps, mapSide)),
      summary: target.summary ?? summaryText(target, context),
      dependence: dependenceIn(target, context),
    })),
  );
  // What is said of a target stands with it.
  const ofAll = notes.filter(({ kind }) => kind !== 'unfaithful' && kind !== 'weak');
  const sentences = ofAll.map((note) => sayOptions(noteSentence(note), libraryName));
  return { status, message, samples, stopped, notes: sentences, command: itemCommand(run, item), targets };
}

/** Told of maps that are to be read alone. */
function dependenceIn(target: TargetRecord, context: SummaryContext): TargetData['dependence'] {
  const { verdict, peak } = target;
  if (peak === null || !isTrusted(verdict) || !isStable(target, context)) return null;
  return dependenceOf({ ...target, peak }, context);
}

/** Where files lie on this machine is nobody else's business: `/data/a/b.jpg` as `b.jpg`. */
function withoutFolders(text: string): string {
  return text.replaceAll(/(?<![\w./])(?:[A-Za-z]:)?[\\/](?:[^\s'"\\/]+[\\/])+/g, '');
}

/** The truth of an item in a run's names. */
export function truthData({ truth }: StoredItem, run: StoredRun): ItemData['truth'] {
  if (truth === null) return null;
  const names = new ClassNames(run);
  return {
    labels: truth.labels.map((label) => names.ofTruth(label)),
    boxes: truth.boxes.map((box) => ({ label: names.ofTruth(box), box: roundedBox(box.bbox), outcome: box.outcome })),
  };
}

async function targetData(
  target: TargetRecord,
  item: StoredItem,
  names: ClassNames,
  maps: ItemMaps,
  mapSide: number,
): Promise<Omit<TargetData, 'summary' | 'dependence'>> {
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
    map: await mapOf(target, item.folder, maps, mapSide),
    verdict: target.verdict,
    faithfulness: target.faithfulness,
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
    objectArea: roundedOrNull(objectArea(target, item)),
    deletionAuc: roundedOrNull(target.deletionAuc ?? target.deletion?.auc ?? null),
    insertionAuc: roundedOrNull(target.insertionAuc ?? target.insertion?.auc ?? null),
    curves: curvesData(target),
    removed:
      boundary?.removed == null ? null : { share: rounded(boundary.removed.share), to: names.of(boundary.removed.to) },
    sufficient: roundedOrNull(boundary?.sufficient.share ?? null),
    significant: regionDrawn(target),
    contrast: await contrastData(target, names, maps, mapSide),
  };
}

/** The region that a line is drawn around; null where there is none. */
function regionDrawn({ significant, verdict }: TargetRecord): TargetData['significant'] {
  if (significant === null || !isDrawn(verdict)) return null;
  // Lengths of runs outside and inside in turn.
  const drawn = significant.runs.split(' ').some((length, i) => i % 2 === 1 && Number(length) > 0);
  return drawn ? significant : null;
}

/** Nothing where the map is noise: what is left of it after another is taken away is noise as well. */
async function contrastData(
  { contrast, coarseContrast, verdict }: TargetRecord,
  names: ClassNames,
  maps: ItemMaps,
  side: number,
): Promise<TargetData['contrast']> {
  if (contrast === null || !isDrawn(verdict)) return null;
  const kept = contrast.map !== null && 'file' in contrast.map ? await maps.data(contrast.map, side) : contrast.map;
  const map = kept ?? (coarseContrast === null ? null : coarseMapData(coarseContrast));
  return map === null ? null : { label: names.of(contrast.label) ?? '', map };
}

/** Share of the image under what the map's share is of: the annotated object, else the answer's box. */
function objectArea(target: TargetRecord, { image }: StoredItem): number | null {
  return target.energyInObject !== null ? target.objectArea : image.width > 0 ? boxShare(target, { image }) : null;
}

function curvesData({ deletion, insertion }: TargetRecord): CurvesData | null {
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
