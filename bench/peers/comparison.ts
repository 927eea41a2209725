import { withSections } from '../../scripts/docs-tables.mjs';
import type { Comparison, MapFigures, PhotoResult } from './data.js';
import { COSTLY_PHOTOS, METHODS, MODELS, REFERENCE, type ComparedMethod, type ComparedModel } from './plan.js';

/** One method on one model. */
interface Row {
  readonly method: ComparedMethod;
  readonly photos: number;
  readonly values: ReadonlyMap<Column, number | null>;
  /** Difference to the reference and its standard error, paired by photo; null for the reference and where one photo is all. */
  readonly differences: ReadonlyMap<Quality, Difference | null>;
  /** Whether it has all photos of the table, so that its means may be held against those of others. */
  readonly isWhole: boolean;
}

export interface Difference {
  readonly mean: number;
  readonly error: number;
  readonly photos: number;
}

const QUALITIES = ['deletion', 'insertion', 'oa', 'oab', 'epg', 'epg01', 'pointing'] as const;
type Quality = (typeof QUALITIES)[number];
type Column = Quality | 'runs' | 'cpu' | 'start' | 'peak';

interface ColumnWords {
  readonly head: string;
  readonly best: 'most' | 'least';
  readonly digits: number;
}

const COLUMNS: Readonly<Record<Column, ColumnWords>> = {
  runs: { head: 'runs', best: 'least', digits: 0 },
  cpu: { head: 'CPU s', best: 'least', digits: 1 },
  start: { head: 'start, CPU s', best: 'least', digits: 1 },
  peak: { head: 'MiB', best: 'least', digits: 0 },
  deletion: { head: 'deletion ↓', best: 'least', digits: 3 },
  insertion: { head: 'insertion ↑', best: 'most', digits: 3 },
  oa: { head: 'OA ↑', best: 'most', digits: 3 },
  oab: { head: 'OAB ↑', best: 'most', digits: 3 },
  epg: { head: 'EPG ↑', best: 'most', digits: 3 },
  epg01: { head: 'EPG from 0 ↑', best: 'most', digits: 3 },
  pointing: { head: 'pointing ↑', best: 'most', digits: 2 },
};
/** Columns of which the difference to the reference stands beside the value. */
const COMPARED: readonly Quality[] = ['oa', 'oab'];

const WORDS: Readonly<Record<Quality, string>> = {
  deletion: 'Deletion',
  insertion: 'Insertion',
  oa: 'OA',
  oab: 'OAB',
  epg: 'EPG',
  epg01: 'EPG from 0',
  pointing: 'Pointing',
};

/** The page with what the data say between its markers. */
export function comparisonPage(page: string, comparison: Comparison): string {
  return withSections(page, comparisonSections(comparison));
}

/** What stands between the markers, by their names. */
export function comparisonSections(comparison: Comparison): Map<string, string> {
  return new Map([
    ['made', made(comparison)],
    ['tables', MODELS.map((model) => modelSection(comparison, model)).join('\n\n')],
    ['not run', notRun(comparison)],
  ]);
}

function made({ date, commit, machine, threads, budget, versions, results }: Comparison): string {
  const named = Object.entries(versions)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, version]) => `${name} ${version}`);
  const photos = MODELS.map(
    ({ id, title }) =>
      `${title}: ${new Set(results.filter(({ model }) => model === id).map(({ photo }) => photo)).size}`,
  );
  const memory = Math.round(machine.memory / 2 ** 30);
  return [
    `Made on ${date} at commit ${commit}. Machine: ${machine.cores} cores (${machine.cpu}), ${memory} GiB of memory, ${machine.system}; everybody has ${threads} threads. ${loadWords(machine.load, machine.cores)}`,
    `Versions: ${named.join(', ')}.`,
    `Photos: ${photos.join('; ')}. What takes minutes a photo was given the first ${COSTLY_PHOTOS}. Equal runs: ${budget}.`,
    `To repeat it, with Python 3.11 or uv at hand:\n\n<!-- not run: it takes hours, in a checkout -->\n\n\`\`\`sh\n${commands({ budget, results })}\n\`\`\``,
  ].join('\n\n');
}

function loadWords(load: number, cores: number): string {
  const words = `The load average at the end was ${load.toFixed(1)}`;
  return load > cores + 1
    ? `${words}: other programs ran beside, which stretches CPU seconds, and no other figure.`
    : `${words}.`;
}

/** A line a model. */
function commands({ budget, results }: Pick<Comparison, 'budget' | 'results'>): string {
  return MODELS.flatMap(({ id }) => {
    const photos = new Set(results.filter(({ model }) => model === id).map(({ photo }) => photo)).size;
    return photos === 0 ? [] : [`npm run bench -- peers ${photos} ${budget} /tmp/datum-peers ${id}`];
  }).join('\n');
}

function modelSection(comparison: Comparison, model: ComparedModel): string {
  const results = comparison.results.filter((result) => result.model === model.id);
  if (results.length === 0) return `## ${model.title}\n\nNot run.`;
  const rows = rowsOf(results);
  const columns = Object.keys(COLUMNS).filter(isColumn);
  const shown = columns.filter((column) => rows.some(({ values }) => values.get(column) != null));
  const parts = [`## ${model.title}`];
  const photos = [...new Set(results.map(({ photo }) => photo))];
  parts.push(`${count(photos.length, 'photo')}: ${photos.join(', ')}.`);
  for (const at of ['default', 'equal'] as const) {
    const group = rows.filter(({ method }) => method.at === at);
    if (group.length === 0) continue;
    const reference = rows.flatMap((row) =>
      row.method.id === REFERENCE && at === 'equal'
        ? [{ ...row, method: { ...row.method, title: `${row.method.title}, as it comes` } }]
        : [],
    );
    const title = at === 'default' ? 'As each comes' : `At ${comparison.budget} runs, or as near as each can be told`;
    const shownRows = [...reference, ...group];
    parts.push(`### ${title}`, table(shownRows, shown), ...sentences(shownRows, shown));
  }
  return parts.join('\n\n');
}

/** One row a method, in the order of the plan. */
export function rowsOf(results: readonly PhotoResult[]): Row[] {
  const photos = new Set(results.map(({ photo }) => photo)).size;
  const of = (id: string): PhotoResult[] => results.filter(({ method }) => method === id);
  const reference = of(REFERENCE);
  return METHODS.flatMap((method): Row[] => {
    const own = of(method.id);
    if (own.length === 0) return [];
    const values = new Map<Column, number | null>(QUALITIES.map((quality) => [quality, meanOfKnown(own, quality)]));
    values.set('runs', meanOf(own.map(({ runs }) => runs)));
    values.set('cpu', meanOf(own.map(({ cpu }) => cpu)));
    values.set('peak', Math.max(...own.map(({ peak }) => peak)) / 2 ** 20);
    values.set('start', meanOf(own.map(({ start }) => start)));
    const differences = new Map(
      QUALITIES.map((quality) => [quality, method.id === REFERENCE ? null : pairedDifference(own, reference, quality)]),
    );
    return [{ method, photos: own.length, values, differences, isWhole: own.length === photos }];
  });
}

/** A photo's figure: the mean over its targets, of those that have one. */
function figureOf({ maps }: PhotoResult, quality: Quality): number | null {
  const known = maps.flatMap((map) => {
    const value = valueOf(map, quality);
    return value === null ? [] : [value];
  });
  return known.length === 0 ? null : meanOf(known);
}

function valueOf(map: MapFigures, quality: Quality): number | null {
  return quality === 'pointing' ? (map.pointing === null ? null : Number(map.pointing)) : map[quality];
}

function meanOfKnown(results: readonly PhotoResult[], quality: Quality): number | null {
  const known = results.flatMap((result) => figureOf(result, quality) ?? []);
  return known.length === 0 ? null : meanOf(known);
}

/**
 * Mean over photos of a method's figure less that of another on the same photo, and the standard error of that mean; null
 * where fewer than two photos have both.
 */
export function pairedDifference(
  own: readonly PhotoResult[],
  others: readonly PhotoResult[],
  quality: Quality,
): Difference | null {
  const differences = own.flatMap((result) => {
    const other = others.find(({ photo }) => photo === result.photo);
    const [a, b] = [figureOf(result, quality), other === undefined ? null : figureOf(other, quality)];
    return a === null || b === null ? [] : [a - b];
  });
  const photos = differences.length;
  if (photos < 2) return null;
  const mean = meanOf(differences);
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (photos - 1);
  return { mean, error: Math.sqrt(variance / photos), photos };
}

function table(rows: readonly Row[], columns: readonly Column[]): string {
  const winners = new Map(columns.map((column) => [column, bestOf(rows, column)]));
  const cells = (row: Row): string[] => [
    row.method.title,
    String(row.photos),
    ...columns.flatMap((column) => {
      const value = row.values.get(column) ?? null;
      const text = shownValue(value, column);
      const cell = value !== null && row.isWhole && text === winners.get(column) ? `**${text}**` : text;
      const compared = COMPARED.find((quality) => quality === column);
      return compared === undefined ? [cell] : [cell, shownDifference(row.differences.get(compared) ?? null)];
    }),
  ];
  const head = [
    'method',
    'photos',
    ...columns.flatMap((column) => {
      const { head: name } = COLUMNS[column];
      return COMPARED.some((quality) => quality === column) ? [name, `${name.slice(0, -2)} difference`] : [name];
    }),
  ];
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [line(head), line(['---', ...head.slice(1).map(() => '---:')]), ...rows.map((row) => line(cells(row)))].join(
    '\n',
  );
}

/** The best value of a column as it is shown, among the rows that have all photos. */
function bestOf(rows: readonly Row[], column: Column): string | null {
  const known = rows.flatMap(({ values, isWhole }) => (isWhole ? (values.get(column) ?? []) : []));
  if (known.length === 0) return null;
  return shownValue(COLUMNS[column].best === 'most' ? Math.max(...known) : Math.min(...known), column);
}

function shownValue(value: number | null, column: Column): string {
  if (value === null) return '–';
  const { digits } = COLUMNS[column];
  // Never "-0.000".
  return (Number(value.toFixed(digits)) + 0).toFixed(digits);
}

function shownDifference(difference: Difference | null): string {
  if (difference === null) return '–';
  return `${signed(difference.mean)} ± ${difference.error.toFixed(3)}`;
}

function signed(value: number): string {
  const text = value.toFixed(3);
  return value < 0 ? text.replace('-', '−') : `+${text}`;
}

/** Who is best at what, and how the best peer stands to the product's default preset: one sentence a column. */
function sentences(rows: readonly Row[], columns: readonly Column[]): string[] {
  const whole = rows.filter(({ isWhole }) => isWhole);
  const lines = columns.filter(isQuality).flatMap((quality) => {
    const ranked = whole
      .flatMap((row) => {
        const value = row.values.get(quality) ?? null;
        return value === null ? [] : [{ row, value }];
      })
      .sort((a, b) => (COLUMNS[quality].best === 'most' ? b.value - a.value : a.value - b.value));
    const [first] = ranked;
    const peer = ranked.find(({ row }) => row.method.peer !== null);
    const own = ranked.find(({ row }) => row.method.peer === null);
    if (first === undefined || peer === undefined || own === undefined) return [];
    const named = ({ row, value }: { readonly row: Row; readonly value: number }): string =>
      `${row.method.title} (${shownValue(value, quality)})`;
    const tied = ranked.filter(({ value }) => shownValue(value, quality) === shownValue(first.value, quality));
    const isTie = tied.some(({ row }) => row.method.peer !== null) && tied.some(({ row }) => row.method.peer === null);
    const difference = peer.row.differences.get(quality) ?? null;
    const against =
      difference === null ? '' : `; the peer's difference to ${titleOfReference()} is ${judged(difference)}`;
    if (isTie)
      return [
        `- **${WORDS[quality]}**: ${tied.length} of ${ranked.length} are equal at ${shownValue(first.value, quality)}, the best peer among them.`,
      ];
    const winner =
      first === peer
        ? `a peer wins, ${named(peer)}; the best of datum's is ${named(own)}`
        : `${named(own)} wins; the best peer is ${named(peer)}`;
    return [`- **${WORDS[quality]}**: ${winner}${against}.`];
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function titleOfReference(): string {
  return METHODS.find(({ id }) => id === REFERENCE)?.title ?? REFERENCE;
}

/** Two-sided 95 % of Student's t, by degrees of freedom from 1 on; beyond them it is near that of the normal distribution. */
const STUDENT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

function judged({ mean, error, photos }: Difference): string {
  const isClear = Math.abs(mean) > (STUDENT[photos - 2] ?? 2.2) * error;
  const words = isClear ? 'more than chance gives' : 'no more than chance gives';
  return `${shownDifference({ mean, error, photos })}, ${words} with ${count(photos, 'photo')}`;
}

function notRun({ failures, results }: Comparison): string {
  const titled = (id: string): string => METHODS.find((method) => method.id === id)?.title ?? id;
  const model = (id: string): string => MODELS.find((one) => one.id === id)?.title ?? id;
  const failed = failures.map(
    ({ method, model: on, why }) => `- ${titled(method)} on ${model(on)} failed: \`${why.replaceAll('`', "'")}\``,
  );
  const missing = MODELS.flatMap(({ id, title, task }) => {
    const done = new Set(results.filter((result) => result.model === id).map(({ method }) => method));
    const failedHere = new Set(failures.filter((one) => one.model === id).map(({ method }) => method));
    const left = METHODS.filter(({ id: of, tasks }) => tasks.includes(task) && !done.has(of) && !failedHere.has(of));
    if (left.length === 0) return [];
    return [
      `- Not reached in this sitting on ${title}: ${left.map((one) => `${one.title} (${one.at === 'equal' ? 'equal runs' : 'as it comes'})`).join(', ')}.`,
    ];
  });
  const lines = [...failed, ...missing];
  return lines.length === 0 ? 'Everything that was asked for ran.' : lines.join('\n');
}

function isColumn(name: string): name is Column {
  return name in COLUMNS;
}

function isQuality(column: Column): column is Quality {
  return QUALITIES.some((quality) => quality === column);
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
