import type { ReportData, RunData } from '../../../report/html/report-data.js';
import { counted, percent } from '../shared/format.js';
import type { State } from '../shared/signs.js';
import { NO_FILTER, TRUST, type Filter, type Row, type Trust } from './rows.js';

/** A part of all answers, which narrows the pictures to it. */
export interface Part {
  readonly name: string;
  readonly count: number;
  readonly state: State;
  readonly filter: Filter;
}

/** One of the three questions, and what is answered. */
export interface Question {
  readonly question: string;
  readonly state: State;
  readonly say: string;
  /** Of one whole; none where nothing is known. */
  readonly parts: readonly Part[];
  readonly note: string | null;
}

/** What a page says first. */
export interface Verdict {
  readonly lead: string;
  readonly sub: string;
  /** Right? For the right reason? To be trusted? Always these three, in this order. */
  readonly questions: readonly Question[];
}

/** @param rows of the run alone */
export function verdictOf(run: RunData, rows: readonly Row[], items: number): Verdict {
  const questions = [rightQuestion(rows), reasonQuestion(run, rows), trustQuestion(rows)];
  return { lead: leadOf(run, rows, questions), sub: subOf(run, items), questions };
}

function leadOf({ findings, checks }: RunData, rows: readonly Row[], questions: readonly Question[]): string {
  const explained = rows.filter(({ trust }) => trust !== null);
  const readable = explained.filter(({ trust }) => trust !== 'unfaithful' && trust !== 'none');
  // What cannot be read comes before what it would say.
  if (explained.length > 0 && readable.length < explained.length / 2) {
    return readable.length === 0
      ? 'None of the maps can be read.'
      : `Only ${readable.length} of ${counted(explained.length, 'map')} can be read.`;
  }
  const [first] = findings;
  if (first !== undefined) return first.lead;
  const made = checks.filter(({ untested }) => untested === null).length;
  if (questions[0]?.state === 'unknown') {
    return `${counted(explained.length, 'answer')} explained; whether they are right is not known.`;
  }
  return made === 0 ? 'No check could be made.' : `No problem found in ${counted(made, 'check')}.`;
}

function subOf({ name, dataset, counts, checks }: RunData, items: number): string {
  const untested = checks.filter((check) => check.untested !== null).length;
  return [
    `${name} on ${counted(items, 'picture')}${dataset === null ? '' : ` of “${dataset}”`}.`,
    ...(counts.failed > 0 ? [`${counts.failed} failed.`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} left out.`] : []),
    ...(untested > 0 && untested < checks.length ? [`${counted(untested, 'check')} could not be made.`] : []),
  ].join(' ');
}

const outcomes = (rows: readonly Row[], ...wanted: readonly string[]): Row[] =>
  rows.filter(({ target }) => wanted.includes(target?.outcome ?? ''));

function rightQuestion(rows: readonly Row[]): Question {
  const [right, other] = [outcomes(rows, 'true-positive'), outcomes(rows, 'wrong-class')];
  const [missed, nothing] = [outcomes(rows, 'missed'), outcomes(rows, 'false-positive')];
  const finds = rows.some(({ target }) => target?.kind === 'bbox' && target.outcome !== null);
  const question = finds ? 'Does it find what is there?' : 'Are its answers right?';
  const all = right.length + other.length + (finds ? missed.length : 0);
  if (all === 0) return unknown(question, 'Not known: nothing is annotated');
  const narrowed = (outcome: string): Filter => ({ ...NO_FILTER, outcome });
  return {
    question,
    state: right.length === all && nothing.length === 0 ? 'good' : right.length < all / 2 ? 'bad' : 'warn',
    say: finds
      ? right.length === all
        ? `All ${counted(all, 'annotated object')}`
        : `${right.length} of ${counted(all, 'annotated object')} (${percent(right.length / all)})`
      : right.length === all
        ? `All ${all} are right`
        : `${right.length} of ${all} are right (${percent(right.length / all)})`,
    parts: [
      { name: finds ? 'found' : 'right', count: right.length, state: 'good', filter: narrowed('true-positive') },
      {
        name: finds ? 'as another class' : `wrong${mostly(other)}`,
        count: other.length,
        state: finds ? 'warn' : 'bad',
        filter: narrowed('wrong-class'),
      },
      ...(finds ? [{ name: 'missed', count: missed.length, state: 'bad', filter: narrowed('missed') } as const] : []),
    ],
    note: nothing.length === 0 ? null : `and ${counted(nothing.length, 'box', 'boxes')} where nothing is annotated`,
  };
}

/** `, 4 of them “horse”`, where most of several are of one class. */
function mostly(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { target } of rows) {
    if (target !== null) counts.set(target.label, (counts.get(target.label) ?? 0) + 1);
  }
  const [top] = [...counts].sort(([, a], [, b]) => b - a);
  if (top === undefined || rows.length < 2 || top[1] <= rows.length / 2) return '';
  return top[1] === rows.length ? `, all “${top[0]}”` : `, ${top[1]} of them “${top[0]}”`;
}

function reasonQuestion({ findings }: RunData, rows: readonly Row[]): Question {
  const question = 'For the right reason?';
  const right = outcomes(rows, 'true-positive');
  const known = right.filter(({ reason }) => reason !== 'unknown');
  if (known.length === 0) {
    const spot = findings.find(({ kind }) => kind === 'shared-spot');
    return unknown(
      question,
      spot === undefined ? 'Not known: no object has a box' : `Not known; but ${spot.count} answers share one spot`,
    );
  }
  const of = (reason: string): Row[] => known.filter((row) => row.reason === reason);
  const [on, both, beside] = [of('object'), of('both'), of('beside')];
  const narrowed = (reason: string): Filter => ({ ...NO_FILTER, reason, outcome: 'true-positive' });
  const untold = right.length - known.length;
  return {
    question,
    state: beside.length === 0 ? 'good' : beside.length > 0.05 * known.length ? 'bad' : 'warn',
    say:
      beside.length === 0
        ? `${untold === 0 ? `All ${known.length}` : `${known.length} of ${right.length}`} depend on their object`
        : `${beside.length} of ${counted(right.length, 'right answer')} ${beside.length === 1 ? 'depends' : 'depend'} on something beside ${beside.length === 1 ? 'its' : 'their'} object`,
    parts: [
      { name: 'on their object', count: on.length, state: 'good', filter: narrowed('object') },
      { name: 'on it and its surroundings', count: both.length, state: 'good', filter: narrowed('both') },
      { name: `beside it${mostly(beside)}`, count: beside.length, state: 'bad', filter: narrowed('beside') },
      ...(untold > 0
        ? [{ name: 'not known', count: untold, state: 'unknown', filter: narrowed('unknown') } as const]
        : []),
    ],
    note: null,
  };
}

function trustQuestion(rows: readonly Row[]): Question {
  const question = 'Can the maps be trusted?';
  const all = rows.filter(({ trust }) => trust !== null).length;
  if (all === 0) return unknown(question, 'There are no maps');
  const count = (trust: Trust): number => rows.filter((row) => row.trust === trust).length;
  const [trusted, unjudged] = [count('trusted'), count('unjudged')];
  const doubts = (['unstable', 'unfaithful', 'none'] as const)
    .filter((trust) => count(trust) > 0)
    .map((trust) => `${count(trust)} ${trust === 'none' ? 'without a map' : TRUST[trust].name}`);
  const parts = (['trusted', 'unjudged', 'unstable', 'unfaithful', 'none'] as const)
    .filter((trust) => count(trust) > 0 || (trust !== 'unjudged' && trust !== 'none'))
    .map((trust): Part => ({
      name: TRUST[trust].name,
      count: count(trust),
      state: TRUST[trust].state,
      filter: { ...NO_FILTER, trust },
    }));
  if (doubts.length > 0) {
    const sound = trusted + unjudged;
    return {
      question,
      state: sound < all / 2 ? 'bad' : 'warn',
      say: `${sound} of ${all}; ${doubts.join(', ')}`,
      parts,
      note: null,
    };
  }
  return unjudged > 0
    ? { question, state: 'unknown', say: 'All are repeatable; faithful was not asked', parts, note: null }
    : { question, state: 'good', say: `Yes: all ${all} are repeatable and faithful`, parts, note: null };
}

function unknown(question: string, say: string): Question {
  return { question, state: 'unknown', say, parts: [], note: null };
}

/** Rows of a run. */
export function rowsOfRun(rows: readonly Row[], run: number): Row[] {
  return rows.filter((row) => row.run === run);
}

export function itemsOfRun({ items }: ReportData, run: number): number {
  return items.filter(({ answers }) => answers[run] != null).length;
}
