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

/**
 * An explanation as JSON. That of a single image goes without the fields of a dataset's items, which readers take for
 * null.
 *
 * @param indented for people to read
 */
export function explanationText(record: ExplanationRecord, indented: boolean): string {
  return `${JSON.stringify(record.item === null ? ofSingleImage(record) : record, null, indented ? 2 : 0)}\n`;
}

function ofSingleImage({
  item: _,
  truth: _truth,
  outcomes: _outcomes,
  targets,
  ...record
}: ExplanationRecord): unknown {
  const fields = targets.map((target) =>
    Object.fromEntries(Object.entries(target).filter(([name]) => !JUDGED.some((one) => one === name))),
  );
  const { notes, ...rest } = record;
  return { ...rest, targets: fields, notes };
}
