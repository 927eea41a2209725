import { outputEnding } from '../contract/ending.js';
import { hasBatchAxis, inputSize, type KnownOutput } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';
import { kindInName, type OutputKind } from './output-words.js';

/** What an output is that holds no classes, and how that is known. */
export interface OtherOutput {
  readonly kind: OutputKind;
  /** In words, with an article: `an embedding`. */
  readonly what: string;
  /** In words: `its name says so`. */
  readonly why: string;
}

/** What outputs of each kind are called. */
const CALLED: Readonly<Record<OutputKind, string>> = {
  embedding: 'an embedding, a vector that is compared with those of other images',
  angles: 'a regression of angles',
  gaze: 'a regression of the direction of a gaze',
  age: 'a regression of an age',
  points: 'a regression of points, such as landmarks',
  measure: 'a regression of a measure',
  anomaly: 'an anomaly score or map',
  depth: 'a depth map of the image',
  segmentation: 'maps of an image, as of a segmentation',
  heatmaps: 'heatmaps of key points, maps of an image',
  image: 'an image as large as the input, as of a change of style',
  'larger-image': 'a larger image, as of super-resolution',
  features: 'features of inner layers',
  attention: 'attention of inner layers',
  text: 'decoded text, or the scores of its characters',
  boxes: 'boxes',
  'class-number': 'the number of a class without its score',
  numbers: 'a regression: numbers that are no scores of classes',
  maps: 'maps of an image, as of a segmentation',
  table: 'a table of numbers, perhaps of a detector that is not known here',
};

/** An output of a kind, in words. */
export function otherOutput(kind: OutputKind, why: string): OtherOutput {
  return { kind, what: CALLED[kind], why };
}

/** An output that seems to be of a kind, where something speaks for it and nothing proves it. */
export function likelyOutput(kind: OutputKind, why: string): OtherOutput {
  return { kind, what: `perhaps ${CALLED[kind]}`, why };
}

const BY_NAME = 'by its name';

/** Kinds that may have more axes than images and numbers. */
const HAVE_PLACES: ReadonlySet<OutputKind> = new Set<OutputKind>([
  ...(['embedding', 'points', 'depth', 'segmentation', 'heatmaps'] as const),
  ...(['features', 'attention', 'text', 'boxes'] as const),
]);

/**
 * What an output is by its shape, where it has more axes than images and classes; null where it may be a row of classes
 * for each image.
 */
export function otherShape(output: KnownOutput, evidence: Evidence): OtherOutput | null {
  const { name, type, shape } = output;
  const named = kindInName(name);
  if (type === 'string') return otherOutput('text', 'its type is text');
  if (type === 'other') return otherOutput('table', 'it is no tensor');
  const sizes = shape.slice(1).filter((size) => size !== 1);
  if (sizes.length <= 1 && shape.length >= 2 && shape.length <= 4 && isByImage(output, evidence)) {
    if (type.startsWith('float')) return null;
    return otherOutput(sizes.length === 0 ? 'class-number' : (named ?? 'numbers'), `its type is ${type}`);
  }
  if (sizes.length <= 1) {
    if (named !== null) return otherOutput(named, BY_NAME);
    return type.startsWith('float')
      ? otherOutput('table', 'its first axis does not count images')
      : otherOutput('class-number', `its type is ${type}`);
  }
  if (named !== null && HAVE_PLACES.has(named)) return otherOutput(named, BY_NAME);
  return mapKind(output, evidence) ?? textKind(output, evidence) ?? otherOutput('table', 'by its shape');
}

/** Whether an output is known to be maps, text or features, so that it is no table of boxes for all its rows and columns. */
export function isNoTable(output: KnownOutput, evidence: Evidence): boolean {
  if (output.shape.slice(1).filter((size) => size !== 1).length < 2 && output.shape[0] === 1) return false;
  const named = kindInName(output.name);
  if (named !== null) return named !== 'boxes' && HAVE_PLACES.has(named);
  if (output.shape.length !== 3) return false;
  if (mapKind(output, evidence) !== null) return true;
  const isText = outputEnding(evidence, output.name) === 'softmax' || kindInName(evidence.file ?? '') === 'text';
  return isText && textKind(output, evidence) !== null;
}

function isByImage({ name, shape }: KnownOutput, evidence: Evidence): boolean {
  // Lists of detections have as many rows as they like.
  return hasBatchAxis(evidence, name) ?? (evidence.sample === null || shape[0] === 1);
}

/** Frequent numbers of key points: MPII, COCO, hands, whole bodies, faces. */
const KEY_POINTS = new Set([5, 14, 16, 17, 18, 21, 68, 98, 106, 133]);

/** Maps `[N, C, H, W]`, `[N, H, W, C]` or `[N, H, W]` that have the proportions of the input. */
function mapKind(output: KnownOutput, evidence: Evidence): OtherOutput | null {
  const grid = gridOf(output, evidence);
  if (grid === null) return null;
  const { channels, height, width } = grid;
  const input = inputSize(evidence);
  if (kindInName(output.name) === 'anomaly') return otherOutput('anomaly', BY_NAME);
  const ending = outputEnding(evidence, output.name);
  if (!output.type.startsWith('float')) return otherOutput('segmentation', `its type is ${output.type}`);
  if (channels === 1) {
    return { kind: 'maps', what: 'one of the maps of an image: depth, anomaly or a mask', why: 'by its shape' };
  }
  if (ending === 'softmax') return otherOutput('segmentation', 'it ends in a softmax');
  if (channels === 3 && input !== null && height >= input.height && width >= input.width) {
    return otherOutput(height > input.height ? 'larger-image' : 'image', 'it has three channels');
  }
  if (input !== null && channels >= 192 && height * 8 <= input.height) {
    return otherOutput('features', 'by its shape');
  }
  if (input !== null && KEY_POINTS.has(channels) && height * 4 === input.height) {
    return {
      kind: 'heatmaps',
      what: 'maps of an image, heatmaps of key points or a segmentation',
      why: 'by its shape',
    };
  }
  const isCoarse = input !== null && height * 8 <= input.height;
  const what = `${CALLED.maps}${isCoarse ? ' or a detector that is not known here' : ''}`;
  return { kind: 'maps', what, why: 'by its shape' };
}

interface Grid {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

function gridOf({ shape }: KnownOutput, evidence: Evidence): Grid | null {
  const [, a = null, b = null, c = null] = shape;
  if (a === null || b === null) return null;
  if (shape.length === 3) return isPartOfInput(a, b, evidence) ? { channels: 1, height: a, width: b } : null;
  if (shape.length !== 4 || c === null) return null;
  if (isGrid(b, c, evidence)) return { channels: a, height: b, width: c };
  return isGrid(a, b, evidence) ? { channels: c, height: a, width: b } : null;
}

/**
 * Whether two sizes are those of the input over a whole number: of a map without channels. Rows and columns of a table
 * may have the proportions of the input by chance (84 x 126 of a YOLOv8 head of 64 x 96).
 */
function isPartOfInput(height: number, width: number, evidence: Evidence): boolean {
  const input = inputSize(evidence);
  if (input === null) return false;
  const factor = input.height / height;
  return [1, 2, 4, 8].includes(factor) && input.width / width === factor;
}

/** Whether two sizes are a height and width in the proportions of the input, up to rounding. */
function isGrid(height: number, width: number, evidence: Evidence): boolean {
  const input = inputSize(evidence);
  if (height < 2 || width < 2) return false;
  if (input === null) return true;
  const wanted = (width * input.height) / input.width;
  return Math.abs(height - wanted) <= 1 + 0.02 * height;
}

/** Scores of characters for each place of a line of text: `[N, T, C]`, `[T, N, C]` or `[N, C, T]`. */
function textKind(output: KnownOutput, evidence: Evidence): OtherOutput | null {
  if (output.shape.length !== 3) return null;
  const [places = 0, characters = 0] = output.shape.filter((size) => size !== 1).map(Number);
  if (places < 4 || characters < 10) return null;
  if (kindInName(evidence.file ?? '') === 'text') return otherOutput('text', 'by its shape and the name of the file');
  const input = inputSize(evidence);
  const isLine = input !== null && input.width >= 2 * input.height && places <= input.width && characters >= places / 8;
  const softmax = outputEnding(evidence, output.name) === 'softmax';
  if (!isLine && !softmax) return null;
  return otherOutput(
    'text',
    softmax ? 'it ends in a softmax for each of many places' : 'the input is as long as a line',
  );
}
