/**
 * What the core computes, so that it can be compared between platforms. It runs in the tests' own process and, bundled,
 * in a page; what comes back is plain JSON.
 */
import type { Prediction } from '../../../src/annotations/index.js';
import { explain, functionModel, imageFromPixels, measure, type FunctionModelOptions } from '../../../src/browser.js';
import { cellCount, drawMask, rowBuffer } from '../../../src/explain/rise/mask-field.js';
import type { SamplerName } from '../../../src/explain/rise/sampler.js';
import { createSampler } from '../../../src/explain/rise/samplers.js';
import { filling } from '../../interpreters/helpers.js';
import { configureInterpreter } from '../../../src/interpreters/infer/infer.js';
import { loadInterpreter } from '../../../src/interpreters/registry.js';
import { GraphBuilder, readModelHeader, readOpening } from '../../../src/onnx/index.js';
import { convertModel } from '../../../src/openvino/index.js';
import { headCases } from '../../interpreters/layouts/anchor-heads.js';
import { gridCases } from '../../interpreters/layouts/grids.js';
import { otherCases } from '../../interpreters/layouts/other.js';
import { INPUT, NCHW, type LayoutCase } from '../../interpreters/layouts/scene.js';
import { yoloCases } from '../../interpreters/layouts/yolo.js';

/** What was computed, by what it is. */
export type Computed = Record<string, unknown>;

/** An OpenVINO model. */
export interface IrFiles {
  readonly xml: string;
  /** Bytes of the `.bin`. */
  readonly weights: readonly number[];
}

/** The bits of an array, as text. */
function bits(values: ArrayBufferView): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Plain JSON: arrays of numbers become their bits. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return bits(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** Masks of every sampler, for several sizes and seeds. */
export function masks(): Computed {
  const computed: Computed = {};
  const sizes = [
    { width: 48, height: 32, gridWidth: 6, gridHeight: 5 },
    { width: 7, height: 23, gridWidth: 7, gridHeight: 3 },
  ];
  const designs: readonly (readonly [SamplerName, number])[] = [
    ['foldover', 0.5],
    ['random', 0.3],
    ['reference', 0.5],
  ];
  for (const [sampler, probability] of designs) {
    for (const size of sizes) {
      for (const seed of [0, 7, 2 ** 52 + 1]) {
        const sampled = createSampler({ sampler, probability, seed, ...size });
        const cells = new Uint8Array(cellCount(sampled.field));
        const out = new Float32Array(size.width * size.height);
        const name = `${sampler}, ${size.width} x ${size.height}, seed ${seed}`;
        computed[name] = [0, 1, 2, 63, 1000].map((index) => {
          drawMask(sampled.field, cells, sampled.draw(index, cells), rowBuffer(sampled.field), out);
          return bits(out);
        });
      }
    }
  }
  return computed;
}

const MODEL = { width: 48, height: 32 };

/** Where the model looks, in pixels of its input. */
const REGION = { x: 30, y: 4, width: 12, height: 8 };

/** Pixels that differ from one another. */
function photo(width: number, height: number): ReturnType<typeof imageFromPixels> {
  const rgba = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => {
    const pixel = i >> 2;
    const channel = i & 3;
    return channel === 3 ? 255 : (pixel * (31 + 12 * channel) + ((pixel * pixel) >> 5)) % 256;
  });
  return imageFromPixels(width, height, rgba);
}

/** How bright the region is, 0..1, of each image of a batch `[N, C, H, W]` or `[N, H, W, C]`. */
function brightness(data: Float32Array, shape: readonly number[], layout: 'nchw' | 'nhwc'): number[] {
  const [count = 0] = shape;
  const { width, height } = MODEL;
  return Array.from({ length: count }, (_, n) => {
    let sum = 0;
    for (let y = REGION.y; y < REGION.y + REGION.height; y++) {
      for (let x = REGION.x; x < REGION.x + REGION.width; x++) {
        for (let channel = 0; channel < 3; channel++) {
          const at = layout === 'nchw' ? (channel * height + y) * width + x : (y * width + x) * 3 + channel;
          sum += data[n * 3 * width * height + at]!;
        }
      }
    }
    return sum / (3 * REGION.width * REGION.height);
  });
}

function classifier(input: Partial<FunctionModelOptions['input']> = {}): FunctionModelOptions {
  const { layout = 'nchw' } = input;
  return {
    input: { ...MODEL, ...input },
    labels: ['bright', 'dark'],
    interpreter: 'classification',
    run: (data, shape) => {
      const found = brightness(data, shape, layout);
      return { scores: { data: Float32Array.from(found.flatMap((p) => [p, 1 - p])), shape: [found.length, 2] } };
    },
  };
}

/** A detector that sees one box, the region, as surely as it is bright. */
const detector: FunctionModelOptions = {
  input: MODEL,
  labels: ['thing'],
  run: (data, shape) => ({ found: { data: Float32Array.from(brightness(data, shape, 'nchw')), shape: [shape[0]!] } }),
  interpreter: ({ found }, { count }): Prediction[] =>
    Array.from({ length: count }, (_, n) => {
      const { x, y, width, height } = REGION;
      const classes = { kind: 'single', labels: Int32Array.of(0), scores: found!.data.slice(n, n + 1) } as const;
      const boxes = Float32Array.of(x, y, x + width, y + height);
      return { scores: null, proposals: { count: 1, boxes, objectness: null, classes } };
    }),
};

type Given = NonNullable<Parameters<typeof explain>[2]>;

/** Explanations with functions as models: of images at the model's size and scaled, with every fill. */
const EXPLANATIONS: readonly (readonly [string, FunctionModelOptions, readonly [number, number], Given])[] = [
  ['at the size of the model', classifier(), [48, 32], {}],
  ['scaled down', classifier(), [133, 97], { seed: 3 }],
  ['scaled up, blurred', classifier(), [20, 15], { fill: 'blur' }],
  ['in a letterbox, mean', classifier({ resize: 'letterbox', pad: 114 }), [120, 40], { fill: 'mean', topK: 'all' }],
  ['cut, a color', classifier({ resize: 'center-crop' }), [90, 70], { fill: [9, 99, 199], classes: ['dark'] }],
  ['interleaved, normalized', classifier({ layout: 'nhwc', mean: [0.4], std: [0.2] }), [61, 45], { fill: 'blur' }],
  ['masks at random', classifier(), [48, 32], { sampler: 'random', prob: 0.3 }],
  ['as the original code', classifier(), [48, 32], { reference: true, maxSamples: 100 }],
  ['a box', detector, [133, 97], { detConfThresh: 0.1 }],
  ['a box, blurred', detector, [133, 97], { detConfThresh: 0.1, fill: 'blur' }],
  ['under windows', classifier(), [133, 97], { method: 'occlusion', maxSamples: undefined }],
];

export async function maps(): Promise<Computed> {
  const computed: Computed = {};
  for (const [name, options, [width, height], given] of EXPLANATIONS) {
    const model = await functionModel(options);
    const { targets, notes, run } = await explain(model, photo(width, height), { maxSamples: 200, ...given });
    computed[name] = plain({
      samples: run.samples,
      notes,
      targets: targets.map((target) => ({
        score: target.score,
        box: target.box,
        verdict: target.verdict,
        reliability: target.reliability,
        belief: target.belief,
        map: target.map,
        error: target.standardError,
        significant: target.significant,
      })),
    });
    await model.close();
  }
  return computed;
}

/** What is measured on maps: it asks for pixels in order of saliency. */
export async function metrics(): Promise<Computed> {
  const computed: Computed = {};
  for (const [name, options, given] of [
    ['classifier', classifier(), { maxSamples: 128 }],
    ['detector', detector, { maxSamples: 128, detConfThresh: 0.1 }],
  ] as const) {
    const model = await functionModel(options);
    const image = photo(100, 80);
    const { targets } = await explain(model, image, { ...given, metrics: 'full' });
    computed[name] = plain(
      targets.map(({ deletion, insertion, boundary, contrast }) => ({ deletion, insertion, boundary, contrast })),
    );
    const [first] = targets;
    if (first !== undefined) computed[`${name}, of its map`] = plain(await measure(model, image, { map: first.map }));
    const overlays = await Promise.all(targets.map((target) => target.overlay()));
    computed[`${name}, drawn`] = overlays.map((bytes) => bytes.length > 100);
    await model.close();
  }
  return computed;
}

/** Outputs of every family, read. */
export async function predictions(): Promise<Computed> {
  const computed: Computed = {};
  for (const layout of [...yoloCases, ...headCases, ...gridCases, ...otherCases]) {
    computed[layout.title] = plain(await predictionOf(layout));
  }
  return computed;
}

async function predictionOf({
  interpreter,
  inputs = NCHW,
  outputs,
  metadata = {},
  labels,
}: LayoutCase): Promise<unknown> {
  const tensors = Object.fromEntries(
    outputs.map(({ name, shape, values }) => [name, { data: Float32Array.from(values), shape }]),
  );
  const signature = {
    inputs: inputs.map(({ name, shape, type = 'float32' as const }) => ({ name, shape, type })),
    outputs: outputs.map(({ name, shape, declared = shape, type = 'float32' as const }) => ({
      name,
      type,
      shape: declared,
    })),
    metadata,
  };
  const evidence = { signature, labels: labels ?? null, sample: tensors, input: INPUT };
  const run = (): Promise<{ outputs: typeof tensors; input: typeof INPUT }> =>
    Promise.resolve({ outputs: tensors, input: INPUT });
  const inference = await configureInterpreter(await loadInterpreter(interpreter), evidence, {}, run);
  const decoder = inference.interpreter.create({
    signature,
    input: { name: inputs[0]!.name, ...INPUT, channels: 3 },
    labels: inference.labels,
    options: inference.recognition.options,
  });
  const pixels = (): never => {
    throw new Error('built-in families read outputs alone');
  };
  const { preprocessing, recognition, facts } = inference;
  const read = decoder.decode(tensors, { count: 1, placement: filling(INPUT), pixels });
  return { preprocessing, reason: recognition.reason, facts, labels: inference.labels, read };
}

/** OpenVINO models translated, and ONNX files written and read. */
export function files(models: Readonly<Record<string, IrFiles>>): Computed {
  const graph = new GraphBuilder({ opset: 17 });
  const image = graph.input('image', 'float32', ['N', 3, 8, 8]);
  const shifted = graph.node('Sub', [image, graph.constant(Float32Array.of(0.5, 0.4, 0.3), [1, 3, 1, 1])]);
  graph.output(graph.node('GlobalAveragePool', [shifted]), 'scores', 'float32', ['N', 3, 1, 1]);
  const bytes = graph.encode({ metadata: { names: 'rot, grün, blau' } });
  const computed: Computed = {
    'an ONNX file': plain({ bytes, header: readModelHeader(bytes), opening: readOpening(bytes, 'image') }),
  };
  for (const [name, { xml, weights }] of Object.entries(models)) {
    const converted = convertModel(xml, Uint8Array.from(weights), { name });
    computed[name] = plain({ ...converted, header: readModelHeader(converted.bytes) });
  }
  return computed;
}
