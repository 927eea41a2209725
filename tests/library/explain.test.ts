/** Explaining an image through the library, with a model whose answer is known. */
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DatumError, explain, functionModel, openModel, writeExplanation, type Model } from '../../src/index.js';
import { png, white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier, plantedSsd } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { answers, brightRegion, REGION, SIZE } from './bright-region.js';

const folder = tempFolder();
const image = white(SIZE.width, SIZE.height);
const FOREVER = { maxSamples: 1e9, stopAt: 'off' } as const;

async function closing<T>(model: Promise<Model>, work: (model: Model) => Promise<T>): Promise<T> {
  const opened = await model;
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

describe('an explanation', () => {
  it('has a map, facts and a sentence for each target', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const explanation = await explain(model, image, { maxSamples: 512 });
      expect(explanation.image).toEqual({ path: null, ...SIZE, mapScale: 1 });
      expect(explanation.run.stopped).toBe('reliability');
      const [target, ...others] = explanation.targets;
      expect(others).toEqual([]);
      expect(target).toMatchObject({ kind: 'label', label: { id: 0, name: 'bright' }, box: null, verdict: 'ok' });
      const { data, shape } = target!.map;
      expect(shape).toEqual([SIZE.height, SIZE.width]);
      expect(data).toHaveLength(SIZE.width * SIZE.height);
      const peak = data.indexOf(Math.max(...data));
      expect(peak % SIZE.width).toBeGreaterThanOrEqual(REGION.x);
      expect(peak % SIZE.width).toBeLessThan(REGION.x + REGION.width);
      expect(target!.standardError?.shape).toEqual(shape);
      expect(target!.significant?.data.some((pixel) => pixel === 1)).toBe(true);
      expect(target!.summary).toMatch(
        /^bright (\d+|9\d\.\d|almost 100) %: depends most on the upper right of the picture\. Map: repeatable, not judged for faithfulness\.$/,
      );
    });
  });

  it('is drawn as a PNG of the image with the saliency on top', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const { targets } = await explain(model, image, { maxSamples: 128 });
      const { data, info } = await sharp(await targets[0]!.overlay())
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info).toMatchObject({ ...SIZE, channels: 3 });
      const redness = (x: number, y: number): number =>
        data[(y * SIZE.width + x) * 3]! - data[(y * SIZE.width + x) * 3 + 2]!;
      expect(redness(REGION.x + 6, REGION.y + 4)).toBeGreaterThan(redness(4, 28) + 50);
    });
  });

  it('is the same however it is looked at', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const options = { maxSamples: 400, stopAt: 'off', snapshotInterval: 0 } as const;
      const alone = await explain(model, image, options);
      const watched = explain(model, image, options);
      let snapshots = 0;
      for await (const { samples, maxSamples, targets } of watched) {
        snapshots++;
        expect(samples).toBeLessThanOrEqual(maxSamples);
        expect(targets[0]!.map.shape).toEqual([SIZE.height, SIZE.width]);
      }
      expect(snapshots).toBeGreaterThan(0);
      expect((await watched).targets[0]!.map.data).toEqual(alone.targets[0]!.map.data);
    });
  });

  it('takes the path of an image, a file URL, the bytes of a file, and pixels', async () => {
    const bytes = await png(image);
    const path = folder.write('one image.png', bytes);
    await closing(functionModel(brightRegion()), async (model) => {
      const maps = [];
      for (const source of [path, pathToFileURL(path), bytes, image]) {
        const explanation = await explain(model, source, { maxSamples: 32, stopAt: 'off' });
        maps.push(explanation.targets[0]!.map.data);
        expect(explanation.image.path).toBe(source instanceof URL || source === path ? path : null);
      }
      for (const map of maps) expect(map).toEqual(maps[0]);
    });
  });

  it('is measured when that is asked for', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const plain = await explain(model, image, { maxSamples: 256, stopAt: 'off' });
      expect(plain.targets[0]).toMatchObject({ deletion: null, insertion: null, boundary: null, contrast: null });
      const { targets, run } = await explain(model, image, { maxSamples: 256, stopAt: 'off', metrics: 'fast' });
      expect(targets[0]!.deletion?.auc).toBeLessThan(0.3);
      expect(targets[0]!.boundary?.removed?.to).toEqual({ id: 1, name: 'dark' });
      expect(targets[0]!.contrast?.map.shape).toEqual([SIZE.height, SIZE.width]);
      expect(run.forwards).toBeGreaterThan(plain.run.forwards);
    });
  });

  it('is of the boxes that are asked for, in pixels of the image', async () => {
    const objects = [
      {
        box: { x: 8, y: 6, width: 24, height: 18 },
        label: 1,
        evidence: { x: 12, y: 8, width: 12, height: 12 },
        height: 0.9,
      },
    ];
    const file = folder.write('detector.onnx', plantedSsd({ width: 96, height: 64 }, objects));
    await closing(openModel(file, { workers: 1, interpreter: 'ssd', scale: 1 / 255 }), async (model) => {
      const big = white(192, 128);
      const [found] = await model.predict(big);
      expect(found?.box?.x).toBeCloseTo(16, 3);
      expect(found?.box?.width).toBeCloseTo(48, 3);
      const { targets } = await explain(model, big, {
        maxSamples: 64,
        boxes: [{ ...found!.box!, label: String(found!.label.id) }],
      });
      expect(targets.map(({ kind }) => kind)).toEqual(['bbox']);
      expect(targets[0]!.box!.width).toBeCloseTo(48, 3);
      expect(targets[0]!.why).toBe('asked');
    });
  });
});

describe('a run that is ended', () => {
  it('keeps what there is when it is stopped, and says so', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const run = explain(model, image, { ...FOREVER, snapshotInterval: 0 });
      for await (const { samples } of run) if (samples > 100) run.stop();
      const explanation = await run;
      expect(explanation.run.stopped).toBe('interrupted');
      expect(explanation.run.samples).toBeGreaterThan(100);
      expect(explanation.targets[0]!.map.data.every(Number.isFinite)).toBe(true);
    });
  });

  it('has scored masks also when it is stopped at once', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const run = explain(model, image, FOREVER);
      run.stop();
      expect((await run).run.samples).toBeGreaterThan(0);
    });
  });

  it('can be stopped while a function waits that ends on its signal', async () => {
    const waiting = brightRegion({
      run: (data, shape, signal) => {
        const count = shape[0] ?? 0;
        if (count === 1) return { scores: { data: answers(data, shape), shape: [count, 2] } };
        signal?.throwIfAborted();
        return { scores: { data: answers(data, shape), shape: [count, 2] } };
      },
    });
    await closing(functionModel(waiting), async (model) => {
      const run = explain(model, image, { ...FOREVER, snapshotInterval: 0 });
      for await (const _ of run) run.stop();
      expect((await run).run.stopped).toBe('interrupted');
    });
  });

  it('rejects when it is cancelled, by itself or by a signal', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const run = explain(model, image, FOREVER);
      setTimeout(() => {
        run.cancel();
      }, 20);
      await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
      await expect(explain(model, image, { ...FOREVER, signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
        kind: 'interrupted',
      });
    });
  });

  it('rejects with what is wrong', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      await expect(explain(model, folder.at('none.png'))).rejects.toMatchObject({ kind: 'image' });
      await expect(explain(model, image, { maxSamples: 0 })).rejects.toMatchObject({
        kind: 'usage',
        option: 'maxSamples',
      });
      await expect(explain(model, image, { classes: ['grey'] })).rejects.toMatchObject({ kind: 'usage' });
    });
    let calls = 0;
    const failing = functionModel(
      brightRegion({
        run: (data, shape) => {
          if (++calls > 6) throw new Error('out of memory');
          return { scores: { data: answers(data, shape), shape: [shape[0] ?? 0, 2] } };
        },
      }),
    );
    await closing(failing, async (model) => {
      await expect(explain(model, image)).rejects.toThrow(/bright-region failed: out of memory/);
    });
  });

  it('takes no model but one of the library', () => {
    const stranger = { info: null } as unknown as Model;
    expect(() => explain(stranger, image)).toThrow(DatumError);
  });
});

describe('a model', () => {
  it('says what it finds, best first, as many classes as wanted', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      expect(await model.predict(image)).toEqual([
        { label: { id: 0, name: 'bright' }, score: 1, box: null },
        { label: { id: 1, name: 'dark' }, score: 0, box: null },
      ]);
      expect(await model.predict(image, { topK: 1 })).toHaveLength(1);
      expect(await model.predict(image, { topK: 'all' })).toHaveLength(2);
      await expect(model.predict(image, { topK: 0 })).rejects.toMatchObject({ kind: 'usage' });
      await expect(model.predict(image, { detConfThresh: 2 })).rejects.toMatchObject({ kind: 'usage' });
      await expect(model.predict(folder.at('none.png'))).rejects.toMatchObject({ kind: 'image' });
    });
  });

  it('may be asynchronous, and take pixels', async () => {
    const pixels = functionModel(
      brightRegion({
        takes: 'pixels',
        run: async (data, shape) => {
          const [count = 0, height = 0, width = 0] = shape;
          await Promise.resolve();
          const planes = new Float32Array(data.length);
          for (let i = 0; i < count * height * width; i++) {
            for (let channel = 0; channel < 3; channel++) {
              const [at, pixel] = [Math.floor(i / (height * width)), i % (height * width)];
              planes[(at * 3 + channel) * height * width + pixel] = data[i * 3 + channel]! / 255;
            }
          }
          return { scores: { data: answers(planes, [count, 3, height, width]), shape: [count, 2] } };
        },
      }),
    );
    const options = { maxSamples: 64, stopAt: 'off' } as const;
    const [own, reference] = await Promise.all(
      [pixels, functionModel(brightRegion())].map((model) =>
        closing(model, async (opened) => (await explain(opened, image, options)).targets[0]!.map.data),
      ),
    );
    for (const [i, value] of own!.entries()) expect(value).toBeCloseTo(reference![i]!, 5);
  });

  it('is closed at the end of its scope, and closing twice is harmless', async () => {
    const file = folder.write('classifier.onnx', plantedClassifier(SIZE, REGION));
    let opened: Model;
    {
      await using model = await openModel(classifierConfig(file), { workers: 1 });
      opened = model;
      expect(await model.predict(image)).toHaveLength(2);
    }
    await opened.close();
    await expect(opened.predict(image)).rejects.toMatchObject({
      kind: 'usage',
      message: 'the model is closed: open it again.',
    });
    expect(() => explain(opened, image)).toThrow('the model is closed');
  });
});

describe('writing an explanation', () => {
  it('names the files after the image, the JSON among them', async () => {
    const path = folder.write('a photo.png', await png(image));
    await closing(functionModel(brightRegion()), async (model) => {
      const explanation = await explain(model, path, { maxSamples: 64 });
      const out = folder.at('written');
      const written = await writeExplanation(explanation, out, { report: true });
      expect({ ...written, files: [...written.files].sort() }).toEqual({
        folder: out,
        files: [
          'a photo-1-bright-heatmap.npy',
          'a photo-1-bright-heatmap.png',
          'a photo-1-bright-overlay.png',
          'a photo-explanation.json',
        ],
        page: 'a photo-report.html',
      });
      expect(readdirSync(out).sort()).toEqual([...written.files, written.page].sort());
      const json: unknown = JSON.parse(readFileSync(`${out}/a photo-explanation.json`, 'utf8'));
      expect(json).toMatchObject({ image: { path }, targets: [{ label: { name: 'bright' } }] });
    });
  });

  it('replaces what an earlier one of the same image wrote, and keeps that of another', async () => {
    const paths = [folder.write('x/same.png', await png(image)), folder.write('y/same.png', await png(image))];
    await closing(functionModel(brightRegion()), async (model) => {
      const out = folder.at('replaced');
      const write = async (path: string, save: readonly ('json' | 'raw' | 'heatmap')[]): Promise<readonly string[]> =>
        (await writeExplanation(await explain(model, path, { maxSamples: 16 }), out, { save })).files;
      const first = await write(paths[0]!, ['raw', 'json']);
      const other = await write(paths[1]!, ['json']);
      expect(first.some((name) => other.includes(name))).toBe(false);
      const again = await write(paths[0]!, ['heatmap', 'json']);
      expect(readdirSync(out).sort()).toEqual([...again, ...other].sort());
    });
  });

  it('calls an image without a file by a name that is given, or image', async () => {
    await closing(functionModel(brightRegion()), async (model) => {
      const explanation = await explain(model, image, { maxSamples: 16 });
      const out = folder.at('nameless');
      expect((await writeExplanation(explanation, out, { save: ['json'] })).files).toEqual(['image-explanation.json']);
      const named = await writeExplanation(explanation, out, { save: ['json'], name: 'frame-7' });
      expect(named.files).toEqual(['frame-7-explanation.json']);
      for (const name of ['a/b', '', '..']) {
        await expect(writeExplanation(explanation, out, { name })).rejects.toMatchObject({
          kind: 'usage',
          option: 'name',
        });
      }
    });
  });
});
