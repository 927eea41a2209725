import { sigmoid } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { knownOutputs, type KnownOutput } from '../contract/evidence.js';
import type { Decoder, Evidence, InputSize } from '../contract/types.js';
import { classVectors, vectorPrediction, writeCorners, type Table } from './boxes.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from './outputs.js';
import { writePriorCorners, type PriorBoxes } from './prior-boxes.js';
import { sumsToOne } from './shares.js';

/** Outputs of a face detector over prior boxes: boxes `[N, A, 4]`, background and face `[N, A, 2]`, perhaps landmarks `[N, A, 10]`. */
export interface PriorFaces {
  readonly boxes: KnownOutput;
  readonly scores: KnownOutput;
  readonly landmarks: boolean;
  /** Priors an image; null where not known yet. */
  readonly rows: number | null;
  readonly text: string;
  /** What only a sample can show is null without one: whether scores have been through a softmax... */
  readonly softmaxed: boolean | null;
  /** ...and whether boxes are corners already, not numbers relative to priors. */
  readonly decoded: boolean | null;
}

/** Names of Pytorch_Retinaface's `convert_to_onnx.py`, which leaves all sizes open. */
const NAMED = new Map<string, number>(Object.entries({ output: 4, outputt: 2, outputtt: 10 }));

/** Finds such outputs by their last sizes; null where there are others, or not one of each. */
export function priorFaces(evidence: Evidence): PriorFaces | null {
  const outputs = knownOutputs(evidence);
  const called = (columns: number): KnownOutput[] =>
    outputs.filter(({ name, shape }) => (shape[2] ?? NAMED.get(name)) === columns);
  const [boxes, scores, points] = [called(4), called(2), called(10)].map(([first]) => first);
  if (boxes === undefined || scores === undefined) return null;
  const found = points === undefined ? [boxes, scores] : [boxes, scores, points];
  if (found.length !== outputs.length || found.some(({ shape, type }) => shape.length !== 3 || type !== boxes.type)) {
    return null;
  }
  const rows = boxes.shape[1] ?? scores.shape[1] ?? null;
  if (found.some(({ shape }) => shape[1] != null && shape[1] !== rows)) return null;
  return {
    boxes,
    scores,
    landmarks: points !== undefined,
    rows,
    text: found.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', '),
    softmaxed: scores.sample === null ? null : sumsToOne(rowsOf(scores.sample, 2), scores.sample.data.length / 2, 2),
    decoded: boxes.sample === null ? null : areCorners(boxes.sample),
  };
}

function rowsOf({ data }: Tensor, columns: number): Table {
  return { data, offset: 0, rowStride: columns, columnStride: 1 };
}

/** Numbers relative to priors come with every sign: few rows of them have their second corner behind the first. */
const MOST = 0.99;

function areCorners({ data }: Tensor): boolean {
  let ordered = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 2]! >= data[at]! && data[at + 3]! >= data[at + 1]!) ordered += 1;
  }
  return ordered >= (MOST * data.length) / 4;
}

/** The score of the face in each row of `[rows, 2]`. */
export function writeFaceScores(data: Float32Array, offset: number, softmaxed: boolean, scores: Float32Array): void {
  for (let row = 0, at = offset; row < scores.length; row++, at += 2) {
    scores[row] = softmaxed ? data[at + 1]! : sigmoid(data[at + 1]! - data[at]!);
  }
}

/** How the outputs are read. */
interface PriorFacesLayout {
  readonly boxes: string;
  readonly scores: string;
  readonly softmaxed: boolean;
  /** Boxes are corners in 0..1 of the input. */
  readonly decoded: boolean;
}

/** A decoder of faces over prior boxes. */
export function priorFacesDecoder(
  family: string,
  { boxes: boxesName, scores: scoresName, softmaxed, decoded }: PriorFacesLayout,
  priors: PriorBoxes,
  input: InputSize,
): Decoder {
  const boxesOf = reusedFloats();
  const scoresOf = reusedFloats();
  const { count } = priors;
  return {
    decode: (outputs, { count: images }) => {
      const boxes = outputNamed(outputs, boxesName);
      const scores = outputNamed(outputs, scoresName);
      if (boxes.data.length !== 4 * count * images || scores.data.length !== 2 * count * images) {
        throw layoutError(
          family,
          `boxes [${images}, ${count}, 4] and background and face [${images}, ${count}, 2] for an input of ${input.width} x ${input.height}`,
          outputs,
        );
      }
      return Array.from({ length: images }, (_, image) => {
        const corners = boxesOf(image, 4 * count);
        const table: Table = { data: boxes.data, offset: 4 * count * image, rowStride: 4, columnStride: 1 };
        if (decoded) writeCorners(table, count, 'xyxy', input.width, input.height, corners);
        else writePriorCorners(table, priors, corners);
        if (softmaxed) {
          const faces = { data: scores.data, offset: 2 * count * image + 1, rowStride: 2, columnStride: 1 };
          return vectorPrediction(count, corners, classVectors(faces, 1));
        }
        const faces = scoresOf(image, count);
        writeFaceScores(scores.data, 2 * count * image, softmaxed, faces);
        return vectorPrediction(
          count,
          corners,
          classVectors({ data: faces, offset: 0, rowStride: 1, columnStride: 1 }, 1),
        );
      });
    },
  };
}
