import type { Prediction } from '../../annotations/index.js';
import { DatumError, option } from '../../errors.js';

/**
 * The numbers of the classes that the user names: all that have the name, else those of which it is one of several names
 * (`tench` of `n01440764 tench, Tinca tinca`), else the one that has it as its number, which may be
 * written `#1` where a class is called 1.
 *
 * @throws DatumError (`usage`) for a class that the model does not have.
 */
export function classIds(name: string, labels: readonly string[] | null, prediction: Prediction): readonly number[] {
  const named = idsNamed(name, labels ?? []);
  if (named.length > 0) return named;
  const count = classCount(prediction);
  const id = numberOf(name);
  if (id !== null && id < (count ?? labels?.length ?? Infinity)) return [id];
  const known = labels === null ? 'it has no label names, so classes go by number' : suggestion(name, labels);
  throw new DatumError(
    'usage',
    `the model has no class '${name}': ${known}${count === null ? '' : `, 0 to ${count - 1}`}.`,
    { option: 'classes' },
  );
}

/**
 * The number of the one class that the user names.
 *
 * @throws DatumError (`usage`) for a class that the model does not have, or has twice.
 */
export function classId(name: string, labels: readonly string[] | null, prediction: Prediction): number {
  const [id = 0, ...others] = classIds(name, labels, prediction);
  if (others.length === 0) return id;
  throw new DatumError(
    'usage',
    `the model has ${others.length + 1} classes '${name}', numbers ${[id, ...others].join(', ')}: name one by its number in ${option('boxes')}.`,
    { option: 'boxes' },
  );
}

/** The class of that number, where the user's words name another one: a name goes before a number. */
export function overruledId(name: string, labels: readonly string[] | null, ids: readonly number[]): number | null {
  const id = numberOf(name);
  return id === null || labels === null || id >= labels.length || ids.includes(id) ? null : id;
}

function numberOf(name: string): number | null {
  const digits = /^#?(\d+)$/.exec(name.trim())?.[1];
  return digits === undefined ? null : Number(digits);
}

function idsNamed(name: string, labels: readonly string[]): number[] {
  const wanted = name.trim().toLowerCase();
  const whole = idsWhere(labels, (label) => label.toLowerCase() === wanted);
  if (whole.length > 0) return whole;
  return idsWhere(labels, (label) => partsOf(label).includes(wanted));
}

/** The names in a name: without WordNet's number in front, and each of several with commas between. */
function partsOf(label: string): string[] {
  const plain = label.toLowerCase().replace(/^n\d{8}[\s:_-]+/, '');
  return [plain, ...plain.split(',').map((part) => part.trim())];
}

function idsWhere(labels: readonly string[], is: (label: string) => boolean): number[] {
  return labels.flatMap((label, id) => (is(label) ? [id] : []));
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
