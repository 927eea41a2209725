import { createHash } from 'node:crypto';
import {
  describeMatch,
  describeReading,
  type Dataset,
  type LabelMatch,
  type Reading,
  type Shard,
  type Tally,
} from '../../datasets/index.js';
import type { MethodOptions } from '../../explain/method.js';
import type { ModelInfo } from '../../models/open-model.js';
import { readValue } from '../../results/schema/file-format.js';
import { RUN, type RunRecord } from '../../results/schema/run.js';
import type { ItemChoice, Survey } from './choose-items.js';

type ReadRecord = NonNullable<RunRecord['dataset']['read']>;

/** What a run is made of. */
export interface RunParts {
  readonly model: ModelInfo;
  readonly dataset: Dataset;
  readonly match: LabelMatch | null;
  readonly choice: ItemChoice;
  readonly survey: Survey;
  readonly shard: Shard | null;
  readonly only: string | null;
  readonly method: { readonly name: string; readonly options: MethodOptions };
  readonly metrics: string;
  readonly fullSize: boolean;
  readonly save: readonly string[];
  /** The options that the person gave, by name. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** The record of a run that begins. */
export function runRecordOf(parts: RunParts): RunRecord {
  const { model, dataset, match, choice, survey, shard, only, method, metrics, fullSize, save, given } = parts;
  const { subset, filter, limit } = choice;
  const record: RunRecord = {
    version: RUN.version,
    model: {
      name: model.name,
      sha256: model.sha256,
      interpreter: model.interpreter,
      input: { ...model.input },
      preprocessing: { ...model.preprocessing },
      labels: model.labels === null ? null : hashOf(model.labels),
      classScore: model.task === 'classification' ? null : 'greatest',
    },
    dataset: {
      format: dataset.format,
      root: dataset.root,
      items: survey.items,
      fingerprint: survey.fingerprint,
      labels:
        match === null
          ? null
          : Object.fromEntries(match.pairs.map((pair) => [match.datasetNames[pair.dataset] ?? '', [...pair.model]])),
      match: match === null ? null : describeMatch(match),
      read: {
        ...readingRecord(survey.reading),
        reason: dataset.reason ?? null,
        classes: dataset.labelNames.length,
        notes: [...dataset.notes],
        sentences: [...describeReading(dataset, survey.reading, survey.items), ...dataset.notes],
      },
    },
    choice: { subset, filter, limit, only },
    shard: shard === null ? null : { ...shard },
    method,
    metrics,
    fullSize,
    save: [...save].sort(),
    given: { ...given },
  };
  // What is undefined is not written, and must not differ from what is read.
  return readValue(RUN, JSON.parse(JSON.stringify(record)), RUN.name);
}

function readingRecord(reading: Reading): Omit<ReadRecord, 'reason' | 'classes' | 'notes' | 'sentences'> {
  const tally = ({ count, first }: Tally): { count: number; first: string[] } => ({ count, first: [...first] });
  const tallies = (all: Reading['remarks']): Record<string, { count: number; first: string[] }> =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, tally(one)]));
  return {
    ...reading,
    malformed: tally(reading.malformed),
    passedOver: tallies(reading.passedOver),
    remarks: tallies(reading.remarks),
    unlooked: [...reading.unlooked],
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
