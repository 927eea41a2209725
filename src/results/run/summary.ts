import { join } from 'node:path';
import { writeWhole } from '../../files.js';
import { ClassSums, countedTargets, type ClassFigures } from './class-figures.js';
import { placeInside } from '../inside.js';
import { SUMMARY } from '../schema/summary.js';
import { readItems } from './item-log.js';
import type { ExplainedRecord, FailedRecord } from '../schema/item.js';
import type { RunRecord } from '../schema/run.js';

/** Failed items that a summary names; all of them are in `items.jsonl`. */
const MOST_FAILURES = 5;

/** `summary.json`: figures over all items and by class, each with the number of cases and images behind it. */
export interface Summary {
  readonly version: 1;
  /** Whether every item of the run is in it. */
  readonly complete: boolean;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly dataset: { readonly format: string; readonly root: string };
  readonly shard: RunRecord['shard'];
  readonly metrics: string;
  readonly items: {
    /** Items of this run, or of its shard. */
    readonly chosen: number;
    readonly explained: number;
    readonly skipped: number;
    readonly failed: number;
    /** Explained items that have annotations in the model's classes. */
    readonly annotated: number;
  };
  /** The first failed items, and why they failed. */
  readonly failures: readonly Pick<FailedRecord, 'id' | 'error'>[];
  readonly overall: ClassFigures;
  /** By the model's classes, those that were answered or are in the truth, by number. */
  readonly classes: readonly (ClassFigures & { readonly label: { readonly id: number; readonly name: string } })[];
}

/** Reads a run's items and writes its summary. */
export async function writeSummary(folder: string, state: RunRecord, chosen: number): Promise<Summary> {
  const summary = await summarize(folder, state, chosen);
  await writeWhole(await placeInside(folder, SUMMARY.name), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

async function summarize(folder: string, state: RunRecord, chosen: number): Promise<Summary> {
  const items = { chosen, explained: 0, skipped: 0, failed: 0, annotated: 0 };
  const failures: Pick<FailedRecord, 'id' | 'error'>[] = [];
  const overall = new ClassSums();
  const classes = new Map<number, { name: string; sums: ClassSums }>();
  for await (const record of readItems(join(folder, 'items.jsonl'))) {
    if (record.status !== 'ok') {
      items[record.status]++;
      if (record.status === 'failed' && failures.length < MOST_FAILURES) {
        failures.push({ id: record.id, error: record.error });
      }
      continue;
    }
    items.explained++;
    if (record.truth !== null) items.annotated++;
    addRecord(record, overall, classes);
  }
  return {
    version: 1,
    complete: items.explained + items.skipped + items.failed === chosen,
    model: { name: state.model.name, sha256: state.model.sha256 },
    dataset: { format: state.dataset.format, root: state.dataset.root },
    shard: state.shard,
    metrics: state.metrics,
    items,
    failures,
    overall: overall.figures(),
    classes: [...classes]
      .sort(([a], [b]) => a - b)
      .map(([id, { name, sums }]) => ({ label: { id, name }, ...sums.figures() })),
  };
}

function addRecord(
  record: ExplainedRecord,
  overall: ClassSums,
  classes: Map<number, { name: string; sums: ClassSums }>,
): void {
  const targets = countedTargets(record);
  const found = foundByClass(record);
  overall.add(
    targets,
    [...found.values()].flatMap(({ right }) => right),
  );
  const names = new Map([...found].map(([id, { name }]) => [id, name]));
  for (const { label } of targets) if (label !== null) names.set(label.id, label.name);
  for (const [id, name] of names) {
    const entry = classes.get(id) ?? { name, sums: new ClassSums() };
    classes.set(id, entry);
    entry.sums.add(
      targets.filter(({ label }) => label?.id === id),
      found.get(id)?.right ?? [],
    );
  }
}

/** For each class of the truth that the model knows: whether each object was answered right. */
function foundByClass(record: ExplainedRecord): Map<number, { name: string; right: boolean[] }> {
  const found = new Map<number, { name: string; right: boolean[] }>();
  const add = (label: number, name: string, right: boolean): void => {
    const entry = found.get(label) ?? { name, right: [] };
    entry.right.push(right);
    found.set(label, entry);
  };
  const { truth, targets, outcomes } = record;
  if (truth === null || outcomes === null) return found;
  if (isDetection(record)) {
    for (const { model, name, outcome } of truth.boxes) {
      const [label] = model;
      if (label !== undefined && outcome !== 'ignored' && outcome !== 'unknown') add(label, name, outcome === 'found');
    }
    return found;
  }
  // A classifier answers one class of the image: the one it was compared with.
  const answer = targets.find(({ outcome }) => outcome === 'true-positive' || outcome === 'wrong-class');
  const at = answer?.truth ?? null;
  const label = at === null ? undefined : truth.labels[at];
  if (label?.model[0] !== undefined) add(label.model[0], label.name, answer?.outcome === 'true-positive');
  return found;
}

/** Whether boxes were compared with objects: a classifier's answers are never boxes. */
function isDetection({ targets, outcomes }: ExplainedRecord): boolean {
  const judged = targets.find(({ outcome }) => outcome !== null);
  if (judged !== undefined) return judged.kind === 'bbox';
  // Nothing was explained: a classifier always has an answer.
  return outcomes !== null;
}
