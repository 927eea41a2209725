import { DatumError, option } from '../errors.js';
import type { LabelMap } from './label-map.js';
import { normaliseName, parseLabelName, type LabelName } from './label-names.js';

/** How two class names were found to mean the same, best first. */
export type MatchReason = 'map' | 'name' | 'spelling' | 'part' | 'synonym' | 'number';

/** A class of the dataset and its classes in the model. */
export interface LabelPair {
  /** Index into the dataset's label names. */
  readonly dataset: number;
  /** Indices of the model's classes; several where a map says so, or where the model has the name twice. */
  readonly model: readonly number[];
  readonly reason: MatchReason;
}

export interface LabelMatch {
  readonly pairs: readonly LabelPair[];
  /** The model's class indices by label index of the dataset; empty where there is none. */
  readonly toModel: readonly (readonly number[])[];
  /** The dataset's label index by the model's class index; null where there is none. */
  readonly toDataset: readonly (number | null)[];
  /** Names of the dataset's classes that the model does not have. */
  readonly unmatchedDataset: readonly string[];
  /** Names of the model's classes that the dataset does not have. */
  readonly unmatchedModel: readonly string[];
  readonly datasetNames: readonly string[];
  readonly modelNames: readonly string[];
}

/**
 * Finds the model's classes for each class of a dataset, by name: the same name; the same but for case, spaces and
 * punctuation, or the same WordNet number; one of several names that stand in a list, as in ImageNet's; a synonym. The
 * best reason that finds any class counts, and every class that it finds. Two lists of equal length whose names agree
 * line by line are matched line by line, which keeps apart classes of the same name.
 *
 * @param map overrules the names for the classes it mentions.
 * @throws DatumError (`dataset`) when the map names a class that is in neither list.
 */
export function matchLabels(
  datasetNames: readonly string[],
  modelNames: readonly string[],
  map: LabelMap = new Map(),
): LabelMatch {
  const mapped = resolveMap(datasetNames, modelNames, map);
  const isSameList =
    datasetNames.length === modelNames.length &&
    datasetNames.every((name, i) => normaliseName(name) === normaliseName(modelNames[i]!));
  const finders = isSameList ? [] : findersFor(modelNames);

  const pairs: LabelPair[] = [];
  datasetNames.forEach((name, dataset) => {
    const fixed = mapped.get(dataset);
    if (fixed !== undefined) {
      if (fixed.length > 0) pairs.push({ dataset, model: fixed, reason: 'map' });
    } else if (isSameList) {
      pairs.push({ dataset, model: [dataset], reason: 'name' });
    } else {
      const pair = findPair(dataset, name, finders);
      if (pair !== null) pairs.push(pair);
    }
  });
  return assemble(datasetNames, modelNames, pairs.length > 0 ? pairs : byNumber(datasetNames, modelNames, mapped));
}

/** The number that a class is called, with nothing else in its name that tells it. */
function numberIn(name: string): number | null {
  const digits = /^(?:(?:class|label|category|id)[\s_-]*)?(\d{1,6})$/i.exec(name.trim())?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Whether a list of names has none but numbers: `0`, `class_0`, `LABEL_0`. */
export function areNumbers(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => numberIn(name) !== null);
}

/** Pairs by number, where every class of the dataset is called by one that the model has; else none. */
function byNumber(
  datasetNames: readonly string[],
  modelNames: readonly string[],
  mapped: ReadonlyMap<number, readonly number[]>,
): LabelPair[] {
  const numbers = datasetNames.map(numberIn);
  if (mapped.size > 0 || !numbers.every((number) => number !== null && number < modelNames.length)) return [];
  return numbers.flatMap((number, dataset) =>
    number === null ? [] : [{ dataset, model: [number], reason: 'number' as const }],
  );
}

/** Looks for a name's classes in one way. */
interface Finder {
  readonly reason: MatchReason;
  /** What two names must have in common. */
  readonly keys: (name: string, parsed: LabelName) => readonly (string | number)[];
  readonly classes: ReadonlyMap<string | number, readonly number[]>;
}

function findersFor(modelNames: readonly string[]): Finder[] {
  const parsed = modelNames.map(parseLabelName);
  const finder = (reason: MatchReason, keys: Finder['keys']): Finder => {
    const classes = new Map<string | number, number[]>();
    modelNames.forEach((name, i) => {
      for (const key of new Set(keys(name, parsed[i]!))) classes.set(key, [...(classes.get(key) ?? []), i]);
    });
    return { reason, keys, classes };
  };
  return [
    finder('name', (name) => [name.normalize('NFC')]),
    finder('spelling', (_, { synset }) => (synset === null ? [] : [synset])),
    finder('spelling', (_, { whole }) => (whole === '' ? [] : [whole])),
    finder('part', (_, { parts }) => parts),
    finder('synonym', (_, { groups }) => groups),
  ];
}

function findPair(dataset: number, name: string, finders: readonly Finder[]): LabelPair | null {
  const parsed = parseLabelName(name);
  for (const { reason, keys, classes } of finders) {
    const model = [...new Set(keys(name, parsed).flatMap((key) => classes.get(key) ?? []))];
    if (model.length > 0) return { dataset, model, reason };
  }
  return null;
}

/** The map with indices for names; names are compared without case, spaces and punctuation. */
function resolveMap(
  datasetNames: readonly string[],
  modelNames: readonly string[],
  map: LabelMap,
): ReadonlyMap<number, readonly number[]> {
  const resolved = new Map<number, readonly number[]>();
  for (const [from, to] of map) {
    const model = to.flatMap((name) => indicesOf(name, modelNames, 'model'));
    for (const dataset of indicesOf(from, datasetNames, 'dataset')) resolved.set(dataset, model);
  }
  return resolved;
}

function indicesOf(name: string, names: readonly string[], side: string): number[] {
  const exact = names.flatMap((one, i) => (one === name ? [i] : []));
  if (exact.length > 0) return exact;
  const key = normaliseName(name);
  const loose = names.flatMap((one, i) => (normaliseName(one) === key ? [i] : []));
  if (loose.length > 0) return loose;
  throw new DatumError(
    'dataset',
    `the label map names '${name}', which is no class of the ${side} (${someOf(names, 8)}).`,
    { option: 'labelMap' },
  );
}

function assemble(
  datasetNames: readonly string[],
  modelNames: readonly string[],
  pairs: readonly LabelPair[],
): LabelMatch {
  const toModel: (readonly number[])[] = datasetNames.map(() => []);
  const toDataset: (number | null)[] = modelNames.map(() => null);
  for (const { dataset, model } of pairs) {
    toModel[dataset] = model;
    for (const index of model) toDataset[index] ??= dataset;
  }
  return {
    pairs,
    toModel,
    toDataset,
    unmatchedDataset: datasetNames.filter((_, i) => toModel[i]!.length === 0),
    unmatchedModel: modelNames.filter((_, i) => toDataset[i] === null),
    datasetNames,
    modelNames,
  };
}

/** Pairs that are named: more than these are in the record of a run. */
const MOST_PAIRS = 20;

/**
 * One line for the user: how many classes match, which by more than their names, and which do not; and where numbers are
 * names, what they were taken for.
 */
export function describeMatch(match: LabelMatch): string {
  const { pairs, datasetNames, modelNames, unmatchedDataset, unmatchedModel } = match;
  const pairText = ({ dataset, model }: LabelPair): string =>
    `${datasetNames[dataset]!} = ${model.map((index) => modelNames[index]!).join(' or ')}`;
  const because = (...reasons: MatchReason[]): LabelPair[] => pairs.filter(({ reason }) => reasons.includes(reason));
  const notable = [...because('part', 'synonym'), ...because('spelling')];
  const numbered = pairs.filter(({ reason }) => reason === 'number');
  const sentences = [
    `${pairs.length} of ${datasetNames.length} ${datasetNames.length === 1 ? 'class' : 'classes'} of the dataset ${pairs.length === 1 ? 'is' : 'are'} in the model` +
      (notable.length > 0 ? ` (${someOf(notable.map(pairText), MOST_PAIRS, '; ')})` : ''),
  ];
  if (numbered.length > 0) {
    sentences.push(
      `the dataset's classes are numbers, and no name matches, so they are taken for those of the model's classes, counted from 0: ${someOf(numbered.map(pairText), 8, '; ')}`,
    );
  }
  const ambiguous = pairs.filter(({ dataset, model, reason }) => {
    const number = numberIn(datasetNames[dataset]!);
    return (
      reason !== 'number' &&
      reason !== 'map' &&
      number !== null &&
      modelNames[number] !== undefined &&
      !model.includes(number)
    );
  });
  if (ambiguous.length > 0) {
    const [{ dataset, model } = { dataset: 0, model: [] }] = ambiguous;
    const name = datasetNames[dataset]!;
    sentences.push(
      `names go before numbers: ${name} is taken for the model's class of that name, number ${model.join(' or ')}, and not for class number ${numberIn(name) ?? 0}, called ${modelNames[numberIn(name) ?? 0] ?? ''}; if numbers are meant, say so with ${option('labelMap')}`,
    );
  }
  const several = pairs.filter(({ model, reason }) => model.length > 1 && reason !== 'map');
  if (several.length > 0) {
    const names = several.map(({ dataset, model }) => `${datasetNames[dataset]!} (numbers ${model.join(', ')})`);
    sentences.push(`any of several classes of the model is right for ${someOf(names, 8)}`);
  }
  if (unmatchedDataset.length > 0) sentences.push(`not in the model: ${someOf(unmatchedDataset, 8)}`);
  if (unmatchedModel.length > 0)
    sentences.push(
      `${unmatchedModel.length} of the model's ${modelNames.length} ${unmatchedModel.length === 1 ? 'is' : 'are'} not in the dataset`,
    );
  if (pairs.length === 0 && areNumbers(modelNames) && !areNumbers(datasetNames)) {
    sentences.push(`the names of the model's classes are no more than numbers: give them with ${option('labels')}`);
  } else if (pairs.length === 0) {
    sentences.push(
      `so answers are not compared with the annotations: name the classes that are the same with ${option('labelMap')}`,
    );
  }
  return `${sentences.join('; ')}.`;
}

function someOf(names: readonly string[], count: number, separator = ', '): string {
  const shown = names.slice(0, count).join(separator);
  return names.length > count ? `${shown} and ${names.length - count} more` : shown;
}
