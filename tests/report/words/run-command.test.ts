import { describe, expect, it } from 'vitest';
import { itemCommand, reportCommand, runCommand } from '../../../src/report/words/run-command.js';
import type { StoredItem, StoredRun } from '../../../src/results/read-run.js';
import { targetSchema } from '../../../src/results/schema/target.js';

const RUN: StoredRun = {
  folder: '/home/me/out dir',
  model: { name: 'model.onnx', sha256: '0', interpreter: 'classification', more: {} },
  method: { name: 'rise', options: {} },
  dataset: {
    ...{ format: 'coco', root: '/data/pets', labels: null, read: [] },
    choice: { subset: 'val', filter: null, limit: 9, only: null, shard: { index: 2, count: 4 }, metrics: 'full' },
  },
  given: { maxSamples: 64, stopAt: 'off', reference: true },
  items: [],
};

const item = (targets: StoredItem['targets'] = []): StoredItem => ({
  ...{ id: 'a', subset: 'default', status: 'ok', message: null, folder: '/home/me/out', truth: null, samples: 64 },
  ...{ stopped: 'reliability', notes: [], targets },
  image: { path: "/data/pets/dog's.jpg", width: 9, height: 9 },
});

describe('the command of a page', () => {
  it('explains a dataset again, with the options that were given, and no folder of this machine', () => {
    expect(runCommand(RUN)).toBe(
      'datum explain pets:coco -m model.onnx --max-samples 64 --stop-at off --reference --subset val --limit 9 --shard 2/4 --metrics full -o out',
    );
    expect(runCommand({ ...RUN, dataset: null })).toBeNull();
  });

  it('explains one of its pictures again', () => {
    expect(itemCommand(RUN, item())).toBe(
      "datum explain 'dog'\\''s.jpg' -m model.onnx --max-samples 64 --stop-at off --reference --metrics full -o out",
    );
    expect(itemCommand(RUN, { ...item(), image: { path: null, width: 1, height: 1 } })).toBeNull();
  });

  it('names the options of a single picture that are not the usual ones, and what was asked for', () => {
    const alone = { ...RUN, dataset: null, given: null };
    const options = { preset: 'balanced', maxSamples: 2000, stopAt: 0.95, seed: 3, maskWidth: 6, maskHeight: 6 };
    const asked = targetSchema.parse({
      ...{ index: 0, kind: 'bbox', label: { id: 1, name: 'dog' }, bbox: [1, 2, 3.4, 4], score: 0.5, why: 'asked' },
    });
    expect(itemCommand({ ...alone, method: { name: 'rise', options } }, item([asked]))).toBe(
      "datum explain 'dog'\\''s.jpg' -m model.onnx --seed 3 --box 1,2,3,4:dog -o out",
    );
  });

  it('writes the page of folders again', () => {
    expect(reportCommand(['/a/one'])).toBe('datum report out');
    expect(reportCommand(['/a/one', '/b/two'])).toBe('datum report one two -o both');
  });
});
