import { libraryName, sayOptions, type OptionName } from '../errors.js';
import { NOTHING } from '../explain/decision.js';
import type { TargetMetrics } from '../explain/metrics/target-metrics.js';
import { mapToImage, type Placement } from '../image/placement.js';
import type { Contrast, ExplainedImage, ExplainedTarget, Explanation, WrittenExplanation } from './explanation.js';
import { verdictOn, type RecordedTarget } from './explanation.js';
import type { JudgedItem, JudgedTarget } from './judged.js';
import { noteRecord } from './note-sentence.js';
import { keptRegion, keptSize } from './region.js';
import { rangeOf, toGray, type MapRange } from './scale.js';
import { EXPLANATION, type ExplanationRecord } from './schema/explanation.js';
import { summaryContext, targetSummary, type SummarizedTarget, type SummaryContext } from './target-summary.js';
import { ITEM, type ExplainedRecord } from './schema/item.js';
import type { InlineMap, StoredMap, TargetRecord } from './schema/target.js';

/** The files of one target, relative to the JSON; null where it was not asked for. */
export interface TargetFiles {
  readonly heatmap: string | null;
  readonly overlay: string | null;
  readonly raw: string | null;
  readonly error: string | null;
  readonly evidence: string | null;
  readonly contrast: string | null;
  /** Where its map and that of its contrast stand in the image of small maps. */
  readonly map: StoredMap | null;
  readonly contrastMap: StoredMap | null;
}

/** Nothing was written. */
export const NO_FILES: TargetFiles = {
  heatmap: null,
  overlay: null,
  raw: null,
  error: null,
  evidence: null,
  contrast: null,
  map: null,
  contrastMap: null,
};

/** A target's map at the image's size: rendered once for all that is made of it. */
export interface RenderedMap {
  /** `[mapHeight, mapWidth]`, in score units. */
  readonly map: Float32Array;
  readonly range: MapRange;
}

export function renderedMap(target: ExplainedTarget): RenderedMap {
  const map = target.renderMap();
  return { map, range: rangeOf(map) };
}

/** What a target's record is made of, beside the target. */
export interface TargetContext {
  readonly image: ExplainedImage;
  readonly summary: SummaryContext;
  readonly placement: Placement;
  /** Names of the model's classes. */
  readonly labels: readonly string[] | null;
}

/** What is known of a target without drawing its map. */
export type TargetFacts = Pick<
  TargetRecord,
  | 'index'
  | 'kind'
  | 'label'
  | 'bbox'
  | 'score'
  | 'why'
  | 'reliability'
  | 'meanStandardError'
  | 'faithfulness'
  | keyof MeasuredFields
> & {
  readonly verdict: NonNullable<TargetRecord['verdict']>;
  readonly belief: NonNullable<TargetRecord['belief']>;
};

/** @param labels names of the model's classes */
export function targetFacts(target: RecordedTarget, labels: readonly string[] | null): TargetFacts {
  const { explained, metrics = null, faithfulness = null } = target;
  const { planned } = explained;
  const { box } = planned;
  return {
    index: planned.index,
    kind: planned.target.kind,
    label: planned.label,
    bbox: box === null ? null : [box.x, box.y, box.width, box.height],
    score: planned.score,
    why: planned.why,
    reliability: explained.reliability,
    meanStandardError: explained.meanStandardError(),
    verdict: verdictOn(target),
    faithfulness: faithfulness === null ? null : { ...faithfulness },
    belief: explained.belief,
    ...measuredFields(metrics, labels),
  };
}

/** A target as files, pages and programs read it. */
export function targetRecord(
  target: RecordedTarget,
  context: TargetContext,
  files: TargetFiles = NO_FILES,
  { range: { min, max, peakIndex } }: Pick<RenderedMap, 'range'> = renderedMap(target.explained),
): TargetRecord {
  const { image } = context;
  const { explained, contrast = null } = target;
  const facts = targetFacts(target, context.labels);
  const peak = peakPixel(peakIndex, image);
  const unjudged = { ...NOT_JUDGED, energyInBox: explained.energyInBox() };
  return {
    ...facts,
    summary: summaryText({ ...facts, ...unjudged, peak }, context.summary),
    heatmap: files.heatmap,
    overlay: files.overlay,
    raw: files.raw,
    error: files.error,
    map: files.map,
    range: { min, max },
    peak,
    significant: keptRegion(explained, image),
    contrast: contrast === null ? null : contrastRecord(contrast, context, files),
    evidence: files.evidence,
    ...unjudged,
  };
}

/**
 * The sentence on a target; null where a file of an earlier version lacks what it takes.
 *
 * @param nameOf how the reader calls options: as the library does, where absent
 */
export function summaryText(
  target: Omit<SummarizedTarget, 'verdict' | 'peak'> & Pick<TargetRecord, 'verdict' | 'peak'>,
  context: SummaryContext,
  nameOf: OptionName = libraryName,
): string | null {
  const { verdict, peak } = target;
  if (verdict === null || peak === null) return null;
  return sayOptions(targetSummary({ ...target, verdict, peak }, context), nameOf);
}

/** Where a map's largest value lies, in pixels of the image. */
export function peakPixel(peakIndex: number, image: ExplainedImage): { x: number; y: number } {
  return {
    x: pixelAt(peakIndex % image.mapWidth, image.mapWidth, image.width),
    y: pixelAt(Math.floor(peakIndex / image.mapWidth), image.mapHeight, image.height),
  };
}

/** What was measured on a target. */
export type MeasuredFields = Pick<TargetRecord, 'deletion' | 'insertion' | 'deletionAuc' | 'insertionAuc' | 'boundary'>;

/**
 * @param metrics null where it was not measured
 * @param labels names of the model's classes
 */
export function measuredFields(metrics: TargetMetrics | null, labels: readonly string[] | null): MeasuredFields {
  if (metrics === null) {
    return { deletion: null, insertion: null, deletionAuc: null, insertionAuc: null, boundary: null };
  }
  const { deletion, insertion, boundary } = metrics;
  return {
    deletion: { ...deletion, shares: [...deletion.shares], scores: [...deletion.scores] },
    insertion: { ...insertion, shares: [...insertion.shares], scores: [...insertion.scores] },
    deletionAuc: deletion.auc,
    insertionAuc: insertion.auc,
    boundary:
      boundary === null
        ? null
        : { removed: removedRecord(boundary.removed, labels), sufficient: { ...boundary.sufficient } },
  };
}

type Removed = NonNullable<TargetMetrics['boundary']>['removed'];

function removedRecord(
  removed: Removed,
  labels: readonly string[] | null,
): NonNullable<TargetRecord['boundary']>['removed'] {
  if (removed === null) return null;
  const { share, below, to } = removed;
  return { share, below, to: to === NOTHING ? null : { id: to, name: labels?.[to] ?? `class ${to}` } };
}

/** Longest side of a map within the JSON: nine pixels for each of seven mask cells. */
const INLINE_SIDE = 64;

function contrastRecord(
  { label, areaMap }: Contrast,
  { placement, image }: TargetContext,
  files: TargetFiles,
): NonNullable<TargetRecord['contrast']> {
  return { label, file: files.contrast, map: files.contrastMap ?? inlineMap(areaMap, placement, image) };
}

/** A map over the area that the model saw, small enough to stand in the JSON. */
function inlineMap(areaMap: Float32Array, placement: Placement, image: ExplainedImage): InlineMap {
  const size = keptSize(image, INLINE_SIDE);
  const values = mapToImage(areaMap, placement, size);
  const { min, max } = rangeOf(values);
  return { ...size, min, max, bytes: btoa(String.fromCharCode(...toGray(values, { min, max }))) };
}

type JudgedFields = Pick<
  TargetRecord,
  | 'outcome'
  | 'truth'
  | 'iou'
  | 'pointing'
  | 'energyInObject'
  | 'energyOutside'
  | 'objectArea'
  | 'energyInBox'
  | 'energyByObject'
  | 'coarse'
  | 'coarseContrast'
>;

/** What only a dataset tells. */
export const NOT_JUDGED: JudgedFields = {
  outcome: null,
  truth: null,
  iou: null,
  pointing: null,
  energyInObject: null,
  energyOutside: null,
  objectArea: null,
  energyInBox: null,
  energyByObject: [],
  coarse: null,
  coarseContrast: null,
};

function judgedFields({ judgement, energies }: JudgedTarget): JudgedFields {
  return {
    ...judgement,
    ...energies,
    energyByObject: [...energies.energyByObject],
    coarse: [...energies.coarse],
    coarseContrast: energies.coarseContrast === null ? null : [...energies.coarseContrast],
  };
}

/** The image's pixel under the middle of a map pixel. */
function pixelAt(index: number, mapLength: number, length: number): number {
  return Math.min(length - 1, Math.floor(((index + 0.5) / mapLength) * length));
}

/** What the records of an explanation's targets are made of. */
export function contextOf({ image, placement, model, method, run, targets }: Explanation): TargetContext {
  const summary = summaryContext({ image, method, samples: run.samples, targets });
  return { image, placement, summary, labels: model.labels };
}

/**
 * A measured explanation as programs read it.
 *
 * @param targets records of its targets; made without files where they are absent
 */
export function explanationRecord(
  measured: WrittenExplanation,
  targets: readonly TargetRecord[] = measured.targets.map((target) =>
    targetRecord(target, contextOf(measured.explanation)),
  ),
): ExplanationRecord {
  const { image, model, method, run, notes }: Explanation = measured.explanation;
  return {
    version: EXPLANATION.version,
    item: null,
    image: { path: image.path, width: image.width, height: image.height, mapScale: image.mapScale },
    model: {
      name: model.name,
      path: model.path,
      sha256: model.sha256,
      launcher: model.launcher,
      engine: model.engine,
      interpreter: model.interpreter,
      input: { width: model.input.width, height: model.input.height },
      proposalsCut: model.truncated,
    },
    method: { name: method.name, options: method.options },
    run: {
      ...run,
      forwards: run.forwards + measured.forwards + measured.judgingForwards,
      judgingForwards: measured.judgingForwards,
    },
    truth: null,
    outcomes: null,
    targets: [...targets],
    notes: notes.map(noteRecord),
  };
}

/**
 * An item's explanation, with the truth and how each target stands against it. Nothing in it depends on the time or the
 * machine, so that two runs of the same work can be compared file by file: seconds and workers are null.
 */
export function itemExplanation(plain: ExplanationRecord, judged: JudgedItem): ExplanationRecord {
  const { image, method, run, targets } = plain;
  const context = summaryContext({ image, method, samples: run.samples, targets });
  return {
    ...plain,
    item: judged.item,
    run: { ...plain.run, seconds: null, workers: null },
    truth: judged.truth,
    outcomes: judged.outcomes,
    targets: plain.targets.map((target, i) => {
      const whole = { ...target, ...judgedFields(judged.targets[i]!) };
      return { ...whole, summary: summaryText(whole, context) };
    }),
  };
}

/** The item's line: its explanation without what is long (curves, regions) or the same for all items (model, method). */
export function itemRecord(
  json: ExplanationRecord,
  { measured, item }: JudgedItem,
  place: Pick<ExplainedRecord, 'index' | 'folder' | 'explanation'>,
): ExplainedRecord {
  const { samples, forwards, judgingForwards, stopped } = json.run;
  const { path, width, height } = json.image;
  return {
    version: ITEM.version,
    index: place.index,
    id: item.id,
    subset: item.subset,
    status: 'ok',
    image: { path, width, height },
    folder: place.folder,
    explanation: place.explanation,
    run: {
      samples,
      forwards,
      metricForwards: measured.forwards + measured.judgingForwards,
      judgingForwards,
      stopped,
    },
    truth: json.truth,
    outcomes: json.outcomes,
    targets: json.targets.map(shortTarget),
    notes: json.notes,
  };
}

/** A target without what is long; the item's own file has it. */
function shortTarget(target: TargetRecord): TargetRecord {
  const { contrast } = target;
  return {
    ...target,
    deletion: null,
    insertion: null,
    significant: null,
    contrast:
      contrast === null
        ? null
        : { ...contrast, map: contrast.map !== null && 'file' in contrast.map ? contrast.map : null },
  };
}
