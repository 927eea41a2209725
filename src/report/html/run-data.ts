import { basename } from 'node:path';
import { libraryName, sayOptions } from '../../errors.js';
import { FINDING_TITLES, leftOutText, type Findings } from '../../findings/index.js';
import { pText } from '../../findings/words.js';
import type { StoredRun } from '../../results/read-run.js';
import { findingWords, type FindingWords } from '../words/finding-words.js';
import { runCommand } from '../words/run-command.js';
import type { FactGroup, FindingData, RunData } from './report-data.js';

/** A run as the page shows it, without its items. */
export function runData(run: StoredRun, name: string, { findings, checks }: Findings): RunData {
  const count = (status: string): number => run.items.filter((item) => item.status === status).length;
  const { stopAt, match } = run.method.options;
  const annotated = run.items.some(({ truth }) => (truth?.boxes.length ?? 0) > 0);
  const metrics = run.dataset?.choice['metrics'];
  return {
    name,
    counts: { explained: count('ok'), skipped: count('skipped'), failed: count('failed') },
    stopAt: typeof stopAt === 'number' ? stopAt : null,
    match: typeof match === 'string' ? match : null,
    metrics: typeof metrics === 'string' ? metrics : null,
    command: runCommand(run),
    dataset: run.dataset === null ? null : basename(run.dataset.root),
    read: readOf(run),
    findings: findings.map((finding) => ({ ...findingData(finding), ...findingWords(finding, annotated) })),
    checks: checks.map(({ kind, findings: found, looked, leftOut, untested }) => ({
      title: FINDING_TITLES[kind],
      found: found.length,
      looked,
      leftOut: leftOutText(leftOut),
      untested: untested === null ? null : sayOptions(untested, libraryName),
    })),
    facts: factsOf(run),
  };
}

/** Paths lose their folders, which are nobody else's business. */
function readOf({ dataset }: StoredRun): string[] {
  if (dataset === null) return [];
  return dataset.read.map((sentence) => sentence.replaceAll(dataset.root, basename(dataset.root)));
}

function findingData({
  test,
  kind,
  map,
  ...finding
}: Findings['findings'][number]): Omit<FindingData, keyof FindingWords> {
  return {
    ...finding,
    kind,
    kindTitle: FINDING_TITLES[kind],
    test: test === null ? null : test.name.includes('p ') ? test.name : `${test.name}, ${pText(test.p)}`,
    map: map?.map((value) => Number(value.toPrecision(3))) ?? null,
  };
}

function factsOf({ model, method, dataset, items }: StoredRun): FactGroup[] {
  const samples = items.flatMap((item) => item.samples ?? []);
  return [
    {
      title: 'Model',
      facts: [
        ['name', model.name],
        ['SHA-256', model.sha256],
        ['interpreter', model.interpreter],
        ...entries(model.more),
      ],
    },
    ...(dataset === null
      ? []
      : [
          {
            title: 'Dataset',
            // The folder's name alone: where it lies on this machine is nobody else's business.
            facts: [['name', basename(dataset.root)], ['format', dataset.format], ...entries(dataset.choice)] as const,
          },
        ]),
    { title: `Method: ${method.name}`, facts: entries(method.options) },
    {
      title: 'Run',
      facts: [
        ['masked runs an image', samples.length === 0 ? 'none' : spread(samples)],
        ['masked runs in all', samples.reduce((sum, value) => sum + value, 0).toLocaleString('en')],
      ],
    },
  ];
}

function spread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Options with a value. Paths lose their folders, which are nobody else's business. */
function entries(options: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(options).flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined
      ? []
      : [[words(name), name === 'path' ? basename(valueText(value)) : valueText(value)]],
  );
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return entries({ ...value })
    .map(([name, text]) => `${name} ${text}`)
    .join(', ');
}

/** `maskWidth` as `mask width`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
