/** The suites for authors, on the examples of the guides and on everything that is built in; and broken ones, which they catch. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/datasets/registry.js';
import { METHODS } from '../../src/explain/methods.js';
import { INTERPRETERS } from '../../src/interpreters/registry.js';
import { LAUNCHERS } from '../../src/launchers/registry.js';
import {
  formatChecks,
  interpreterChecks,
  launcherChecks,
  methodChecks,
  type Check,
  type ModelOutputs,
} from '../../src/testing/index.js';
import { readyFormatChecks } from '../../src/testing/format-checks.js';
import { readyLauncherChecks } from '../../src/testing/launcher-checks.js';
import { SAMPLES } from '../datasets/samples/all.js';
import { headCases } from '../interpreters/layouts/anchor-heads.js';
import { gridCases } from '../interpreters/layouts/grids.js';
import { otherCases } from '../interpreters/layouts/other.js';
import { IN_INPUT, INPUT, NCHW, OBJECTS, type LayoutCase } from '../interpreters/layouts/scene.js';
import { yoloCases } from '../interpreters/layouts/yolo.js';
import { pythonWith } from '../helpers/python.js';
import { tensor } from '../interpreters/helpers.js';
import { paint, png } from '../helpers/images.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { IrBuilder } from '../openvino/ir-builder.js';
import { format, interpreter, launcher, method } from './example-modules.js';

const folder = tempFolder();

function runAll(checks: readonly Check[]): void {
  it.each(checks)('$name', ({ run }) => run());
}

/** Names of the checks that fail. */
async function failing(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) await run().catch(() => failed.push(name));
  return failed;
}

const LINEAR = folder.write(
  'model.linear',
  JSON.stringify({
    width: 4,
    height: 2,
    weights: [[1, 0, 0, 0, 0, 0, 0, 1].map((one) => one / 2), Array(8).fill(0.1)],
  }),
);
const DAMAGED = folder.write('damaged.linear', '{ "width": ');

describe('the launcher of the guide', () => {
  runAll(launcherChecks({ launcher, description: LINEAR, damaged: DAMAGED }));
});

describe('a broken launcher is caught', () => {
  it.each<[string, string, Parameters<typeof launcherChecks>[0]['launcher']]>([
    [
      'an output of another shape',
      'runs give the outputs of the signature, in its shapes',
      {
        name: 'shape',
        open: () => ({
          signature: { inputs: [{ name: 'image', shape: [1, 3] }], outputs: [{ name: 'out', shape: [1, 2] }] },
          run: () => ({ out: { data: new Float32Array(3), shape: [1, 3] } }),
        }),
      },
    ],
    [
      'an output that remembers',
      'the same input gives the same output, also after another one',
      {
        name: 'memory',
        open: () => {
          let runs = 0;
          return {
            signature: { inputs: [{ name: 'image', shape: [1, 3] }], outputs: [{ name: 'out', shape: [1, 1] }] },
            run: () => ({ out: { data: Float32Array.of(runs++), shape: [1, 1] } }),
          };
        },
      },
    ],
  ])('%s', async (_, name, broken) => {
    expect(await failing(launcherChecks({ launcher: broken, description: LINEAR }))).toContain(name);
  });
});

describe('the interpreter of the guide', () => {
  const found = tensor([1, 2, 6], [0.5, 0.5, 0.5, 0.25, 0.75, 1, 0.25, 0.25, 0.25, 0.25, 0.5, 0]);
  const finds = [
    { label: 1, score: 0.75, box: { x: 8, y: 9, width: 16, height: 6 } },
    { label: 0, score: 0.5, box: { x: 4, y: 3, width: 8, height: 6 } },
  ];
  const reads = { outputs: { found }, input: { width: 32, height: 24 } };
  runAll(interpreterChecks({ interpreter, reads, finds }));

  it('a broken one is caught', async () => {
    const wild: typeof interpreter = (_, { count }) =>
      Array.from({ length: count }, () => [{ label: 1, score: 2, box: { x: 1e9, y: 0, width: 1, height: 1 } }]);
    const failed = await failing(interpreterChecks({ interpreter: wild, reads, finds }));
    expect(failed).toContain('scores are finite, and between 0 and 1');
    expect(failed).toContain('finds what is there');
    expect(failed).toContain('boxes are finite, and in pixels of the input');
  });
});

describe('the format of the guide', () => {
  const data = folder.at('data');
  const bad = folder.at('bad');
  beforeAll(async () => {
    const image = await png(paint(32, 24, () => [1, 2, 3]));
    for (const name of ['data/a.png', 'data/sub/b.png', 'bad/a.png']) folder.write(name, image);
    folder.write('data/boxes.txt', 'a.png,1,2,3,4,cat\nsub/b.png,1,2,3,4,dog\na.png,5,5,5,5,dog\n');
    folder.write('bad/boxes.txt', 'a.png,1,2,3,4,cat\na.png,1,2\n');
  });
  runAll(
    formatChecks({
      format,
      path: data,
      items: 2,
      labelNames: ['cat', 'dog'],
      malformed: { path: bad, file: 'boxes.txt, line 2' },
    }),
  );

  it('a broken one is caught', async () => {
    const greedy = { ...format, detect: () => ({ fit: 'certain', reason: 'everything is mine' }) as const };
    expect(await failing(formatChecks({ format: greedy, path: data }))).toEqual([
      'is not told by an empty folder',
      'is not told by a folder of something else',
    ]);
  });
});

describe('the method of the guide', () => {
  runAll(methodChecks({ method, options: { tile: 4 } }));

  it('a broken one is caught', async () => {
    let calls = 0;
    const restless = {
      name: 'restless',
      plan: () => ({
        most: 20,
        draw: (_: number, out: Float32Array) => {
          calls++;
          out.forEach((__, i) => (out[i] = (Math.imul(i + 1, calls * 7919) >>> 3) % 2));
        },
      }),
    };
    const failed = await failing(methodChecks({ method: restless }));
    expect(failed).toContain('a mask is a function of its number alone');
  });
});

describe('every built-in method', () => {
  describe.each(METHODS.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    let checks: Check[] = [];
    beforeAll(async () => {
      const method = await entry.load();
      const most = method.without?.includes('maxSamples') === true ? {} : { maxSamples: 400 };
      checks = methodChecks({ method, options: most });
    });
    it('passes the suite', async () => {
      expect(await failing(checks)).toEqual([]);
    });
  });
});

describe('every built-in launcher', () => {
  const onnx = folder.write('m.onnx', plantedClassifier({ width: 8, height: 6 }, { x: 1, y: 1, width: 4, height: 3 }));
  const damaged = folder.write('damaged.onnx', 'no model');
  const ir = new IrBuilder();
  const x = ir.parameter('x', [1, 2]);
  const [y] = ir.layer('Add', [x, ir.constant([10, 20], [1, 2])], [[1, 2]], { name: 'y' });
  ir.result(y!);
  const { xml, bin } = ir.build();
  folder.write('ir.bin', bin);
  const python = pythonWith('numpy');
  const predict = 'def predict(batch):\n    return batch.reshape(len(batch), -1, 3).mean(1) / 255\n';
  const models: Readonly<Record<string, Omit<Parameters<typeof readyLauncherChecks>[1], 'launcher'>>> = {
    onnx: { description: onnx, damaged },
    openvino: { description: folder.write('ir.xml', xml), damaged: folder.write('damaged.xml', '<net>') },
    python: {
      description: folder.write('model.py', predict),
      damaged: folder.write('damaged.py', 'x = ['),
      options: { python: python ?? undefined },
      sizes: { H: 8, W: 6 },
    },
  };
  const there = LAUNCHERS.filter(({ name }) => name !== 'python' || python !== null);
  it.each(there.map((entry) => [entry.name, entry] as const))('%s passes the suite', async (name, entry) => {
    expect(await failing(readyLauncherChecks(await entry.load(), models[name]!))).toEqual([]);
  });
});

const LAYOUTS: readonly LayoutCase[] = [...yoloCases, ...headCases, ...gridCases, ...otherCases];

function outputsOf({ inputs = NCHW, outputs, metadata = {}, labels }: LayoutCase): ModelOutputs {
  return {
    outputs: Object.fromEntries(outputs.map(({ name, shape, values }) => [name, tensor(shape, values)])),
    input: INPUT,
    signature: {
      inputs: inputs.map(({ name, type = 'float32', shape }) => ({ name, type, shape })),
      outputs: outputs.map(({ name, type = 'float32', shape, declared = shape }) => ({ name, type, shape: declared })),
      metadata,
    },
    labels,
  };
}

describe('every built-in family', () => {
  it.each(LAYOUTS.map((layout) => [`${layout.interpreter}: ${layout.title}`, layout] as const))(
    '%s passes the suite',
    async (_, layout) => {
      const { ids = [2, 0], preprocessing } = layout;
      const family = await INTERPRETERS.find(({ name }) => name === layout.interpreter)!.load();
      const finds = OBJECTS.map(({ score }, i) => {
        const [x, y, right, bottom] = IN_INPUT[preprocessing.resize][i]!;
        return { label: ids[i]!, score, box: { x, y, width: right - x, height: bottom - y } };
      });
      const checks = interpreterChecks({
        interpreter: family,
        reads: outputsOf(layout),
        finds: family.usualSize === undefined ? finds : [],
        others: LAYOUTS.filter(({ interpreter: other }, i) => other !== layout.interpreter && i % 9 === 0).map(
          outputsOf,
        ),
      });
      expect(await failing(checks)).toEqual([]);
    },
  );
});

describe('every built-in format', () => {
  const made = new Map<string, string>();
  beforeAll(async () => {
    for (const [i, sample] of SAMPLES.entries()) {
      const root = folder.at(`samples/${i}`);
      folder.write(`samples/${i}/.made`, '');
      await sample.make(root);
      made.set(String(i), root);
    }
  });
  afterAll(() => {
    made.clear();
  });
  it.each(SAMPLES.map((sample, i) => [`${sample.format} (sample ${i + 1})`, sample, i] as const))(
    '%s passes the suite',
    async (_, sample, i) => {
      const entry = FORMATS.find(({ name }) => name === sample.format)!;
      const checks = readyFormatChecks(await entry.load(), {
        path: made.get(String(i))!,
        items: sample.items.length,
        labelNames: sample.labelNames,
        others: SAMPLES.flatMap(({ format: other }, at) => (other === sample.format ? [] : [made.get(String(at))!])),
      });
      expect(await failing(checks)).toEqual([]);
    },
  );
});

it('the guides show modules of less than 40 lines', () => {
  for (const name of ['launcher.js', 'interpreter.js', 'format.js', 'method.js']) {
    const text = readFileSync(new URL(`../../examples/plugins/${name}`, import.meta.url), 'utf8');
    expect(text.split('\n').length, name).toBeLessThan(40);
  }
});
