import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { explain, explainProgressively } from '../helpers/explain.js';
import { explained } from '../helpers/explained.js';
import { white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
/** More masks than any machine scores before it is told to stop. */
const MANY = 100_000_000;
const ENDLESS = { maxSamples: MANY, stopAt: 'off' } as const;

let model: OpenModel;
beforeAll(async () => {
  const bytes = plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 4, width: 12, height: 8 });
  model = await openModel(classifierConfig(folder.write('model.onnx', bytes)), { workers: 2 });
});
afterAll(async () => {
  await model.close();
});

describe('an explanation whose signal aborts', () => {
  it('has the maps so far and says that it was interrupted', async () => {
    const stop = new AbortController();
    const { run, targets } = await explain(model, white(48, 32), {
      ...ENDLESS,
      signal: stop.signal,
      onProgress: (done) => {
        if (done >= 50) stop.abort();
      },
    });
    expect(run.stopped).toBe('interrupted');
    expect(run.samples).toBeGreaterThanOrEqual(50);
    expect(run.samples).toBeLessThan(MANY);
    // The whole image and the fill alone are runs too.
    expect(run.forwards).toBe(run.samples + 2);
    const map = targets[0]!.renderMap();
    expect(map.every(Number.isFinite)).toBe(true);
    expect(map.some((value) => value !== 0)).toBe(true);
  });

  it('gives the maps of exactly the masks that it counts', async () => {
    const stop = new AbortController();
    const options = {
      ...ENDLESS,
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    };
    const stopped = await explain(model, white(48, 32), options);
    const whole = await explain(model, white(48, 32), { maxSamples: stopped.run.samples, stopAt: 'off' });
    expect(whole.run.stopped).toBe('max-samples');
    expect(stopped.targets[0]!.renderMap()).toEqual(whole.targets[0]!.renderMap());
  });

  it('has whole maps and no metrics where only those were left, and says that it was interrupted', async () => {
    const stop = new AbortController();
    const given = { maxSamples: 64, stopAt: 'off' };
    const measured = await explained(model, white(48, 32), { given, metrics: 'full', signal: stop.signal }, (event) => {
      if (event.kind === 'progress' && event.done === event.most) stop.abort();
    });
    expect(measured.explanation.run).toMatchObject({ samples: 64, stopped: 'interrupted' });
    expect(measured.targets.map(({ metrics }) => metrics)).toEqual([null]);
  });

  it('runs no mask where it was aborted before', async () => {
    const { run, targets } = await explain(model, white(48, 32), { ...ENDLESS, signal: AbortSignal.abort() });
    expect(run).toMatchObject({ samples: 0, stopped: 'interrupted' });
    expect(targets[0]!.renderMap().every((value) => value === 0)).toBe(true);
  });

  it('leaves the model fit for the next run', async () => {
    const { run } = await explain(model, white(48, 32), { maxSamples: 20 });
    expect(run).toMatchObject({ samples: 20, stopped: 'max-samples' });
  });
});

describe('snapshots', () => {
  it('grow, and leaving the loop stops the run', async () => {
    const seen: number[] = [];
    const run = explainProgressively(model, white(48, 32), { ...ENDLESS, snapshotInterval: 0 });
    for await (const { samples, maxSamples, targets } of run) {
      seen.push(samples);
      expect(maxSamples).toBe(MANY);
      expect(targets[0]!.renderMap()).toHaveLength(48 * 32);
      if (seen.length === 3) break;
    }
    expect(seen).toHaveLength(3);
    expect(seen[0]!).toBeLessThan(seen[1]!);
    expect(seen[1]!).toBeLessThan(seen[2]!);
    expect((await explain(model, white(48, 32), { maxSamples: 5 })).run.samples).toBe(5);
  });

  it('come with a progress callback that ends at the number of masks', async () => {
    const seen: number[] = [];
    const options = {
      maxSamples: 40,
      onProgress: (done: number, most: number) => {
        seen.push(done / most);
      },
    };
    await explain(model, white(48, 32), options);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});
