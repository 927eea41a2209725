import { isTrusted } from '../../../explain/verdict.js';
import type { AnswerData, FindingData, ItemData, ReportData, TargetData } from '../../../report/html/report-data.js';
import { isStable, type Dependence } from '../../../results/target-summary.js';
import { ofOne, scoreText } from '../shared/format.js';
import type { State } from '../shared/signs.js';

/** One line of the table: a run's answer about an image. */
export interface Row {
  readonly key: string;
  readonly item: ItemData;
  /** Index of the run. */
  readonly run: number;
  /** Null where the run failed or skipped the image, or found nothing. */
  readonly target: TargetData | null;
  readonly answer: AnswerData;
  /** Names of the kinds of finding that it is an example of. */
  readonly findings: readonly string[];
  /** Their titles. */
  readonly titles: readonly string[];
  readonly trust: Trust | null;
  readonly reason: Reason | null;
  /** What the search looks in. */
  readonly text: string;
}

/** How far a map is to be trusted: repeatable and faithful; or not; or nobody asked whether it is faithful. */
export type Trust = 'trusted' | 'unjudged' | 'unstable' | 'unfaithful' | 'none';

/** What each is called, and what its sign is. */
export const TRUST: Readonly<Record<Trust, { readonly name: string; readonly state: State }>> = {
  trusted: { name: 'can be trusted', state: 'good' },
  unjudged: { name: 'not judged for faithfulness', state: 'unknown' },
  unstable: { name: 'not stable yet', state: 'warn' },
  unfaithful: { name: 'not faithful', state: 'bad' },
  none: { name: 'no map', state: 'unknown' },
};

/** What an answer depends on, or that this is not known. */
export type Reason = Dependence | 'unknown';
export const REASONS: Readonly<Record<Reason, { readonly name: string; readonly state: State }>> = {
  object: { name: 'its object', state: 'good' },
  both: { name: 'object and surroundings', state: 'good' },
  beside: { name: 'something beside it', state: 'warn' },
  unknown: { name: 'not known', state: 'unknown' },
};

/** Numbers that the table shows and sorts and filters by, with the words of the glossary that explain them. */
export const METRICS = {
  score: { name: 'Score', term: 'score', of: (target: TargetData) => target.score },
  energy: {
    name: 'Map on object',
    term: 'on object',

    of: (target: TargetData) => target.energyInObject ?? target.energyInBox,
  },
  removed: {
    name: 'Changes when hidden',
    term: 'changes when hidden',

    of: (target: TargetData) => target.removed?.share ?? null,
  },
  deletion: {
    name: 'Mean score hidden',
    term: 'mean score when hidden',

    of: (target: TargetData) => target.deletionAuc,
  },
  insertion: {
    name: 'Mean score shown',
    term: 'mean score when shown',

    of: (target: TargetData) => target.insertionAuc,
  },
  reliability: { name: 'Repeatable', term: 'repeatable', of: (target: TargetData) => target.reliability },
} as const;
export type Metric = keyof typeof METRICS;

/** Metrics in the order of the columns. */
export const METRIC_NAMES: readonly Metric[] = ['score', 'energy', 'removed', 'deletion', 'insertion', 'reliability'];

/** Those that runs of different measures (fast, full) do not share. */
const MEASURED: ReadonlySet<Metric> = new Set(['removed', 'deletion', 'insertion']);

/** Figures of different measures are not held against each other: those that are the same for all runs. */
export function comparableMetrics({ runs }: ReportData): readonly Metric[] {
  return mixesMeasures(runs) ? METRIC_NAMES.filter((name) => !MEASURED.has(name)) : METRIC_NAMES;
}

export function mixesMeasures(runs: ReportData['runs']): boolean {
  return new Set(runs.map(({ metrics }) => metrics)).size > 1;
}

/** A metric of a target in words. */
export function metricText(metric: Metric, value: number | null): string {
  if (value === null) return '–';
  return metric === 'reliability' ? ofOne(value) : scoreText(value);
}

/** What the pictures are narrowed to; empty strings narrow nothing. */
export interface Filter {
  readonly text: string;
  readonly run: string;
  /** The class of the answer or of the truth. */
  readonly label: string;
  readonly answer: string;
  readonly truth: string;
  readonly outcome: string;
  readonly reason: string;
  readonly trust: string;
  /** A kind of finding, or the title of one. */
  readonly finding: string;
  readonly metric: Metric;
  readonly least: number | null;
  readonly most: number | null;
}

export const NO_FILTER: Filter = {
  text: '',
  run: '',
  label: '',
  answer: '',
  truth: '',
  outcome: '',
  reason: '',
  trust: '',
  finding: '',
  metric: 'score',
  least: null,
  most: null,
};

export type SortKey = 'need' | 'item' | 'answer' | 'truth' | 'outcome' | Metric;
export interface Sort {
  readonly by: SortKey;
  readonly falling: boolean;
}

/** What failed items and images without an answer are called in the place of an outcome. */
export const OUTCOME_NAMES: Readonly<Record<string, string>> = {
  'true-positive': 'right',
  'wrong-class': 'wrong class',
  'false-positive': 'false positive',
  missed: 'missed',
  ignored: 'ignored',
  failed: 'failed',
  skipped: 'skipped',
  nothing: 'nothing found',
  explained: 'explained',
};

/** All lines of the table. */
export function rowsOf(data: ReportData): Row[] {
  const findings = data.runs.map((run) => {
    const about = new Map<string, FindingData[]>();
    for (const finding of run.findings) {
      for (const { item, target } of finding.examples) {
        const key = JSON.stringify([item, target]);
        about.set(key, [...(about.get(key) ?? []), finding]);
      }
    }
    return about;
  });
  return data.items.flatMap((item) =>
    item.answers.flatMap((answer, run) => {
      if (answer === null) return [];
      const targets = listedTargets(answer, item);
      return (targets.length === 0 ? [null] : targets).map((target): Row => {
        const key = JSON.stringify([item.id, target?.index ?? -1]);
        return {
          key: `${run} ${key}`,
          item,
          run,
          target,
          answer,
          findings: [...new Set(findings[run]?.get(key)?.map(({ kindTitle }) => kindTitle))],
          titles: findings[run]?.get(key)?.map(({ title }) => title) ?? [],
          trust: target === null ? null : trustOf(target, data.runs[run]?.stopAt ?? null),
          reason: target === null ? null : (target.dependence ?? 'unknown'),
          text: `${item.id} ${target?.label ?? ''} ${truthText(item, target)}`.toLowerCase(),
        };
      });
    }),
  );
}

/** How far the map of a target is to be trusted. */
export function trustOf({ verdict, reliability, faithfulness }: TargetData, stopAt: number | null): Trust {
  if (verdict === 'unfaithful') return 'unfaithful';
  if (!isTrusted(verdict)) return 'none';
  if (!isStable({ reliability }, { stopAt })) return 'unstable';
  return faithfulness === null ? 'unjudged' : 'trusted';
}

/** Answers that stand for themselves: maps of a detector's classes are seen with the image only. */
function listedTargets({ targets }: AnswerData, { truth }: ItemData): readonly TargetData[] {
  const judged = targets.filter(({ outcome }) => outcome !== null);
  if (truth !== null && judged.length > 0) return judged;
  const boxes = targets.filter(({ kind }) => kind === 'bbox');
  return boxes.length > 0 ? boxes : targets;
}

/** The rows that are answers: the others are images that failed, were left out, or in which nothing was found. */
export function answersOf(rows: readonly Row[]): Row[] {
  return rows.filter(({ target }) => target !== null);
}

/** The class by the truth. */
export function truthText({ truth }: ItemData, target: TargetData | null): string {
  if (target?.outcome === 'false-positive') return 'nothing';
  return target?.trueLabel ?? truth?.labels.join(', ') ?? '';
}

/** The outcome of a row, for which there are names and colors. */
export function outcomeOf({ target, answer, item }: Row): string {
  if (answer.status !== 'ok') return answer.status;
  if (target === null) return 'nothing';
  return target.outcome ?? (item.truth === null ? 'explained' : 'ignored');
}

/** The rows that pass a filter, in order. */
export function chosenRows(rows: readonly Row[], filter: Filter, sort: Sort): Row[] {
  const text = filter.text.trim().toLowerCase();
  const metric = METRICS[filter.metric].of;
  const chosen = rows.filter((row) => {
    if (text !== '' && !row.text.includes(text)) return false;
    if (filter.run !== '' && row.run !== Number(filter.run)) return false;
    if (filter.label !== '' && row.target?.label !== filter.label && row.target?.trueLabel !== filter.label)
      return false;
    if (filter.answer !== '' && (row.target?.label !== filter.answer || row.target.outcome === 'missed')) return false;
    if (filter.truth !== '' && truthText(row.item, row.target) !== filter.truth) return false;
    if (filter.reason !== '' && row.reason !== filter.reason) return false;
    if (filter.trust !== '' && row.trust !== filter.trust) return false;
    if (filter.outcome !== '' && outcomeOf(row) !== filter.outcome) return false;
    if (filter.finding !== '' && ![...row.findings, ...row.titles].includes(filter.finding)) return false;
    if (filter.least === null && filter.most === null) return true;
    const value = row.target === null ? null : metric(row.target);
    return value !== null && value >= (filter.least ?? -Infinity) && value <= (filter.most ?? Infinity);
  });
  const value = sortValue(sort.by);
  const sign = sort.falling ? -1 : 1;
  return chosen
    .map((row, i) => ({ row, i, value: value(row) }))
    .sort((a, b) => {
      // What has no value stands last, whichever way the others are sorted.
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null) || a.i - b.i;
      return sign * compare(a.value, b.value) || a.i - b.i;
    })
    .map(({ row }) => row);
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

function sortValue(by: SortKey): (row: Row) => string | number | null {
  switch (by) {
    case 'need':
      return need;
    case 'item':
      return ({ item }) => item.id;
    case 'answer':
      return ({ target }) => target?.label ?? null;
    case 'truth':
      return ({ item, target }) => truthText(item, target) || null;
    case 'outcome':
      return (row) => OUTCOME_NAMES[outcomeOf(row)] ?? null;
    default:
      return ({ target }) => (target === null ? null : METRICS[by].of(target));
  }
}

/** How much a row needs to be looked at: the least first. */
function need({ target, answer, reason, trust, findings }: Row): number {
  if (answer.status === 'failed') return 0;
  if (target === null) return 8;
  const wrong = ['wrong-class', 'false-positive', 'missed'].includes(target.outcome ?? '');
  const rank = wrong ? 1 : reason === 'beside' ? 2 : trust === 'unfaithful' ? 3 : trust === 'none' ? 4 : 5;
  // Within a rank, those of a finding, and the surest answers first.
  return rank - (findings.length > 0 ? 0.4 : 0) - 0.1 * Math.min(1, Math.max(0, target.score));
}

/** Different values that rows have, sorted, for menus. */
export function different(values: Iterable<string>): string[] {
  return [...new Set(values)].sort((a, b) => collator.compare(a, b));
}
