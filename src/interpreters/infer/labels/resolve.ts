import { DatumError, option } from '../../../errors.js';
import { isBackground, type LabelList } from '../../contract/label-list.js';
import { allMetadataLabels } from '../../contract/metadata-labels.js';
import type { LabelFacts } from '../../contract/facts.js';
import type { Classes, Evidence, Interpreter } from '../../contract/types.js';
import { COCO_80, COCO_91, spread } from './coco.js';
import { IMAGENET_1000 } from './imagenet.js';

/** Names of a model's classes and where they come from. */
export interface ResolvedLabels {
  /** A name for each class number; null where none are known. */
  readonly names: readonly string[] | null;
  readonly facts: LabelFacts;
}

/**
 * Names for a model's class numbers: the user's, else those in the metadata, else the family's own, else a known list
 * where the count of classes fits it.
 *
 * @param evidence its `labels` are the user's.
 * @throws DatumError (`usage`) where the user's list has another length than the model has classes.
 */
export function resolveLabels(
  evidence: Evidence,
  classes: Classes | undefined,
  task: Interpreter['task'],
): ResolvedLabels {
  const { count = null, numbering = 'zero', names: own, unnamed = false } = classes ?? {};
  if (evidence.labels !== null) {
    const list: LabelList = { names: evidence.labels, from: 0, parts: null, ...evidence.labelForm };
    return givenNames({ ...list, names: evidence.labels }, count, numbering);
  }
  const stored = allMetadataLabels(evidence.signature.metadata);
  for (const { names: written, key } of stored) {
    const names = aligned(written, count, numbering);
    if (names !== null) return { names, facts: { by: 'metadata', names: written.length, key } };
  }
  const [first] = stored;
  const unused =
    first === undefined || count === null
      ? {}
      : { unused: { key: first.key, names: first.names.length, classes: count } };
  if (own !== undefined && unnamed) return { names: own, facts: { by: null, names: 0, classes: count, ...unused } };
  if (own !== undefined) return { names: own, facts: { by: 'convention', names: own.length, ...unused } };
  // A model that has names of its own is not one of a well-known list.
  const known = count === null || first !== undefined ? null : knownNames(count, numbering, task);
  if (known !== null) return known;
  return { names: null, facts: { by: null, names: 0, classes: count, ...unused } };
}

/** The user's list at the model's numbers, and what was made of it. */
function givenNames(list: LabelList, count: number | null, numbering: Classes['numbering']): ResolvedLabels {
  const { names, from, parts } = list;
  const [first] = names;
  const given = (found: readonly string[], read?: Extract<LabelFacts, { by: 'given' }>['read']): ResolvedLabels => ({
    names: found,
    facts: {
      by: 'given',
      names: read === 'in-line' ? found.length : names.length,
      ...(read === undefined ? {} : { read, first }),
    },
  });
  if (from === 1) {
    if (numbering === 'zero' && names.length === count) return given(names, 'moved');
    const full = aligned(['background', ...names], count, numbering);
    if (full !== null) return given(full, 'from-one');
  } else {
    const found = aligned(names, count, numbering);
    const inLine = parts === null || found !== null || count === null ? null : aligned(parts, count, numbering);
    if (inLine !== null) return given(inLine, 'in-line');
    if (found !== null && parts !== null && count === null) return given(found, 'one-line');
    if (found !== null) return given(found, found.length < names.length ? 'without-first' : undefined);
  }
  const background = numbering === 'one' ? ' with the background' : '';
  throw new DatumError(
    'usage',
    `${option('labels')} has ${countedNames(list)}, but the model has ${String(count)} classes${background}: give one name for each class, one a line, in the model's order.`,
  );
}

/** How many names a list has, and what it was read as where that may be wrong. */
function countedNames({ names, from, parts }: LabelList): string {
  const [first = ''] = names;
  if (names.length === 1) {
    return parts === null ? `1 name ("${first}")` : `1 name (its only line, with ${parts.length} parts between commas)`;
  }
  return `${names.length} names${from === 1 ? ` (numbered from 1, which is "${first}", to ${names.length})` : ''}`;
}

/** A list of names brought to the model's numbers; null where its length does not fit. */
function aligned(
  names: readonly string[],
  count: number | null,
  numbering: Classes['numbering'],
): readonly string[] | null {
  const [first = ''] = names;
  const hasBackground = isBackground(first);
  if (numbering === 'one') {
    if (count === COCO_91.length && names.length === COCO_80.length) return spread(names, 'background');
    const full = hasBackground || names.length === count ? names : ['background', ...names];
    return count === null || full.length === count || full.length < count ? full : null;
  }
  if (count === null || names.length === count) return names;
  if (names.length === count + 1 && hasBackground) return names.slice(1);
  // TensorFlow's ImageNet models put a background before the thousand.
  if (names.length === IMAGENET_1000.length && count === names.length + 1) return ['background', ...names];
  if (count === COCO_91.length && names.length === COCO_80.length) return spread(names, 'background');
  if (count === COCO_91.length - 1 && names.length === COCO_80.length) return spread(names, 'background').slice(1);
  return null;
}

/** The well-known list of that length. */
function knownNames(count: number, numbering: Classes['numbering'], task: Interpreter['task']): ResolvedLabels | null {
  const named = (names: readonly string[], list: string): ResolvedLabels => ({
    names,
    // Counted from 1, the background is none of them.
    facts: { by: 'guess', names: numbering === 'one' ? count - 1 : count, list },
  });
  if (task !== 'detection') {
    if (count === IMAGENET_1000.length) return named(IMAGENET_1000, 'ImageNet');
    if (count === IMAGENET_1000.length + 1) return named(['background', ...IMAGENET_1000], 'background and ImageNet');
  }
  if (task !== 'classification') {
    if (count === COCO_80.length) return named(COCO_80, 'COCO');
    if (count === COCO_80.length + 1) return named(['background', ...COCO_80], 'background and COCO');
    if (count === COCO_91.length) return named(COCO_91, "COCO's own numbers");
    if (count === COCO_91.length - 1) return named(COCO_91.slice(1), "COCO's own numbers from 1");
  }
  return null;
}
