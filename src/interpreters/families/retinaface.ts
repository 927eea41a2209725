import { z } from 'zod';
import { iou, type Box } from '../../annotations/index.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import type { InputSize } from '../contract/types.js';
import { priorBoxes, priorCount, writePriorCorners, type PriorLevel } from '../decoding/prior-boxes.js';
import { priorFaces, priorFacesDecoder, writeFaceScores, type PriorFaces } from '../decoding/prior-faces.js';

const PRIORS = {
  usual: [
    { stride: 8, sides: [16, 32] },
    { stride: 16, sides: [64, 128] },
    { stride: 32, sides: [256, 512] },
  ],
  small: [
    { stride: 8, sides: [10, 20] },
    { stride: 16, sides: [32, 64] },
    { stride: 32, sides: [128, 256] },
  ],
  light: [
    { stride: 8, sides: [10, 16, 24] },
    { stride: 16, sides: [32, 48] },
    { stride: 32, sides: [64, 96] },
    { stride: 64, sides: [128, 192, 256] },
  ],
} as const satisfies Record<string, readonly PriorLevel[]>;

type PriorSet = keyof typeof PRIORS;
const SETS = ['usual', 'small', 'light'] as const;

const SIDES: Readonly<Record<PriorSet, string>> = {
  usual: '16 to 512 px',
  small: '10 to 256 px on three grids',
  light: '10 to 256 px on four grids',
};

const options = z.object({
  boxes: z.string().default('output0'),
  scores: z.string().default('593'),
  priors: z
    .enum(SETS)
    .default('usual')
    .describe(
      'sides of the prior boxes: usual: 16 to 512 px, of Pytorch_Retinaface; small: 10 to 256 px, light: the same on four grids, of Face-Detector-1MB-with-landmark',
    ),
  softmaxed: z.boolean().default(true).describe('scores have been through a softmax in the graph'),
  decoded: z.boolean().default(false).describe('boxes are corners in 0..1, not relative to prior boxes'),
});

/**
 * RetinaFace: boxes `[N, A, 4]` relative to prior boxes with SSD's variances (or decoded to corners in 0..1), background
 * and face `[N, A, 2]`, perhaps before their softmax, five landmarks `[N, A, 10]`, which are not read. Two sets of
 * prior boxes give the same shapes: proposals of neighbouring cells agree on a face with the right one alone.
 * Input: BGR less 104, 117, 123 in 0..255, of the photo's shape, so letterboxed here, with a border of about the mean.
 *
 * Source: biubug6/Pytorch_Retinaface `data/config.py`, `layers/functions/prior_box.py`, `utils/box_utils.py` (decode),
 * `models/retinaface.py`, `convert_to_onnx.py`, `detect.py`; biubug6/Face-Detector-1MB-with-landmark `data/config.py`.
 */
export const retinaface = defineInterpreter({
  name: 'retinaface',
  task: 'detection',
  truncated: false,
  nms: 0.4,
  usualSize: { width: 640, height: 640 },
  options,
  preprocessing: () =>
    preprocessingOf({ color: 'bgr', scale: 1, mean: [104, 117, 123], resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const found = priorFaces(evidence);
    if (found?.landmarks !== true) return null;
    const size = inputSize(evidence);
    const { rows, decoded, softmaxed } = found;
    const sets = SETS.filter((set) => size === null || rows === null || priorCount(size, PRIORS[set]) === rows);
    const [first] = sets;
    if (first === undefined) return null;
    const shown = sets.length > 1 && size !== null && decoded === false ? agreedSet(found, size, sets) : null;
    const sure = sets.length === 1 || shown !== null || decoded === true;
    const priors = shown ?? first;
    const known =
      shown === null
        ? `of ${SIDES[priors]}${sure ? '' : ', the usual ones'}`
        : `of ${SIDES[priors]}, with which neighbours agree on the face`;
    return {
      confidence: sure && decoded !== null ? 'certain' : 'likely',
      reason: `outputs ${found.text} are boxes${decoded === true ? ' in 0..1' : ` relative to prior boxes ${known}`}, background and face, and five landmarks`,
      options: {
        boxes: found.boxes.name,
        scores: found.scores.name,
        priors,
        softmaxed: softmaxed ?? true,
        decoded: decoded ?? false,
      },
      needsSample: decoded === null,
      classes: { count: 1, numbering: 'zero', names: ['face'] },
    };
  },
  create: ({ input }, { priors, ...layout }) =>
    priorFacesDecoder('retinaface', layout, priorBoxes(input, PRIORS[priors], false), input),
});

/** A proposal of at least this score is a face that prior boxes can be told by. */
const FACE = 0.5;
/** Two proposals of one face overlap as much with the right priors. */
const SAME = 0.5;
/** By how much the mean overlap with the best proposal must differ for a set to be the right one. */
const MARGIN = 0.1;

/** The set of priors with which the proposals of one face overlap most; null where there is no face, or no difference. */
function agreedSet(
  { boxes, scores, softmaxed }: PriorFaces,
  size: InputSize,
  sets: readonly PriorSet[],
): PriorSet | null {
  if (boxes.sample === null || scores.sample === null) return null;
  const faces = new Float32Array(boxes.sample.shape[1] ?? 0);
  writeFaceScores(scores.sample.data, 0, softmaxed ?? true, faces);
  let best = 0;
  for (let row = 0; row < faces.length; row++) if (faces[row]! > faces[best]!) best = row;
  if (!(faces[best]! >= FACE)) return null;
  const others = Array.from(faces.keys()).filter((row) => row !== best && faces[row]! >= FACE);
  const table = { data: boxes.sample.data, offset: 0, rowStride: 4, columnStride: 1 };
  const corners = new Float32Array(4 * faces.length);
  const overlaps = sets.map((set) => {
    writePriorCorners(table, priorBoxes(size, PRIORS[set], false), corners);
    return others.map((row) => iou(boxAt(corners, best), boxAt(corners, row)));
  });
  const same = Array.from(others.keys()).filter((other) => overlaps.some((of) => of[other]! >= SAME));
  if (same.length === 0) return null;
  const means = sets.map((set, i) => ({
    set,
    mean: same.reduce((sum, other) => sum + overlaps[i]![other]!, 0) / same.length,
  }));
  const [most, next] = means.sort((one, other) => other.mean - one.mean);
  return most !== undefined && next !== undefined && most.mean - next.mean >= MARGIN ? most.set : null;
}

function boxAt(corners: Float32Array, row: number): Box {
  const x = corners[4 * row]!;
  const y = corners[4 * row + 1]!;
  return { x, y, width: corners[4 * row + 2]! - x, height: corners[4 * row + 3]! - y };
}
