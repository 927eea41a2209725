import { describe, expect, it } from 'vitest';
import { sayOptions } from '../../src/errors.js';
import { targetSummary, type SummarizedTarget, type SummaryContext } from '../../src/results/target-summary.js';
import { scoreText, shareText } from '../../src/results/share-text.js';

const CONTEXT: SummaryContext = {
  image: { width: 200, height: 100 },
  samples: 300,
  stopAt: 0.95,
  wanted: 0.25,
  next: 'sharp',
  besideBoxes: false,
};

/** A box of 20 % of the image, whose map lies in it. */
const BOX: SummarizedTarget = {
  kind: 'bbox',
  label: { id: 3, name: 'dog' },
  bbox: [0, 0, 40, 100],
  score: 0.77,
  why: 'answer',
  verdict: 'ok',
  reliability: 0.96,
  faithfulness: { advantage: null, rho: 0.8, oa: 0.5, scale: 0.77, runs: 14 },
  belief: { baseline: 0.77, low: 0.1, median: 0.3, high: 0.8, filled: 0 },
  deletionAuc: 0.1,
  insertionAuc: 0.6,
  boundary: {
    removed: { share: 0.091, below: 0.08, to: { id: 4, name: 'cat' } },
    sufficient: { share: 0.1, below: 0.09 },
  },
  peak: { x: 10, y: 50 },
  pointing: null,
  objectArea: null,
  energyInObject: null,
  energyInBox: 0.81,
};

/** A class on an annotated object of 10 % of the image. */
const CLASS: SummarizedTarget = {
  ...BOX,
  kind: 'label',
  bbox: null,
  energyInBox: null,
  pointing: true,
  objectArea: 0.1,
  energyInObject: 0.57,
};

function said(target: Partial<SummarizedTarget>, context: Partial<SummaryContext> = {}, base = BOX): string {
  const sentence = targetSummary({ ...base, ...target }, { ...CONTEXT, ...context });
  return sayOptions(sentence, (name, value) => `--${name} ${value ?? ''}`);
}

describe('the sentence that answers why', () => {
  it('a box on its object', () => {
    expect(said({})).toBe(
      'dog 77 %: depends on the dog (81 % of the map lies in its box, which is 20 % of the picture). Hide the brightest 9.1 % and it becomes cat; the brightest 10 % is enough. Map: repeatable, faithful.',
    );
  });

  it('a box that disappears, of a class whose name is a number', () => {
    const boundary = { removed: { share: 0.05, below: 0, to: null }, sufficient: { share: 0.2, below: 0 } };
    expect(said({ boundary, label: { id: 7, name: '7' } })).toContain(
      '7 77 %: depends on the object (81 % of the map lies in its box, which is 20 % of the picture). Hide the brightest 5.0 % and it disappears;',
    );
  });

  it('a class on its object, beside it, and both', () => {
    expect(said({}, {}, CLASS)).toMatch(
      /^dog 77 %: depends on the dog \(57 % of the map lies on it; it covers 10 % of the picture\)\. Hide/,
    );
    expect(said({ pointing: false, energyInObject: 0.006, peak: { x: 5, y: 95 } }, {}, CLASS)).toMatch(
      /^dog 77 %: depends on something beside the dog, the lower left of the picture \(0\.6 % of the map lies on it;/,
    );
    expect(said({ pointing: true, energyInObject: 0.11 }, {}, CLASS)).toContain('on the dog and on what is beside it');
    expect(said({ pointing: false, energyInObject: 0.5 }, {}, CLASS)).toContain('on the dog and on what is beside it');
  });

  it('no object known: where, never what', () => {
    expect(said({ objectArea: null, energyInObject: null, pointing: null }, {}, CLASS)).toMatch(
      /^dog 77 %: depends most on the left side of the picture\. Hide/,
    );
    expect(said({ objectArea: null, energyInObject: null }, { besideBoxes: true }, CLASS)).toMatch(
      /^dog anywhere in the picture 77 %: depends most on/,
    );
  });

  it('a small spot that decides, and no single place', () => {
    const spot = {
      removed: { share: 0.004, below: 0, to: { id: 4, name: 'cat, tom cat' } },
      sufficient: { share: 0.1, below: 0 },
    };
    expect(said({ boundary: spot })).toContain(
      'Only 0.4 % of the picture, hidden, changes it to cat: a small spot decides. Map:',
    );
    const all = { removed: { share: 0.63, below: 0, to: null }, sufficient: { share: 0.7, below: 0 } };
    expect(said({ boundary: all })).toBe(
      'dog 77 %: depends on the whole picture. It disappears only when 63 % is hidden; no single place decides. Map: repeatable, faithful.',
    );
    expect(said({ boundary: all, bbox: [0, 0, 200, 80] })).toContain('depends on the dog');
    expect(said({ boundary: { removed: null, sufficient: { share: 0, below: 0 } } })).toContain(
      'depends on no single place: it stays when the whole picture is hidden.',
    );
  });

  it('a weak answer of a classifier', () => {
    expect(said({ score: 0.27 }, {}, CLASS)).toMatch(
      /^dog 27 %: a weak answer, so the map explains a guess\. It depends on the dog \(/,
    );
    expect(said({ score: 0.27 })).not.toContain('guess');
    expect(said({ score: 0.27, why: 'asked' }, {}, CLASS)).toMatch(/^dog 27 %: depends on the dog/);
  });

  it('what fails a test comes first, and no cause is named', () => {
    const unstable = said({ reliability: 0.81 });
    expect(unstable).toBe(
      'dog 77 %: the map is not stable yet (0.81 of 0.95 after 300 runs); read only its large shape. Hide the brightest 9.1 % and it becomes cat; the brightest 10 % is enough.',
    );
    expect(said({ reliability: 0.81 }, { stopAt: null })).toContain('Map: repeatable to 0.81, faithful.');
    expect(said({ verdict: 'unfaithful', deletionAuc: 0.52, insertionAuc: 0.31 })).toBe(
      'dog 77 %: this map does not explain the answer. Hiding its bright places first leaves the score at 52 % on average; showing them first gives only 31 %. Map: repeatable, not faithful; --preset sharp may do better.',
    );
    const faithfulness = { advantage: 0.098, rho: 0.3, oa: 0.1, scale: 0.77, runs: 14 };
    expect(said({ verdict: 'unfaithful', faithfulness }, { next: null })).toBe(
      'dog 77 %: this map does not explain the answer. Hiding its bright places changes the score hardly more than hiding the same shape elsewhere in the picture (by 9 % of the score; at least 10 % is asked for). Map: repeatable, not faithful.',
    );
    expect(said({ verdict: 'noise' })).toBe('dog 77 %: no map. After 300 runs, nothing stands out from chance.');
    expect(said({ verdict: 'lost' })).toContain('almost never found; hide less (--prob 0.8).');
    expect(said({ verdict: 'weak', score: 0.002 })).toMatch(/^dog 0\.2 %: no map\. The score is too small/);
    expect(said({ faithfulness: null })).toContain('Map: repeatable, not judged for faithfulness.');
  });

  it('a missed object', () => {
    const belief = { baseline: 0.003, low: 0, median: 0.001, high: 0.059, filled: 0 };
    expect(said({ why: 'missed', score: 0.003, belief })).toBe(
      'dog missed: its score here is 0.3 %, 25 % is wanted. Hiding other parts did not bring it back (below 5.9 % in 95 of 100 tries).',
    );
    expect(said({ why: 'missed', score: 0.057, belief: { ...belief, high: 0.27 } })).toContain(
      'With other parts hidden it reaches 27 % in 5 of 100 tries: something beside it speaks against it.',
    );
    // No score is wanted of a class: another one was more likely.
    expect(said({ why: 'missed', score: 0.3, belief: { ...belief, high: 0.4 } }, {}, CLASS)).toBe(
      'dog missed: its score here is 30 %. Hiding other parts did not bring it back (below 40 % in 95 of 100 tries).',
    );
  });
});

it.each([
  [0, '0 %'],
  [0.0001, 'almost 0 %'],
  [0.0014, '0.1 %'],
  [0.014, '1.4 %'],
  [0.0996, '10 %'],
  [0.84, '84 %'],
  [0.997, '99.7 %'],
  [0.99999, 'almost 100 %'],
  [1, '100 %'],
])('the share %d is written %s', (share, text) => {
  expect(shareText(share)).toBe(text);
});

it('a score that is no share is written as it is', () => {
  expect(scoreText(7.312)).toBe('7.31');
  expect(scoreText(-0.5)).toBe('-0.500');
});
