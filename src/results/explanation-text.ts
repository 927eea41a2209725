import type { ExplanationRecord } from './schema/explanation.js';
import type { TargetRecord } from './schema/target.js';

/** Fields of targets that only items of a dataset have. */
const JUDGED: readonly (keyof TargetRecord)[] = [
  'outcome',
  'truth',
  'iou',
  'pointing',
  'energyInObject',
  'energyOutside',
  'energyInBox',
  'energyByObject',
  'coarse',
  'coarseContrast',
  'map',
];

/** What of a target only the item's line has: long, and to be read of all items at once. */
const OF_THE_LINE: readonly (keyof TargetRecord)[] = ['coarse', 'coarseContrast'];

/**
 * An explanation as JSON. That of an item goes without what its line has alone. That of a single image goes without the fields of a dataset's items, which readers take for
 * null.
 *
 * @param indented for people to read
 */
export function explanationText(record: ExplanationRecord, indented: boolean): string {
  return `${JSON.stringify(record.item === null ? ofSingleImage(record) : ofItem(record), null, indented ? 2 : 0)}\n`;
}

function ofItem(record: ExplanationRecord): unknown {
  return { ...record, targets: record.targets.map((target) => without(target, OF_THE_LINE)) };
}

function ofSingleImage({
  item: _,
  truth: _truth,
  outcomes: _outcomes,
  targets,
  ...record
}: ExplanationRecord): unknown {
  const { notes, ...rest } = record;
  return { ...rest, targets: targets.map((target) => without(target, JUDGED)), notes };
}

function without(target: TargetRecord, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(target).filter(([name]) => !names.includes(name)));
}
