import { createHash } from 'node:crypto';
import type { Dataset, LabelMatch, Shard } from '../../datasets/index.js';
import type { RecordedOptions } from '../../explain/method.js';
import type { ModelInfo } from '../../models/open-model.js';
import { readValue } from '../../results/schema/file-format.js';
import { RUN, type RunRecord } from '../../results/schema/run.js';
import type { ItemChoice, Survey } from './choose-items.js';

/** What a run is made of. */
export interface RunParts {
  readonly model: ModelInfo;
  readonly dataset: Dataset;
  readonly match: LabelMatch | null;
  readonly choice: ItemChoice;
  readonly survey: Survey;
  readonly shard: Shard | null;
  readonly only: string | null;
  readonly method: { readonly name: string; readonly options: RecordedOptions };
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

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
