import { describe, expect, it } from 'vitest';
import type { AnswerData, ItemData, ReportData, TargetData } from '../../src/report/html/report-data.js';
import { classFigures } from '../../src/web/client/report/class-figures.js';
import { answersOf, rowsOf } from '../../src/web/client/report/rows.js';
import {
  convergence,
  scoresDiffer,
  whyScoresDiffer,
  whyUnmeasured,
} from '../../src/web/client/report/target-remarks.js';

function target(changes: Partial<TargetData>): TargetData {
  return {
    index: 0,
    kind: 'bbox',
    label: 'dog',
    box: [0, 0, 9, 9],
    score: 0.83,
    outcome: null,
    trueLabel: null,
    iou: null,
    map: null,
    verdict: 'ok',
    faithfulness: null,
    summary: null,
    dependence: null,
    reliability: 0.9,
    standardError: null,
    belief: null,
    pointing: null,
    energyInObject: null,
    energyInBox: null,
    objectArea: null,
    deletionAuc: null,
    insertionAuc: null,
    curves: null,
    removed: null,
    sufficient: null,
    significant: null,
    contrast: null,
    ...changes,
  };
}

function answer(targets: readonly TargetData[], status: AnswerData['status'] = 'ok'): AnswerData {
  return { status, message: null, samples: 64, stopped: 'max-samples', notes: [], command: null, targets };
}

function item(id: string, answered: AnswerData, truth: ItemData['truth']): ItemData {
  return { id, image: null, width: 9, height: 9, truth, answers: [answered] };
}

const report = (items: readonly ItemData[]): ReportData => ({
  version: 1,
  title: 't',
  tool: 'x',
  command: 'x',
  runs: [],
  items,
});

describe('outcomes by class', () => {
  const truth = { labels: ['dog', 'table'], boxes: [] };
  const targets = [
    target({ index: 0, outcome: 'true-positive', trueLabel: 'dog' }),
    target({ index: 1, outcome: 'wrong-class', label: 'cat', trueLabel: 'table' }),
    target({ index: 2, outcome: 'ignored', label: 'fork' }),
    target({ index: 3, outcome: 'ignored', label: 'cup' }),
    target({ index: 4, outcome: 'ignored', label: 'dog' }),
  ];
  const rows = rowsOf(report([item('a', answer(targets), truth), item('b', answer([], 'failed'), null)]));
  const figures = classFigures(rows, rows);

  it('are those of classes that were judged, the worst first', () => {
    expect(figures.map(({ label, total, judged, right }) => [label, total, judged, right])).toEqual([
      ['table', 1, 1, 0],
      ['dog', 2, 1, 1],
    ]);
  });

  it('count answers: an image that failed is none', () => {
    expect(rows).toHaveLength(6);
    expect(answersOf(rows)).toHaveLength(5);
  });

  it('take figures about maps from right answers with maps that are to be read', () => {
    const [right] = rows.filter((row) => row.target?.outcome === 'true-positive');
    const seen = {
      ...right!,
      reason: 'beside' as const,
      target: { ...right!.target!, energyInObject: 0.02, objectArea: 0.1 },
    };
    expect(classFigures([seen], [seen])).toMatchObject([{ energy: 0.02, area: 0.1, told: 1, beside: 1 }]);
    expect(classFigures([seen], [])).toMatchObject([{ energy: null, area: null, told: 1, beside: 1 }]);
  });
});

describe('what is remarked on an answer', () => {
  it('says that a map is not stable yet, unless more runs would not help', () => {
    expect(convergence(target({ reliability: 0.41 }), 0.95)).toMatch(
      /repeatable to 0\.41, and 0\.95 was wanted.*More runs/,
    );
    expect(convergence(target({ reliability: 0.96 }), 0.95)).toBeNull();
    expect(convergence(target({ reliability: 0.41, verdict: 'lost' }), 0.95)).toBeNull();
    expect(convergence(target({ reliability: 0.41 }), null)).toBeNull();
  });

  it('says why the score under masks is another than the answer', () => {
    expect(scoresDiffer(target({}), 0.918)).toBe(true);
    expect(scoresDiffer(target({}), 0.8301)).toBe(false);
    expect(whyScoresDiffer(target({}), 'd-rise')).toMatch(/^The 83 % above .*D-RISE/);
    expect(whyScoresDiffer(target({}), 'iou')).toMatch(/sum of the scores/);
    expect(whyScoresDiffer(target({ kind: 'label', score: 1.66 }), 'd-rise')).toMatch(/^The 1\.66 above is the sum/);
  });

  it('says why nothing was hidden and shown', () => {
    const [first, second] = [target({ deletionAuc: 0.1 }), target({ index: 1 })];
    const label = target({ index: 2, kind: 'label' });
    expect(whyUnmeasured(first, answer([first]))).toBeNull();
    expect(whyUnmeasured(label, answer([label, first]))).toMatch(/boxes only; full metrics/);
    expect(whyUnmeasured(second, answer([first, second]))).toMatch(/first answers only/);
    expect(whyUnmeasured(second, answer([second]))).toMatch(/^What hiding and showing parts does was not measured/);
  });
});
