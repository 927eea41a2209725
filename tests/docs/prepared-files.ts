/** The files and folders that examples name. An example that names another needs a line in `PREPARED`. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SAMPLES } from '../datasets/samples/formats.js';
import { emittingModel } from '../helpers/emit.js';
import { paint, speckled, toSharp } from '../helpers/images.js';
import { GraphBuilder } from '../helpers/onnx-graph.js';
import { ROOT } from '../helpers/packed.js';
import { plantedClassifier, regionMean } from '../helpers/planted.js';
import { IrBuilder } from '../openvino/ir-builder.js';

/** What an example may name, and how it is made at a path. */
export const PREPARED: Readonly<Record<string, (path: string) => Promise<void> | void>> = {
  'photo.jpg': async (path) => {
    writeFileSync(
      path,
      await toSharp(paint(320, 280, (x, y) => (x < 160 ? [220, 200, 180] : [150, 140, (x + y) % 256])))
        .jpeg()
        .toBuffer(),
    );
  },
  'other.jpg': async (path) => {
    writeFileSync(path, await toSharp(speckled(200, 160)).jpeg().toBuffer());
  },
  'yolov8n.onnx': (path) => {
    writeFileSync(path, plantedYolov8());
  },
  'model.onnx': (path) => {
    writeFileSync(path, plantedClassifier({ width: 32, height: 32 }, { x: 4, y: 4, width: 12, height: 12 }));
  },
  'detector.onnx': (path) => {
    const values = [0.5, 0.5, 0.2, 0.1, 0.9, 1, 0.3, 0.3, 0.2, 0.2, 0.4, 0];
    const input = [{ name: 'image', shape: [1, 3, 24, 32] }];
    writeFileSync(path, emittingModel(input, [{ name: 'found', shape: [1, 2, 6], values }]));
  },
  'model.linear': (path) => {
    const [width, height] = [32, 24];
    const weights = Array.from({ length: width * height }, (_, i) => (i % width < 16 ? 1 / 384 : 0));
    writeFileSync(path, JSON.stringify({ width, height, weights: [weights, weights.map(() => 0)] }));
  },
  'cut.linear': (path) => {
    writeFileSync(path, '{"width": 32,');
  },
  data: boxesTxt,
  'samples/good': boxesTxt,
  'samples/damaged': async (path) => {
    await boxesTxt(path);
    writeFileSync(join(path, 'boxes.txt'), 'a.png,1,2,3,4,cat\nno line\n');
  },
  'model.xml': (path) => {
    const { xml, bin } = channelMeans();
    writeFileSync(path, xml);
    writeFileSync(path.replace(/xml$/, 'bin'), bin);
  },
  voc: async (path) => {
    await SAMPLES.find(({ format }) => format === 'voc')?.make(path);
  },
  'examples/animals': (path) => {
    copyAnimals(path, 4);
  },
};

/** Two images with a box each, as docs/datasets.md has it. */
async function boxesTxt(path: string): Promise<void> {
  mkdirSync(path, { recursive: true });
  for (const name of ['a.png', 'b.png'])
    writeFileSync(join(path, name), await toSharp(speckled(64, 48)).png().toBuffer());
  writeFileSync(join(path, 'boxes.txt'), 'a.png,4,4,20,20,bright\nb.png,10,8,30,30,dark\n');
}

/** Makes in a folder all of these that a page names. */
export async function prepareFiles(folder: string, page: string): Promise<void> {
  for (const [name, make] of Object.entries(PREPARED)) {
    if (!new RegExp(`(?<![\\w/.-])${name.replaceAll('.', '\\.')}(?![\\w.-])`).test(page)) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await make(join(folder, name));
  }
}

/** A detector in the layout of YOLOv8 with the classes of COCO: a dog and a cat, each as sure as a region is bright. */
function plantedYolov8(): Uint8Array {
  // A square of 64 would have as many cells as columns, and could be read either way.
  const [width, height] = [96, 64];
  const classes = 80;
  const cells = [8, 16, 32].reduce((sum, stride) => sum + (width / stride) * (height / stride), 0);
  const [dog, cat] = [16, 15];
  const g = new GraphBuilder();
  const image = g.input('images', 'float32', [1, 3, height, width]);
  // Columns of the first two cells; boxes are x, y, width and height, from the center.
  const boxes = new Float32Array(4 * cells);
  [
    [32, 30, 24, 40],
    [64, 32, 20, 20],
  ].forEach((box, cell) => {
    box.forEach((value, row) => (boxes[row * cells + cell] = value));
  });
  const only = (label: number, cell: number): Float32Array => {
    const table = new Float32Array(classes * cells);
    table[label * cells + cell] = 1;
    return table;
  };
  const scored = (
    [
      [dog, 0, { x: 24, y: 14, width: 16, height: 24 }],
      [cat, 1, { x: 54, y: 26, width: 14, height: 12 }],
    ] as const
  ).map(([label, cell, region]) =>
    g.node('Mul', [g.constant(only(label, cell), [1, classes, cells]), regionMean(g, image, region)]),
  );
  const scores = scored.reduce((sum, next) => g.node('Add', [sum, next]));
  g.output(g.node('Concat', [g.constant(boxes, [1, 4, cells]), scores], { axis: 1 }), 'output0', 'float32', [
    1,
    4 + classes,
    cells,
  ]);
  return g.encode();
}

/** An OpenVINO model with three classes: how red, green and blue an image is. */
function channelMeans(): { xml: string; bin: Uint8Array } {
  const ir = new IrBuilder();
  const image = ir.parameter('image', [1, 3, 32, 32]);
  const axes = ir.constant([2, 3], [2], 'i64');
  const [means] = ir.layer('ReduceMean', [image, axes], [[1, 3]], { data: { keep_dims: false } });
  if (means !== undefined) ir.result(means);
  return ir.build();
}

const annotationsSchema = z.looseObject({
  images: z.array(z.looseObject({ id: z.number(), file_name: z.string() })),
  annotations: z.array(z.looseObject({ image_id: z.number() })),
});

/** The example with its first images alone. */
function copyAnimals(folder: string, count: number): void {
  const from = join(ROOT, 'examples', 'animals');
  const listed = join('annotations', 'instances_default.json');
  const all = annotationsSchema.parse(JSON.parse(readFileSync(join(from, listed), 'utf8')));
  const images = all.images.slice(0, count);
  const annotations = all.annotations.filter((one) => images.some(({ id }) => id === one.image_id));
  const kept = [
    ...images.map((one) => join('images', one.file_name)),
    'classifier-clean.onnx',
    'classifier-shortcut.onnx',
  ];
  for (const name of kept) cpSync(join(from, name), join(folder, name));
  mkdirSync(join(folder, 'annotations'), { recursive: true });
  writeFileSync(join(folder, listed), JSON.stringify({ ...all, images, annotations }));
}
