import type { Prediction } from '../../annotations/index.js';
import { DatumError } from '../../errors.js';

/**
 * The number of a class that the user names, by its name or its number.
 *
 * @throws DatumError (`usage`) for a class that the model does not have.
 */
export function classId(name: string, labels: readonly string[] | null, prediction: Prediction): number {
  const named = labels?.findIndex((label) => label.toLowerCase() === name.trim().toLowerCase()) ?? -1;
  if (named >= 0) return named;
  const count = classCount(prediction);
  const id = /^\d+$/.test(name.trim()) ? Number(name) : NaN;
  if (id < (count ?? labels?.length ?? Infinity)) return id;
  const known = labels === null ? 'it has no label names, so classes go by number' : suggestion(name, labels);
  throw new DatumError(
    'usage',
    `the model has no class '${name}': ${known}${count === null ? '' : `, 0 to ${count - 1}`}.`,
    { option: 'classes' },
  );
}

/** Number of classes, or null where the layout does not tell. */
function classCount({ scores, proposals }: Prediction): number | null {
  if (scores !== null) return scores.length;
  return proposals?.classes.kind === 'vectors' ? proposals.classes.columns : null;
}

function suggestion(name: string, labels: readonly string[]): string {
  const wanted = name.trim().toLowerCase();
  const similar = labels.filter((label) => label.toLowerCase().includes(wanted));
  const shown = (similar.length > 0 ? similar : labels).slice(0, 5);
  return `it knows ${shown.join(', ')}${labels.length > shown.length ? ', ...' : ''}`;
}
