/** When a run over a dataset may be taken up again: facts must be the same, and options as a person gave them. */
import { describe, expect, it } from 'vitest';
import { riseMethod } from '../../src/explain/rise/method.js';
import { resolveOptions } from '../../src/explain/method.js';
import { libraryName, sayOptions } from '../../src/errors.js';
import {
  differences as markedDifferences,
  shardDifferences as markedShardDifferences,
} from '../../src/results/run/run-record.js';
import type { RunRecord } from '../../src/results/schema/run.js';

/** A run begun with some options, beside those whose defaults are others than today's. */
function run(given: Record<string, unknown> | null, { defaults = {}, ...more }: Changes = {}): RunRecord {
  const { metrics = 'fast', save = ['json'], fullSize = false, ...method } = { ...defaults, ...given };
  return {
    version: 1,
    model: {
      name: 'model',
      sha256: 'a',
      interpreter: 'yolox',
      input: { width: 24, height: 16 },
      preprocessing: { scale: 1, mean: [0, 0, 0] },
      labels: 'l',
      classScore: 'greatest',
    },
    dataset: {
      format: 'coco',
      root: '/data',
      items: 6,
      fingerprint: 'f',
      labels: { cat: [0] },
      match: null,
      read: null,
    },
    choice: { subset: null, filter: null, limit: null, only: null },
    shard: null,
    method: { name: 'rise', options: resolveOptions(riseMethod, method) },
    metrics: String(metrics),
    fullSize: fullSize === true,
    save: [save].flat().map(String),
    given,
    ...more,
  };
}

/** What differs, with options by their names in the library. */
function differences(...args: Parameters<typeof markedDifferences>): string[] {
  return markedDifferences(...args).map((sentence) => sayOptions(sentence, libraryName));
}

function shardDifferences(...args: Parameters<typeof markedShardDifferences>): string[] {
  return markedShardDifferences(...args).map((sentence) => sayOptions(sentence, libraryName));
}

type Changes = Partial<RunRecord> & { readonly defaults?: Readonly<Record<string, unknown>> };

describe('a run is taken up again', () => {
  it('with the same options', () => {
    expect(differences(run({}), run({}))).toEqual([]);
    const given = { maxSamples: 64, fill: 'mean', metrics: 'full', save: ['json', 'heatmap'], fullSize: true };
    expect(differences(run(given), run(given))).toEqual([]);
  });

  it('after a default was changed, of the method or beside it', () => {
    const defaults = { prob: 0.4, maxSamples: 500, metrics: 'none', save: ['json', 'raw'], fullSize: true };
    expect(differences(run({ seed: 3 }, { defaults }), run({ seed: 3 }))).toEqual([]);
    expect(differences(run({}, { defaults }), run({}))).toEqual([]);
  });

  it('when an option is given now that is what the default was then', () => {
    expect(differences(run({}, { defaults: { prob: 0.4 } }), run({ prob: 0.4 }))).toEqual([]);
    expect(differences(run({}), run({ prob: 0.5, metrics: 'fast', save: ['json'] }))).toEqual([]);
  });

  it('when an option was given that is the default, and is left out now', () => {
    expect(differences(run({ prob: 0.5, metrics: 'fast' }), run({}))).toEqual([]);
  });

  it('with what is saved in another order', () => {
    expect(differences(run({ save: ['json', 'raw'] }), run({ save: ['raw', 'json'] }))).toEqual([]);
  });

  it('with the paper’s own code named either way', () => {
    const reference = run({ reference: true });
    expect(differences(reference, run({ reference: true }))).toEqual([]);
    expect(differences(reference, run({ sampler: 'reference', estimator: 'average' }))).toEqual([]);
    expect(differences(run({ sampler: 'reference', estimator: 'average' }), reference)).toEqual([]);
    expect(differences(run({ reference: false }), run({}))).toEqual([]);
  });

  it('with the model and the data in another place, under another name', () => {
    const { model, dataset } = run({});
    const moved = run({}, { model: { ...model, name: 'other' }, dataset: { ...dataset, root: '/elsewhere' } });
    expect(differences(run({}), moved)).toEqual([]);
  });

  it('when an option is known now that was not known then', () => {
    const before = run({});
    const { prob: _, ...options } = before.method.options;
    expect(differences({ ...before, method: { name: 'rise', options } }, run({}))).toEqual([]);
  });
});

describe('a run is refused, by the name of what differs', () => {
  it.each([
    ['an option given otherwise', { seed: 1 }, { seed: 2 }, ['seed was 1 and is 2']],
    ['an option given now', {}, { prob: 0.25 }, ['prob was 0.5 and is 0.25']],
    ['an option that was given and no longer is', { stopAt: 'off' }, {}, ['stopAt was off and is 0.95']],
    ['what is measured', { metrics: 'full' }, {}, ['metrics was full and is fast']],
    ['what is saved', { save: ['raw'] }, { save: ['json', 'raw'] }, ['save was ["raw"] and is ["json","raw"]']],
    ['the size of maps', { fullSize: true }, {}, ['fullSize was true and is false']],
    ['a fill that is a colour', { fill: [1, 2, 3] }, { fill: [1, 2, 4] }, ['fill was [1,2,3] and is [1,2,4]']],
    [
      'the paper’s own code, given now',
      {},
      { reference: true },
      ['sampler was foldover and is reference', 'estimator was regression and is average'],
    ],
    [
      'the paper’s own code, no longer given',
      { reference: true },
      { sampler: 'reference' },
      ['estimator was average and is regression'],
    ],
  ])('%s', (_what, before, now, sentences) => {
    expect(differences(run(before), run(now))).toEqual(sentences);
  });

  it('an option that was given, though it is the default by now', () => {
    const now = run({}, { defaults: { prob: 0.4 } });
    expect(differences(run({ prob: 0.5 }), now)).toEqual(['prob was 0.5 and is 0.4']);
  });

  it('an option that is given now and was not known then', () => {
    const before = run({});
    const { prob: _, ...options } = before.method.options;
    const sentences = differences({ ...before, method: { name: 'rise', options } }, run({ prob: 0.4 }));
    expect(sentences).toEqual(['prob was not given and is 0.4']);
  });

  it('another model, in one sentence', () => {
    const { model, dataset } = run({});
    const other = { ...model, sha256: 'b', labels: 'm', interpreter: 'ssd', preprocessing: { scale: 2 } };
    const now = run({}, { model: other, dataset: { ...dataset, labels: { cat: [7] } } });
    expect(differences(run({}), now)).toEqual(['the model was another']);
  });

  it('another way to feed the same model', () => {
    const { model } = run({});
    const now = run({}, { model: { ...model, preprocessing: { ...model.preprocessing, scale: 2 } } });
    expect(differences(run({}), now)).toEqual(['the model preprocessing scale was 1 and is 2']);
  });

  it('other items, annotations, labels, choices and shards', () => {
    const { dataset, choice } = run({});
    const of = (more: Changes): string[] => differences(run({}), run({}, more));
    expect(of({ dataset: { ...dataset, items: 7, fingerprint: 'g' } })).toEqual([
      'the dataset had other items or annotations',
    ]);
    expect(of({ dataset: { ...dataset, labels: { cat: [1] } } })).toEqual(['the labels were matched otherwise']);
    expect(of({ choice: { ...choice, limit: 5 } })).toEqual(['limit was not given and is 5']);
    expect(of({ shard: { index: 1, count: 2 } })).toEqual(['shard was not given and is 1/2']);
  });
});

describe('a run of version 0.1.0, which wrote down resolved options alone', () => {
  const SAVED = ['contrast', 'evidence', 'heatmap', 'json', 'overlay', 'raw'];
  const old = (given: Record<string, unknown> = {}): RunRecord => ({ ...run({ save: SAVED, ...given }), given: null });

  it('is taken up again without options, though defaults are others now', () => {
    expect(differences(old(), run({}))).toEqual([]);
    expect(differences(old(), run({}, { defaults: { maxSamples: 3000, prob: 0.4, metrics: 'full' } }))).toEqual([]);
  });

  it('is refused when it was given what is left out now, or the other way', () => {
    expect(differences(old({ prob: 0.4 }), run({}))).toEqual(['prob was 0.4 and is 0.5']);
    expect(differences(old(), run({ prob: 0.4 }))).toEqual(['prob was 0.5 and is 0.4']);
    expect(differences(old({ save: ['json', 'raw'] }), run({}))).toEqual(['save was ["json","raw"] and is ["json"]']);
    expect(differences(old({ reference: true }), run({})).map((one) => one.split(' ')[0])).toEqual([
      'preset',
      'sampler',
      'estimator',
    ]);
  });

  it('is taken up again with what it was given', () => {
    const given = { prob: 0.4, seed: 3, stopAt: 'off', save: ['raw'], metrics: 'none', reference: true };
    expect(differences(old(given), run(given))).toEqual([]);
  });
});

describe('shards', () => {
  const shard = (index: number, more: Changes = {}, given: Record<string, unknown> | null = {}): RunRecord =>
    run(given, { shard: { index, count: 2 }, ...more });

  it('are parts of one run when they have its options, given or not', () => {
    expect(shardDifferences(shard(1), shard(2))).toEqual([]);
    expect(shardDifferences(shard(1), shard(2, {}, { prob: 0.5 }))).toEqual([]);
    expect(shardDifferences({ ...shard(1), given: null }, shard(2))).toEqual([]);
  });

  it('are not when their maps were made with other defaults', () => {
    expect(shardDifferences(shard(1, { defaults: { prob: 0.4 } }), shard(2))).toEqual(['prob was 0.4 and is 0.5']);
    expect(shardDifferences({ ...shard(1), given: null }, shard(2, { defaults: { metrics: 'none' } }))).toEqual([
      'metrics was fast and is none',
    ]);
  });

  it('are not when they are of other numbers of parts', () => {
    const of3 = run({}, { shard: { index: 2, count: 3 } });
    expect(shardDifferences(shard(1), of3)).toEqual(['shard was 1/2 and is 2/3']);
  });

  it('are when one of them does not know an option that nobody gave', () => {
    const { method, ...record } = shard(1);
    const { prob: _, ...options } = method.options;
    expect(shardDifferences({ ...record, method: { ...method, options } }, shard(2))).toEqual([]);
  });
});
