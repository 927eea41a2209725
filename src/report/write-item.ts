import type { Judgement } from '../runs/dataset/judge.js';
import type { ExplainedItem } from '../runs/dataset/explain-item.js';
import type { ExplainedRecord, TargetRecord } from '../runs/dataset/item-record.js';
import type { ItemWriter } from '../runs/dataset/run-dataset.js';
import type { Truth } from '../runs/dataset/truth.js';
import { join } from 'node:path';
import { writeMeasured, type MeasuredExplanationJson, type MeasuredSaveable } from './write-measured.js';

/**
 * Writes the files of a dataset's items. Nothing in them depends on the time or the machine, so that two runs of the same
 * work can be compared file by file: seconds and workers are null.
 */
export function itemWriter(save: ReadonlySet<MeasuredSaveable>): ItemWriter {
  return async (explained, { root, folder, base, index }) => {
    const json = await writeMeasured(join(root, folder), base, explained, save, (plain) => itemJson(plain, explained));
    return recordOf(json, explained, {
      index,
      folder,
      explanation: save.has('json') ? `${base}-explanation.json` : null,
    });
  };
}

type ItemJson = ReturnType<typeof itemJson>;

/** An item's `-explanation.json`: that of a picture, with the truth and how each target stands against it. */
function itemJson(plain: MeasuredExplanationJson, explained: ExplainedItem) {
  const { item, truth, judgement, targets } = explained;
  const { version, ...rest } = plain;
  return {
    version,
    item: { id: item.id, subset: item.subset, attributes: item.attributes },
    ...rest,
    run: { ...plain.run, seconds: null, workers: null },
    truth: truthJson(truth, judgement),
    outcomes: judgement?.counts ?? null,
    targets: plain.targets.map((target, i) => {
      const { judgement: judged, energies } = targets[i]!;
      return { ...target, ...judged, ...energies };
    }),
  };
}

function truthJson(truth: Truth | null, judgement: Judgement | null): ExplainedRecord['truth'] {
  if (truth === null) return null;
  return {
    labels: truth.labels.map(({ id, name, labels }) => ({ id, name, model: [...labels] })),
    boxes: truth.boxes.map(({ id, name, labels, x, y, w, h }, at) => ({
      id,
      name,
      model: [...labels],
      bbox: [x, y, w, h],
      outcome: judgement?.objects[at] ?? 'unknown',
    })),
  };
}

/** The item's line: its JSON without what is long (curves, regions) or the same for all items (model, method). */
function recordOf(
  json: ItemJson,
  { item, explanation, forwards }: ExplainedItem,
  place: Pick<ExplainedRecord, 'index' | 'folder' | 'explanation'>,
): ExplainedRecord {
  const { samples, stopped } = explanation.run;
  return {
    index: place.index,
    id: item.id,
    subset: item.subset,
    status: 'ok',
    image: { path: json.image.path, width: json.image.width, height: json.image.height },
    folder: place.folder,
    explanation: place.explanation,
    run: { samples, forwards: json.run.forwards, metricForwards: forwards, stopped },
    truth: json.truth,
    outcomes: json.outcomes,
    targets: json.targets.map(targetRecord),
    notes: [...json.notes],
  };
}

function targetRecord({
  deletion,
  insertion,
  significant: _,
  contrast,
  ...target
}: ItemJson['targets'][number]): TargetRecord {
  const { bbox, energyByObject, coarse, coarseContrast } = target;
  return {
    ...target,
    bbox: bbox === null ? null : [...bbox],
    energyByObject: [...energyByObject],
    coarse: [...coarse],
    coarseContrast: coarseContrast === null ? null : [...coarseContrast],
    contrast: contrast === null ? null : { label: contrast.label, file: contrast.file },
    deletionAuc: deletion?.auc ?? null,
    insertionAuc: insertion?.auc ?? null,
  };
}
