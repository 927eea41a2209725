/** The modules of the guides, as people use them: by path on the command line, by value in the library. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDataset } from '../../src/datasets/index.js';
import { functionModel } from '../../src/models/function-model.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import type { MeasuredExplanation } from '../../src/results/explanation.js';
import { openImage } from '../../src/runs/open-image.js';
import { explainImage, type ImageRequest } from '../../src/runs/explain.js';
import { loadMethod } from '../../src/runs/load-method.js';
import { datum, type CliResult } from '../helpers/cli.js';
import { explainedItems } from '../helpers/datasets.js';
import { emittingModel } from '../helpers/emit.js';
import { paint, png } from '../helpers/images.js';
import { tempFolder } from '../helpers/temp-folder.js';
import {
  format as exampleFormat,
  interpreter as exampleInterpreter,
  launcher as exampleLauncher,
  method as exampleMethod,
} from './example-modules.js';

const folder = tempFolder();
const [WIDTH, HEIGHT] = [32, 24];
const image = paint(WIDTH, HEIGHT, (x, y) => [90 + 3 * x, 60 + 5 * y, 120]);
/** Class 0 looks at the right half of the upper rows, class 1 at nothing. */
const weights = Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH >= 16 && i < 8 * WIDTH ? 1 / 128 : 0));
const LINEAR = JSON.stringify({ width: WIDTH, height: HEIGHT, weights: [weights, weights.map(() => 0)] });

/** A copy outside of this package, where nothing is installed. */
function moduleFile(name: string): string {
  return folder.write(`own/${name}`, readFileSync(new URL(`../../examples/plugins/${name}`, import.meta.url), 'utf8'));
}

async function explained(model: OpenModel, request: ImageRequest): Promise<MeasuredExplanation> {
  const run = explainImage(model, await openImage(image), request);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
}

const photo = folder.write('photo.png', await png(image));
const model = folder.write('model.linear', LINEAR);
const CLASSES = ['-i', 'classification'];

function done(result: CliResult): CliResult {
  expect(result).toMatchObject({ code: 0 });
  return result;
}

const jsonSchema = z.object({
  model: z.object({ launcher: z.string(), interpreter: z.string() }),
  method: z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) }),
  run: z.object({ samples: z.number() }),
  targets: z.array(z.object({ score: z.number(), kind: z.string(), peak: z.object({ x: z.number(), y: z.number() }) })),
});
const explanationIn = ({ stdout }: CliResult) => jsonSchema.parse(JSON.parse(stdout));

describe('a launcher', () => {
  it('by path, in worker threads', async () => {
    const launcher = moduleFile('launcher.js');
    const args = ['explain', photo, '-m', model, '-s', '200', '--json', '--', '-l', launcher, ...CLASSES];
    const { model: opened, targets } = explanationIn(done(await datum(args)));
    expect(opened).toMatchObject({ launcher: 'linear', interpreter: 'classification' });
    expect(targets[0]!.peak.x).toBeGreaterThanOrEqual(14);
    expect(targets[0]!.peak.y).toBeLessThan(10);
  });

  it('by value, in this thread, with the same answers', async () => {
    const config = { description: model, interpreter: 'classification' };
    const [mine, threads] = await Promise.all([
      openModel(config, { launcher: exampleLauncher, labels: ['corner', 'nothing'] }),
      openModel({ ...config, launcher: moduleFile('launcher.js') }, { workers: 1, labels: ['corner', 'nothing'] }),
    ]);
    expect(mine.info).toMatchObject({ launcher: 'linear', sha256: threads.info.sha256, labels: ['corner', 'nothing'] });
    const given = { maxSamples: 60, stopAt: 'off' };
    const [here, there] = [await explained(mine, { given }), await explained(threads, { given })];
    await Promise.all([mine.close(), threads.close()]);
    expect(here.explanation.targets[0]!.label).toEqual({ id: 0, name: 'corner' });
    expect(here.explanation.targets[0]!.renderMap()).toEqual(there.explanation.targets[0]!.renderMap());
  });

  it('registered in a project, which may lie elsewhere', async () => {
    const project = folder.at('project');
    done(await datum(['create', '-o', project]));
    const launcher = moduleFile('launcher.js');
    done(await datum(['model', 'add', 'mine', '-l', launcher, '-p', project, '--', '-d', model, ...CLASSES]));
    const { model: opened } = explanationIn(
      done(await datum(['explain', photo, '-m', 'mine', '-p', project, '-s', '20', '--json'])),
    );
    expect(opened.launcher).toBe('linear');
  });
});

describe('an interpreter', () => {
  const rows = [0.5, 0.5, 0.5, 0.25, 0.75, 1, 0.25, 0.25, 0.25, 0.25, 0.5, 0];
  const detector = folder.write(
    'detector.onnx',
    emittingModel(
      [{ name: 'image', shape: [1, 3, HEIGHT, WIDTH] }],
      [{ name: 'found', shape: [1, 2, 6], values: rows }],
    ),
  );

  it('by path, in worker threads', async () => {
    const own = moduleFile('interpreter.js');
    const args = ['explain', photo, '-m', detector, '-s', '20', '--json', '--', '-i', own];
    expect(explanationIn(done(await datum(args))).targets.map(({ kind }) => kind)).toContain('bbox');
  });

  it('by value, with a model file and with a function', async () => {
    const found = { found: { data: Float32Array.from(rows), shape: [1, 2, 6] } };
    const models = await Promise.all([
      openModel(detector, { workers: 1, interpreter: exampleInterpreter, labels: ['a', 'b'] }),
      functionModel({
        input: { width: WIDTH, height: HEIGHT, batch: 1 },
        run: () => found,
        interpreter: exampleInterpreter,
      }),
    ]);
    for (const one of models) {
      const { explanation } = await explained(one, { given: { maxSamples: 8 } });
      await one.close();
      const boxes = explanation.targets.map(({ planned }) => planned.box);
      expect(boxes).toContainEqual({ x: 8, y: 9, width: 16, height: 6 });
    }
  });
});

describe('a format', () => {
  const data = folder.at('data');
  folder.write('data/boxes.txt', 'one.png,2,3,10,8,cat\none.png,0,0,4,4,dog\nsub/two.png,1,1,5,5,dog\n');

  it('by path, as a target, and as a source of a project', async () => {
    folder.write('data/one.png', await png(image));
    folder.write('data/sub/two.png', await png(image));
    const own = moduleFile('format.js');
    expect((await openDataset(`${data}:${own}`)).format).toBe('boxes_txt');
    const project = folder.at('sources');
    done(await datum(['create', '-o', project]));
    expect(done(await datum(['import', '-f', own, '-n', 'mine', '-p', project, data])).stdout).toBe(
      'Added the source mine: boxes_txt, 2 images, 2 annotated, 3 boxes, 2 classes.\n',
    );
    const out = folder.at('out');
    const args = ['explain', 'mine', '-p', project, '-m', model, '-o', out, '-s', '20', '--metrics', 'none'];
    done(await datum([...args, '--', '-l', moduleFile('launcher.js'), ...CLASSES]));
    expect(explainedItems(out).map(({ id }) => id)).toEqual(['one', 'sub/two']);
  });

  it('by value', async () => {
    const dataset = await openDataset(data, { format: exampleFormat });
    const items = [];
    for await (const item of dataset.items()) items.push(item);
    expect(dataset).toMatchObject({ format: 'boxes_txt', root: data, labelNames: ['cat', 'dog'], count: null });
    expect(items[0]).toMatchObject({
      id: 'one',
      subset: 'default',
      annotated: true,
      boxes: [
        { x: 2, y: 3, width: 10, height: 8, label: 0, attributes: {} },
        { x: 0, y: 0, width: 4, height: 4, label: 1 },
      ],
    });
  });
});

describe('a method', () => {
  it('by path, with its own flag', async () => {
    const own = moduleFile('method.js');
    const rest = ['--', '-l', moduleFile('launcher.js'), ...CLASSES];
    const run = explanationIn(
      done(await datum(['explain', photo, '-m', model, '--json', own, '--tile', '8', ...rest])),
    );
    expect(run.method).toMatchObject({ name: 'tiles', options: { tile: 8 } });
    expect(run.run.samples).toBe(12);
    expect(done(await datum(['explain', own, '--help'])).stdout).toMatch(/--tile N +side of a tile in pixels/);
    const wrong = await datum(['explain', photo, '-m', model, own, '--tile', '0', ...rest]);
    expect(wrong).toMatchObject({ code: 2, stderr: 'datum: --tile must be at least 1, not 0.\n' });
  });

  it('by value: the map is the weights, where the model is linear', async () => {
    const opened = await openModel(
      { description: model, interpreter: 'classification' },
      { launcher: exampleLauncher },
    );
    const method = await loadMethod(exampleMethod);
    const { explanation } = await explained(opened, { given: { tile: 1 }, method });
    await opened.close();
    const map = explanation.targets[0]!.renderMap();
    expect(map[0]).toBeCloseTo(0, 5);
    expect(map[4 * WIDTH + 20]).toBeGreaterThan(0.001);
  });
});
