import { join } from 'node:path';
import type { Box } from '../annotations/index.js';
import { evidenceOfRun } from '../findings/evidence-of-run.js';
import { findingsRecord } from '../findings/findings-record.js';
import { findingsOf } from '../findings/index.js';
import { codeOf, DatumError, messageOf } from '../errors.js';
import { readWhole } from '../files.js';
import { noteRecord } from '../results/note-sentence.js';
import { gridOf, readMapSheet } from '../results/map-sheet.js';
import { decodeNpyGrid } from '../results/npy.js';
import { readRun, type StoredItem, type StoredRun } from '../results/read-run.js';
import type { FindingsRecord } from '../results/schema/findings.js';
import type { BoxPixels, TargetRecord } from '../results/schema/target.js';
import { summaryText } from '../results/records.js';
import { summaryContext } from '../results/target-summary.js';
import { text } from './arguments.js';
import type { Note } from './explanation.js';
import type { SaliencyMap } from './saliency-map.js';

/** What was found out about an output of the model, read from files; values that were not measured are null. */
export type StoredFacts = Pick<
  TargetRecord,
  | 'index'
  | 'kind'
  | 'label'
  | 'score'
  | 'why'
  | 'reliability'
  | 'verdict'
  | 'faithfulness'
  | 'belief'
  | 'deletion'
  | 'insertion'
  | 'boundary'
  | 'outcome'
  | 'iou'
  | 'pointing'
  | 'energyInObject'
>;

/** An explained target, read from files. */
export interface StoredTarget extends StoredFacts {
  /** In pixels of the image; null for a class of the whole image. */
  readonly box: Box | null;
  /** What was found out about it, in one sentence; null where its file does not tell enough. */
  readonly summary: string | null;
  /** Absolute paths of its files; null for those that were not saved. */
  readonly files: {
    readonly heatmap: string | null;
    readonly overlay: string | null;
    readonly raw: string | null;
    readonly error: string | null;
  };
  /**
   * Its saliency map, in score units: at the image's size where the raw map was saved, else the small one that runs over
   * datasets keep, over the whole image too; null where neither was saved.
   *
   * @throws DatumError (`output`) where a file is gone or damaged.
   */
  readMap(): Promise<SaliencyMap | null>;
}

/** An image of an explained folder. */
export interface ExplainedItem {
  /** Unique in the folder. */
  readonly id: string;
  readonly subset: string;
  readonly status: 'ok' | 'skipped' | 'failed';
  /** Why it was skipped or failed; else null. */
  readonly message: string | null;
  readonly image: StoredItem['image'];
  /** What its annotators said, in pixels of the image; null where nobody looked. */
  readonly truth: {
    readonly labels: readonly string[];
    readonly boxes: readonly { readonly label: string; readonly box: Box }[];
  } | null;
  /** Masked runs; null where it was not explained. */
  readonly samples: number | null;
  readonly targets: readonly StoredTarget[];
  readonly notes: readonly Note[];
}

/** A folder that was explained into. */
export interface ExplainedFolder {
  /** Absolute. */
  readonly folder: string;
  readonly model: StoredRun['model'];
  readonly method: StoredRun['method'];
  /** Null for single images. */
  readonly dataset: StoredRun['dataset'];
  readonly items: readonly ExplainedItem[];
  /** What is wrong with the model and the data, as far as all items together tell: as `findings.json` holds it. */
  findings: () => FindingsRecord;
}

/**
 * Reads a folder that was explained into: a run over a dataset, finished or not, or single images.
 *
 * @param path of the folder, or of one `-explanation.json`
 * @throws DatumError (`output`) where nothing explained is there, or a file is damaged or of a newer version.
 */
export async function openExplained(path: string): Promise<ExplainedFolder> {
  const run = await readRun(text(path, 'path'), { details: true });
  const { folder, model, method, dataset, items } = run;
  return {
    folder,
    model,
    method,
    dataset,
    items: items.map(explainedItem),
    findings: () => findingsRecord(findingsOf(evidenceOfRun(run))),
  };
}

/** An item as programs look at it. */
export function explainedItem(item: StoredItem): ExplainedItem {
  const { id, subset, status, message, image, truth, samples, targets, notes } = item;
  return {
    id,
    subset,
    status,
    message,
    image,
    truth:
      truth === null
        ? null
        : {
            labels: truth.labels.map(({ name }) => name),
            boxes: truth.boxes.map(({ name, bbox }) => ({ label: name, box: boxOf(bbox) })),
          },
    samples,
    targets: targets.map((target) => storedTarget(target, item)),
    notes: notes.map(noteRecord),
  };
}

function storedTarget(record: TargetRecord, item: StoredItem): StoredTarget {
  const { folder } = item;
  const { index, kind, label, score, why, reliability, verdict, faithfulness, belief } = record;
  const { deletion, insertion, boundary, outcome, iou, pointing, energyInObject } = record;
  const at = (file: string | null): string | null => (file === null ? null : join(folder, file));
  const files = {
    heatmap: at(record.heatmap),
    overlay: at(record.overlay),
    raw: at(record.raw),
    error: at(record.error),
  };
  return {
    index,
    kind,
    label,
    box: record.bbox === null ? null : boxOf(record.bbox),
    score,
    why,
    reliability,
    verdict,
    faithfulness,
    belief,
    deletion,
    insertion,
    boundary,
    outcome,
    iou,
    pointing,
    energyInObject,
    summary: record.summary ?? earlierSummary(record, item),
    files,
    readMap: async () => (files.raw === null ? readSmallMap(record, folder) : readRawMap(files.raw)),
  };
}

/** The sentence on a target of a file that has none, of an earlier version. */
function earlierSummary(record: TargetRecord, { image, samples, targets }: StoredItem): string | null {
  return summaryText(
    record,
    summaryContext({ image, method: { name: '', options: {} }, samples: samples ?? 0, targets }),
  );
}

async function readRawMap(path: string): Promise<SaliencyMap> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path);
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'is gone' : `cannot be read (${messageOf(cause)})`;
    throw new DatumError('output', `the map ${path} ${why}: explain the image again.`, { cause, file: path });
  }
  const grid = decodeNpyGrid(bytes);
  if (grid === null) {
    throw new DatumError('output', `the map ${path} is damaged: explain the image again.`, { file: path });
  }
  return { data: grid.values, shape: [grid.height, grid.width] };
}

async function readSmallMap({ map }: TargetRecord, folder: string): Promise<SaliencyMap | null> {
  if (map === null) return null;
  const path = join(folder, map.file);
  const sheet = await readMapSheet(path);
  const grid = sheet === null ? null : gridOf(sheet, map);
  if (grid === null) {
    const why = sheet === null ? 'are gone' : 'are damaged';
    throw new DatumError('output', `the maps ${path} ${why}: explain the image again.`, { file: path });
  }
  return { data: grid.values, shape: [grid.height, grid.width] };
}

function boxOf([x, y, width, height]: BoxPixels): Box {
  return { x, y, width, height };
}
