import { detectedRows, iou, type Prediction, type RowDetection } from '../../../annotations/index.js';
import type { Preprocessing } from '../../contract/types.js';
import { certainBoxes, mayBeProbability, shareInside, type AnswerContext } from './symptoms.js';

/**
 * What a trial shows the model: the image and its mirror image, which show the same things; and what shows nothing: a
 * plain gray, the image's tiles shuffled, noise.
 */
export type TrialSubject = 'image' | 'mirrored' | 'plain' | 'shuffled' | 'noise';

/** Runs the model once under another preprocessing; the prediction may be reused by the next run. */
export type TrialRun = (preprocessing: Preprocessing, subject: TrialSubject) => Promise<Prediction>;

/** How a model answers under one preprocessing. */
export interface Response {
  /** How sure it is of what it sees in the image, where it sees the same in its mirror image: 0..1. */
  readonly sure: number;
  /** How sure it is of what shows nothing, in the mean, and at least: 0..1. */
  readonly idle: number;
  readonly leastIdle: number;
  /**
   * How much of the answer to the image is the answer to what shows nothing as well, where they differ most: 1 where the
   * model answers everything alike. 0 for a detector.
   */
  readonly alike: number;
  /** How sure a detector is of its best box in the image's tiles shuffled, where parts of objects are left. 0 for a classifier. */
  readonly pieces: number;
  /** By how much the answer to the mirror image is nearer to that to the image than the answer to nothing is, -1..1. */
  readonly responds: number;
  /** How many different boxes a detector is all but certain of in the image. 0 for a classifier. */
  readonly crowd: number;
}

/** Keeps ratios of very small scores from standing for anything. */
const SMALLEST = 0.01;

const NO_EVIDENCE: Response = { sure: 0, idle: 0, leastIdle: 0, alike: 0, pieces: 0, responds: -1, crowd: 0 };

/** How a classifier answers. */
export async function classifierResponse(preprocessing: Preprocessing, run: TrialRun): Promise<Response> {
  const scoresOf = async (subject: TrialSubject): Promise<Float32Array> =>
    Float32Array.from((await run(preprocessing, subject)).scores ?? []);
  const image = await scoresOf('image');
  // What is no probability is no evidence.
  if (!image.every(mayBeProbability)) return NO_EVIDENCE;
  const mirrored = await scoresOf('mirrored');
  const idle: Float32Array[] = [];
  for (const subject of ['plain', 'shuffled', 'noise'] as const) idle.push(await scoresOf(subject));
  const best = indexOfLargest(image);
  const likeness = idle.map((scores) => overlap(image, scores));
  const sureness = idle.map((scores) => scores[indexOfLargest(scores)] ?? 0);
  return {
    sure: Math.sqrt(((image[best] ?? 0) + SMALLEST) * ((mirrored[best] ?? 0) + SMALLEST)) - SMALLEST,
    idle: mean(sureness),
    leastIdle: Math.min(...sureness),
    alike: Math.min(...likeness),
    pieces: 0,
    responds: overlap(image, mirrored) - mean(likeness),
    crowd: 0,
  };
}

/** Boxes with lower scores decide nothing, and no more than so many of the best ones are compared. */
const FLOOR = 0.1;
const MOST_BOXES = 50;
/** Boxes that overlap so much are in the same place. */
const SAME_PLACE = 0.5;

/** How a detector answers: by the best box that it finds in the mirror image too, where it belongs there. */
export async function detectorResponse(
  preprocessing: Preprocessing,
  run: TrialRun,
  context: AnswerContext,
): Promise<Response> {
  const { area } = context;
  let crowd = 0;
  const boxesOf = async (subject: TrialSubject): Promise<RowDetection[]> => {
    const { proposals } = await run(preprocessing, subject);
    // What is no probability is no evidence.
    const rows = proposals === null ? [] : detectedRows(proposals, FLOOR, null);
    if (subject === 'image' && proposals !== null) crowd = certainBoxes(proposals, context);
    return rows.filter(({ score }) => mayBeProbability(score)).slice(0, MOST_BOXES);
  };
  const image = (await boxesOf('image')).filter((box) => shareInside(box, area) >= SAME_PLACE);
  const mirrored = image.length === 0 ? [] : await boxesOf('mirrored');
  let sure = 0;
  for (const box of image) {
    const turned = { ...box, x: 2 * area.x + area.width - box.x - box.width };
    const other = mirrored.find((one) => one.label === box.label && iou(one, turned) >= SAME_PLACE);
    if (other !== undefined) sure = Math.max(sure, Math.min(box.score, other.score));
  }
  const surestOf = async (subject: TrialSubject): Promise<number> =>
    sure === 0 ? 0 : Math.max(0, ...(await boxesOf(subject)).map(({ score }) => score));
  const idle = [await surestOf('plain'), await surestOf('noise')];
  const pieces = await surestOf('shuffled');
  return { sure, idle: Math.max(...idle), leastIdle: Math.min(...idle), alike: 0, pieces, responds: sure, crowd };
}

/** The share of two answers that they have in common, 0..1. */
function overlap(a: Float32Array, b: Float32Array): number {
  let common = 0;
  let ofA = 0;
  let ofB = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [Math.max(0, a[i]!), Math.max(0, b[i] ?? 0)];
    common += Math.min(x, y);
    ofA += x;
    ofB += y;
  }
  const most = Math.max(ofA, ofB);
  return most > 0 ? common / most : 1;
}

function indexOfLargest(values: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[largest]!) largest = i;
  return largest;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
