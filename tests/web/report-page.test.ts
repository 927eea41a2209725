import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type {
  AnswerData,
  FindingData,
  ItemData,
  ReportData,
  RunData,
  TargetData,
} from '../../src/report/html/report-data.js';
import { AGREE, agreement } from '../../src/web/client/shared/agreement.js';
import { comparisonVerdict, pairsOf } from '../../src/web/client/report/compare.js';
import { chosenRows, comparableMetrics, METRICS, NO_FILTER, rowsOf } from '../../src/web/client/report/rows.js';
import { FIRST_STATE, hashOf, narrowedBy, stateOf } from '../../src/web/client/report/state.js';
import { verdictOf } from '../../src/web/client/report/verdict.js';
import { meaningOf } from '../../src/web/client/shared/terms.js';

const CLIENT = new URL('../../src/web/client/', import.meta.url);

function target(changes: Partial<TargetData>): TargetData {
  return {
    ...{ index: 0, kind: 'label', label: 'dog', box: null, score: 0.8, outcome: 'true-positive', trueLabel: 'dog' },
    ...{ iou: null, map: null, verdict: 'ok', reliability: 0.97, standardError: null, belief: null, pointing: null },
    faithfulness: { advantage: null, rho: 0.9, oa: 0.5, scale: 0.8, runs: 0 },
    ...{ energyInObject: 0.5, energyInBox: null, objectArea: 0.1, deletionAuc: null, insertionAuc: null, curves: null },
    ...{ removed: null, sufficient: null, significant: null, contrast: null, summary: null, dependence: 'object' },
    ...changes,
  };
}

const answer = (...targets: TargetData[]): AnswerData => ({
  ...{ status: 'ok', message: null, samples: 64, stopped: 'reliability', notes: [], command: null },
  targets,
});

const item = (id: string, ...answers: AnswerData[]): ItemData => ({
  ...{ id, image: null, width: 9, height: 9, truth: { labels: ['dog'], boxes: [] } },
  answers,
});

const run = (changes: Partial<RunData> = {}): RunData => ({
  ...{ name: 'a.onnx', counts: { explained: 2, skipped: 0, failed: 0 }, stopAt: 0.95, match: null, metrics: 'fast' },
  ...{ command: null, dataset: 'pets', read: [], findings: [], checks: [], facts: [] },
  ...changes,
});

const report = (runs: readonly RunData[], items: readonly ItemData[]): ReportData => ({
  ...{ version: 1, title: 't', tool: 'x', command: 'x' },
  runs,
  items,
});

/** A map of 4 x 4 cells with one bright one. */
const mapAt = (cell: number): TargetData['map'] => ({
  ...{ width: 4, height: 4, min: 0, max: 1 },
  bytes: Buffer.from(Array.from({ length: 16 }, (_, i) => (i === cell ? 255 : 0))).toString('base64'),
});

const GRAVE: FindingData = {
  ...{ kind: 'shared-spot', kindTitle: 'A shared spot', classes: ['dog'], title: 'A shared spot: “dog”', grave: true },
  ...{ lead: '“dog” depends on a corner.', short: 'In 1 of 1 pictures.', sentence: '', advice: '', count: 1, of: 1 },
  ...{ interval: [0, 1], test: null, figures: [], examples: [], region: null, map: null },
};

describe('the three questions', () => {
  const verdict = (...targets: TargetData[]) => {
    const data = report(
      [run()],
      targets.map((one, i) => item(String(i), answer(one))),
    );
    return verdictOf(data.runs[0]!, rowsOf(data), targets.length);
  };
  const saying = (...targets: TargetData[]) => verdict(...targets).questions.map(({ state, say }) => [state, say]);

  it('are always the same three, in this order', () => {
    for (const some of [[], [target({})], [target({ outcome: null, verdict: 'noise', dependence: null })]]) {
      const questions = verdict(...some).questions.map(({ question }) => question);
      expect(questions).toEqual(['Are its answers right?', 'For the right reason?', 'Can the maps be trusted?']);
    }
  });

  it('count what is right, on its object and to be trusted', () => {
    expect(saying(target({}), target({}))).toEqual([
      ['good', 'All 2 are right'],
      ['good', 'All 2 depend on their object'],
      ['good', 'Yes: all 2 are repeatable and faithful'],
    ]);
    expect(
      saying(
        target({ dependence: 'beside' }),
        target({ outcome: 'wrong-class', label: 'cat' }),
        target({ verdict: 'unfaithful', dependence: null }),
        target({ reliability: 0.8, dependence: null }),
      ),
    ).toEqual([
      ['warn', '3 of 4 are right (75 %)'],
      ['bad', '1 of 3 right answers depends on something beside its object'],
      ['warn', '2 of 4; 1 not stable yet, 1 not faithful'],
    ]);
  });

  it('say what is not known', () => {
    expect(saying(target({ outcome: null, dependence: null, faithfulness: null }))).toEqual([
      ['unknown', 'Not known: nothing is annotated'],
      ['unknown', 'Not known: no object has a box'],
      ['unknown', 'All are repeatable; faithful was not asked'],
    ]);
  });

  it('stand below one statement: the gravest finding, unless most maps cannot be read', () => {
    const data = report([run({ findings: [GRAVE] })], [item('a', answer(target({})))]);
    expect(verdictOf(data.runs[0]!, rowsOf(data), 1)).toMatchObject({
      lead: '“dog” depends on a corner.',
      sub: 'a.onnx on 1 picture of “pets”.',
    });
    const noise = report([run({ findings: [GRAVE] })], [item('a', answer(target({ verdict: 'noise' })))]);
    expect(verdictOf(noise.runs[0]!, rowsOf(noise), 1).lead).toBe('None of the maps can be read.');
  });
});

describe('a link', () => {
  it('holds every state, and nothing of what is as at first', () => {
    expect(hashOf(FIRST_STATE)).toBe('');
    const state = {
      ...FIRST_STATE,
      filter: { ...NO_FILTER, text: 'a & b=c', truth: 'cow', reason: 'beside', metric: 'energy', least: 0.1 } as const,
      sort: { by: 'score', falling: true } as const,
      view: 'table' as const,
      item: '0 ["horse/001",0]',
      pair: [2, 1] as const,
    };
    expect(stateOf(`#${hashOf(state)}`)).toEqual(state);
    expect(narrowedBy(state.filter, (part, value) => `${part} ${value}`).map(({ name }) => name)).toEqual([
      'text a & b=c',
      'truth cow',
      'reason beside',
      'Map on object: at least 0.1',
    ]);
  });

  it('that says nonsense opens the page as at first', () => {
    expect(stateOf('#sort=nothing&view=x&metric=y&from=z&a=q')).toEqual(FIRST_STATE);
    expect(stateOf('#findings')).toEqual(FIRST_STATE);
  });
});

describe('two models', () => {
  const data = report(
    [run(), run({ name: 'b.onnx', metrics: 'full' })],
    [
      item('same', answer(target({ map: mapAt(5) })), answer(target({ map: mapAt(5) }))),
      item('reason', answer(target({ map: mapAt(0) })), answer(target({ map: mapAt(15) }))),
      item('untold', answer(target({ map: mapAt(0) })), answer(target({ map: mapAt(0), verdict: 'unfaithful' }))),
      item(
        'right',
        answer(target({ label: 'cat', outcome: 'wrong-class', map: mapAt(0) })),
        answer(target({ map: mapAt(5) })),
      ),
    ],
  );
  const pairs = pairsOf(data, [0, 1]);

  it('are shown by what differs, most first; maps that are not to be read are not compared', () => {
    expect(pairs.map((pair) => [pair.item.id, pair.difference])).toEqual([
      ['right', 'one-right'],
      ['reason', 'reason'],
      ['untold', 'untold'],
      ['same', 'same'],
    ]);
    expect(pairs.map(({ agreement: agree }) => agree === null)).toEqual([false, false, true, false]);
    expect(pairs[0]!.sentence).toBe('A says “cat” 80 %; B says “dog” 80 %. B is right.');
    expect(pairs[2]!.sentence).toBe('Both say “dog”. The map of B is not to be read.');
    expect(comparisonVerdict(data, [0, 1], pairs, rowsOf(data)).lead).toBe('They differ on 2 of 4 pictures.');
  });

  it('that were measured differently share no figure of what was hidden', () => {
    expect(comparableMetrics(data)).toEqual(['score', 'energy', 'reliability']);
    expect(comparableMetrics(report([run(), run()], []))).toHaveLength(6);
  });

  it('agree by the correlation of their maps', () => {
    const map = (bytes: number[]) => ({ width: 2, height: 2, min: 0, max: 1, bytes: Uint8Array.from(bytes) });
    expect(agreement(map([0, 50, 100, 200]), map([0, 50, 100, 200]))).toBeCloseTo(1);
    expect(agreement(map([0, 50, 100, 200]), map([200, 150, 100, 0]))).toBeCloseTo(-1);
    expect(agreement(map([9, 9, 9, 9]), map([0, 50, 100, 200]))).toBeNull();
    expect(AGREE).toBeGreaterThan(0.79);
  });
});

it('pictures are narrowed by what an answer depends on, and by its map', () => {
  const data = report(
    [run()],
    [item('a', answer(target({ dependence: 'beside' }))), item('b', answer(target({ verdict: 'unfaithful' })))],
  );
  const shown = (filter: Partial<typeof NO_FILTER>) =>
    chosenRows(rowsOf(data), { ...NO_FILTER, ...filter }, { by: 'need', falling: false }).map((row) => row.item.id);
  expect(shown({})).toEqual(['a', 'b']);
  expect(shown({ reason: 'beside' })).toEqual(['a']);
  expect(shown({ trust: 'unfaithful' })).toEqual(['b']);
});

it('every word that explains itself stands in the glossary', () => {
  const sources = readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx'))
    .map((name) => readFileSync(new URL(name.replaceAll('\\', '/'), CLIENT), 'utf8'));
  const used = sources.flatMap((text) =>
    [...text.matchAll(/(?:<Term of=|term: )["']([^"']+)["']/g)].map(([, term]) => term!),
  );
  const lines = sources.flatMap((text) =>
    [...text.matchAll(/\bline\(\s*(?:'[^']+'|[^,]+),\s*'([^']+)'/g)].map(([, term]) => term!),
  );
  const all = [...used, ...lines, ...Object.values(METRICS).map(({ term }) => term)];
  expect(all.length).toBeGreaterThan(25);
  expect(all.filter((term) => meaningOf(term) === null)).toEqual([]);
});
