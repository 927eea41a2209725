/** Heads of face and small detectors beside what else their shapes could be. */
import { describe, expect, it } from 'vitest';
import { DatumError } from '../../src/errors.js';
import type { Evidence } from '../../src/interpreters/contract/types.js';
import { usualInputSize } from '../../src/interpreters/contract/usual-size.js';
import { inferInterpreter } from '../../src/interpreters/infer/infer.js';
import { interpreterNames, loadInterpreter } from '../../src/interpreters/registry.js';
import type { Emitted, EmittedInput } from '../helpers/emit.js';
import { batchOf, contextOf, tensor } from './helpers.js';
import { faceCases } from './layouts/faces.js';
import { INPUT, NCHW } from './layouts/scene.js';
import { smallCases } from './layouts/small.js';
import { elevenClassHeads, elevenClassTable } from './layouts/yolo-faces.js';

/** What a run of a model that emits these outputs shows. */
function shown(
  outputs: readonly Emitted[],
  labels: readonly string[] | null = null,
  inputs: readonly EmittedInput[] = NCHW,
  input = INPUT,
): Evidence {
  return {
    signature: {
      inputs: inputs.map(({ name, shape, type = 'float32' }) => ({ name, shape, type })),
      outputs: outputs.map(({ name, shape, declared, type = 'float32' }) => ({ name, type, shape: declared ?? shape })),
      metadata: {},
    },
    labels,
    sample: Object.fromEntries(outputs.map(({ name, shape, values }) => [name, tensor(shape, values)])),
    input,
  };
}

/** Size of a case's input, 640 x 640 where it is open. */
function sizeOf([input]: readonly EmittedInput[]): { width: number; height: number } {
  const sizes = input!.shape.filter((size) => size !== 1 && size !== 3);
  const [height, width] = sizes.slice(-2).map((size) => (typeof size === 'number' ? size : 640));
  return { height: height!, width: width! };
}

async function readings(evidence: Evidence): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of interpreterNames) {
    const recognition = (await loadInterpreter(name)).recognise(evidence);
    if (recognition !== null) found[name] = recognition.confidence;
  }
  return found;
}

const cases = [...faceCases, ...smallCases];

describe('no other family reads these heads', () => {
  it.each(cases.map((layout) => [layout.title, layout] as const))('%s', async (_title, layout) => {
    const inputs = layout.inputs ?? NCHW;
    const found = await readings(shown(layout.outputs, layout.labels ?? null, inputs, sizeOf(inputs)));
    const { [layout.interpreter]: own, ...others } = found;
    expect(own).toMatch(/certain|likely/);
    // Boxes and two columns of scores may be anybody's, but never enough to be chosen.
    const most = layout.interpreter === 'ultraface-raw' ? ['possible'] : [];
    for (const [name, confidence] of Object.entries(others)) expect(most, name).toContain(confidence);
  });
});

describe('eleven classes are no landmarks', () => {
  const names = Array.from({ length: 11 }, (_, id) => `class ${id}`);

  it('raw heads whose numbers are logits of classes stay YOLOv5 or YOLOv7', async () => {
    expect(await readings(shown(elevenClassHeads))).toEqual({ 'yolov5-heads': 'likely', 'yolov7-heads': 'likely' });
    expect(Object.keys(await readings(shown(elevenClassHeads, names)))).not.toContain('yolov5-face');
  });

  it('nor a table of probabilities, with names or without', async () => {
    expect((await inferInterpreter(shown([elevenClassTable]))).interpreter.name).toBe('yolov5');
    expect((await inferInterpreter(shown([elevenClassTable], names))).interpreter.name).toBe('yolov5');
  });

  it('eleven names overrule what landmarks look like, one name what classes do', async () => {
    const face = faceCases.find(({ title }) => title === 'YOLOv5-face, raw heads with landmarks')!;
    expect(Object.keys(await readings(shown(face.outputs, names)))).toEqual(['yolov5-heads', 'yolov7-heads']);
    expect(await readings(shown(elevenClassHeads, ['face']))).toEqual({ 'yolov5-face': 'certain' });
    expect(await readings(shown([elevenClassTable], ['face']))).toEqual({ 'yolov5-face': 'certain' });
  });

  it('without a run nothing tells, and the reading waits for one', async () => {
    const evidence = { ...shown(elevenClassHeads), sample: null };
    expect(await readings(evidence)).toEqual({
      'yolov5-heads': 'likely',
      'yolov5-face': 'possible',
      'yolov7-heads': 'likely',
    });
  });
});

describe('what does not fit is refused', () => {
  it('prior boxes of another number than RetinaFace or UltraFace have', async () => {
    const boxes = { name: 'loc', shape: [1, 100, 4], values: new Float32Array(400).fill(-1) };
    const scores = { name: 'conf', shape: [1, 100, 2], values: new Float32Array(200).fill(0.5) };
    const points = { name: 'landms', shape: [1, 100, 10], values: new Float32Array(1000) };
    expect(await readings(shown([boxes, scores, points]))).toEqual({});
    expect(Object.keys(await readings(shown([boxes, scores])))).not.toContain('ultraface-raw');
    await expect(inferInterpreter(shown([boxes, scores, points]))).rejects.toThrow('"landms" [1, 100, 10]');
  });

  it('one grid of planes that are no softmax is no FastestDet', async () => {
    const output = { name: 'map', shape: [1, 8, 4, 6], values: new Float32Array(192).fill(0.4) };
    expect(await readings(shown([output]))).toEqual({});
  });

  it('CenterNet with two outputs of two planes that nothing tells apart', async () => {
    const [heat, sizes] = [3, 2].map((planes, i) => ({
      name: `o${i}`,
      shape: [1, planes, 16, 24],
      values: new Float32Array(planes * 384).fill(0.3),
    }));
    expect(await readings(shown([heat!, sizes!, { ...sizes!, name: 'o2' }]))).toEqual({});
  });

  it('YuNet at a size that is no multiple of 32, before anything is run', async () => {
    const yunet = await loadInterpreter('yunet');
    const create = () => yunet.create(contextOf({ width: 330, height: 320 }));
    expect(create).toThrow(DatumError);
    expect(create).toThrow('multiples of 32, not 330 x 320');
  });

  it('SCRFD of several images without an axis of them', async () => {
    const scrfd = await loadInterpreter('scrfd');
    const layout = faceCases.find(({ title }) => title === 'SCRFD without landmarks or an axis of images')!;
    const outputs = shown(layout.outputs).sample!;
    expect(() => scrfd.create(contextOf(INPUT)).decode(outputs, batchOf(2, INPUT))).toThrow(
      'have no axis of images, so that the model takes one a run: leave',
    );
  });
});

describe('sizes that a model leaves open', () => {
  it.each([
    ['yunet', 'YuNet of any size: its names tell before a run'],
    ['scrfd', 'SCRFD of any size, its last sizes open: the names tell'],
    ['scrfd', 'SCRFD of any size, its outputs numbered and declared as at 640 x 640'],
  ])('%s is known before a run, and its size with it', async (name, title) => {
    const layout = faceCases.find((one) => one.title === title)!;
    const evidence = { ...shown(layout.outputs, null, layout.inputs), sample: null, input: null };
    expect((await readings(evidence))[name]).toBe('certain');
    expect(Object.values(await readings(evidence)).filter((confidence) => confidence === 'certain')).toHaveLength(1);
    const interpreter = await loadInterpreter(name);
    expect(usualInputSize(evidence, interpreter)).toEqual({ width: 640, height: 640 });
  });
});

it.each(cases.filter(({ inputs }) => inputs === undefined).map((layout) => [layout.title, layout] as const))(
  'two images of a batch are read as one is: %s',
  async (_title, layout) => {
    const interpreter = await loadInterpreter(layout.interpreter);
    const evidence = shown(layout.outputs, layout.labels ?? null);
    const single = Object.values(evidence.sample!).some(({ shape }) => shape.length === 2);
    if (single) return;
    const twice = Object.fromEntries(
      Object.entries(evidence.sample!).map(([output, { data, shape }]) => {
        const values = new Float32Array(2 * data.length);
        values.set(data, data.length);
        return [output, { data: values, shape: [2, ...shape.slice(1)] }];
      }),
    );
    const decode = interpreter.create(contextOf(INPUT, interpreter.recognise(evidence)!.options));
    const [, second] = decode.decode(twice, batchOf(2, INPUT));
    const alone = interpreter.create(contextOf(INPUT, interpreter.recognise(evidence)!.options));
    const [only] = alone.decode(evidence.sample!, batchOf(1, INPUT));
    expect(Array.from(second!.proposals!.boxes.subarray(0, 4 * second!.proposals!.count))).toEqual(
      Array.from(only!.proposals!.boxes.subarray(0, 4 * only!.proposals!.count)),
    );
    expect(Array.from(second!.proposals!.objectness ?? [])).toEqual(Array.from(only!.proposals!.objectness ?? []));
  },
);
