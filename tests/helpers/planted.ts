import type { ModelConfig } from '../../src/models/config.js';
import { GraphBuilder, type Value } from './onnx-graph.js';
import type { Region } from './maps.js';

/** How a planted classifier is declared. */
export interface ClassifierShape {
  readonly width: number;
  readonly height: number;
  readonly layout?: 'nchw' | 'nhwc';
  readonly type?: 'float32' | 'float16' | 'uint8';
  /** Images a run; any number where absent. */
  readonly batch?: number;
  /** Without a batch axis. */
  readonly rank3?: boolean;
  /** Height and width open in the declaration. */
  readonly openSize?: boolean;
}

/**
 * A classifier with two classes: class 0 scores the mean brightness (0..1) of a region of the input, class 1 the rest
 * to 1. Which pixels matter is known exactly: those of the region, all alike.
 */
export function plantedClassifier(shape: ClassifierShape, region: Region): Uint8Array {
  const { width, height, layout = 'nchw', type = 'float32', rank3 = false } = shape;
  const g = new GraphBuilder();
  const [h, w] = shape.openSize === true ? ['H', 'W'] : [height, width];
  const sizes = layout === 'nchw' ? [3, h, w] : [h, w, 3];
  const image = g.input('image', type, rank3 ? sizes : [shape.batch ?? 'N', ...sizes]);
  const mean = regionMean(g, asFractions(g, image, type), region, layout, rank3);
  const axis = rank3 ? 0 : 1;
  const pair = g.node('Concat', [mean, g.node('Sub', [g.float(1), mean])], { axis });
  // Classes are read from [N, classes]; a model without a batch axis answers [1, classes].
  const scores = rank3 ? g.node('Unsqueeze', [pair, g.ints([0])]) : pair;
  g.output(scores, 'scores', 'float32', [rank3 ? 1 : (shape.batch ?? 'N'), 2]);
  return g.encode();
}

/**
 * A classifier that is asked three questions of a batch of one: `type` and `color` have two classes each, that score the
 * mean brightness of a region and the rest to 1; of `traits`, the first scores that of the first region, the second 0.
 */
export function plantedHeads({ width, height }: Size, type: Region, color: Region): Uint8Array {
  const g = new GraphBuilder();
  const image = g.input('image', 'float32', [1, 3, height, width]);
  const pair = (mean: Value): Value => g.node('Concat', [mean, g.node('Sub', [g.float(1), mean])], { axis: 1 });
  const first = regionMean(g, image, type);
  g.output(pair(first), 'type', 'float32', [1, 2]);
  g.output(pair(regionMean(g, image, color)), 'color', 'float32', [1, 2]);
  const traits = g.node('Concat', [first, g.node('Mul', [first, g.float(0)])], { axis: 1 });
  g.output(traits, 'traits', 'float32', [1, 2]);
  return g.encode();
}

/** Values 0..1 from any declared type. */
function asFractions(g: GraphBuilder, image: Value, type: NonNullable<ClassifierShape['type']>): Value {
  if (type === 'float32') return image;
  const float32 = 1;
  const cast = g.node('Cast', [image], { to: float32 });
  return type === 'uint8' ? g.node('Div', [cast, g.float(255)]) : cast;
}

/** Mean over a region and all channels: `[N, 1]`, or `[1]` without a batch axis. */
export function regionMean(
  g: GraphBuilder,
  image: Value,
  { x, y, width: w, height: h }: Region,
  layout: 'nchw' | 'nhwc' = 'nchw',
  rank3 = false,
): Value {
  const first = (layout === 'nchw' ? 2 : 1) - (rank3 ? 1 : 0);
  const cut = g.node('Slice', [image, g.ints([y, x]), g.ints([y + h, x + w]), g.ints([first, first + 1])]);
  const flat = g.node('Reshape', [cut, g.ints(rank3 ? [1, -1] : [0, -1])]);
  const mean = g.node('ReduceMean', [flat, g.ints([1])], { keepdims: 1 });
  return rank3 ? g.node('Reshape', [mean, g.ints([1])]) : mean;
}

/** Reads a planted classifier's scores as they are; the input is 0..1 (0..255 for uint8). */
export function classifierConfig(
  description: string,
  more: Partial<ModelConfig> = {},
): Partial<ModelConfig> & { readonly description: string } {
  return {
    description,
    interpreter: 'classification',
    interpreterOptions: { heads: [{ name: 'scores', activation: 'none' }] },
    scale: 1 / 255,
    mean: [0],
    std: [1],
    ...more,
  };
}

/** The same for the command line, after `--`. */
export const CLASSIFIER_FLAGS = ['-i', 'classification', '--scale', '1/255', '--mean', '0', '--std', '1'];

/** A planted object: a box with a class that is found as far as its evidence is bright. */
export interface PlantedObject {
  readonly box: Region;
  readonly label: number;
  /** Where the evidence lies: the score is the region's mean brightness times `height`. */
  readonly evidence: Region;
  /** Score when all evidence is white. */
  readonly height: number;
}

/** False positives: the object's box moved a little, scored by a region that has nothing to do with it. */
export function jittered(objects: readonly PlantedObject[], elsewhere: Region): PlantedObject[] {
  const moves = [-3, 2, -1, 3];
  return objects.flatMap((object) =>
    moves.map((move, index) => ({
      box: { ...object.box, x: object.box.x + move, y: object.box.y - moves[(index + 1) % 4]! },
      label: object.label,
      evidence: elsewhere,
      height: 0.2,
    })),
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `[N, objects]`: every object's score. */
function objectScores(g: GraphBuilder, image: Value, objects: readonly PlantedObject[]): Value {
  const scores = objects.map(({ evidence, height }) =>
    g.node('Mul', [regionMean(g, image, evidence), g.float(height)]),
  );
  return g.node('Concat', scores, { axis: 1 });
}

/** A detector `[1, 1, K, 7]` with one row an object: image, label, score, x1, y1, x2, y2 in 0..1. */
export function plantedSsd(size: Size, objects: readonly PlantedObject[]): Uint8Array {
  const g = new GraphBuilder();
  const image = g.input('image', 'float32', [1, 3, size.height, size.width]);
  const column = (values: readonly number[]): Value =>
    g.constant(Float32Array.from(values), [1, 1, objects.length, values.length / objects.length]);
  const scores = g.node('Reshape', [objectScores(g, image, objects), g.ints([1, 1, objects.length, 1])]);
  const rows = g.node(
    'Concat',
    [
      column(objects.flatMap(({ label }) => [0, label])),
      scores,
      column(
        objects.flatMap(({ box }) => [
          box.x / size.width,
          box.y / size.height,
          (box.x + box.width) / size.width,
          (box.y + box.height) / size.height,
        ]),
      ),
    ],
    { axis: 3 },
  );
  g.output(rows, 'detection_out', 'float32', [1, 1, objects.length, 7]);
  return g.encode();
}

/**
 * A detector in YOLOX's layout `[N, cells, 5 + classes]`, boxes decoded to pixels: objects lie in the first rows with
 * their score as objectness, all other rows have none.
 */
export function plantedYolox(size: Size, classes: number, objects: readonly PlantedObject[]): Uint8Array {
  const g = new GraphBuilder();
  const image = g.input('image', 'float32', ['N', 3, size.height, size.width]);
  const cells = [8, 16, 32].reduce((sum, stride) => sum + (size.width / stride) * (size.height / stride), 0);
  const boxes = new Float32Array(cells * 4).fill(1);
  const labels = new Float32Array(cells * classes).fill(0.01);
  objects.forEach(({ box, label }, row) => {
    boxes.set([box.x + box.width / 2, box.y + box.height / 2, box.width, box.height], row * 4);
    labels[row * classes + label] = 0.99;
  });
  const scores = objectScores(g, image, objects);
  const padded = g.node('Pad', [scores, g.ints([0, 0, 0, cells - objects.length])]);
  const objectness = g.node('Unsqueeze', [padded, g.ints([2])]);
  // Constants get the batch axis by adding zeros that have it.
  const zeros = g.node('Mul', [objectness, g.float(0)]);
  const table = g.node(
    'Concat',
    [
      g.node('Add', [g.constant(boxes, [1, cells, 4]), zeros]),
      objectness,
      g.node('Add', [g.constant(labels, [1, cells, classes]), zeros]),
    ],
    { axis: 2 },
  );
  g.output(table, 'output', 'float32', ['N', cells, 5 + classes]);
  return g.encode();
}

/** Reads a planted YOLOX with pixels in 0..1. */
export function yoloxConfig(description: string): Partial<ModelConfig> & { readonly description: string } {
  return {
    description,
    interpreter: 'yolox',
    interpreterOptions: { decoded: true },
    resize: 'stretch',
    scale: 1 / 255,
  };
}
