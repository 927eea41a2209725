import {
  detectedRows,
  detectionsOf,
  type Detection,
  type Prediction,
  type Proposals,
} from '../../../annotations/index.js';

/** What looks wrong in a model's answers. */
export type Symptom =
  /** A classifier's scores are all 0. */
  | 'all-zero'
  /** One class in many, all as likely as any other. */
  | 'all-alike'
  /** A classifier's scores are all but constant, whatever is masked. */
  | 'constant-scores'
  /** A classifier's scores are all but the same with the image and without it, though what little changes has a place. */
  | 'as-without-image'
  /** A classifier answers much the same to the image, to gray, to noise and to the image in pieces. */
  | 'unmoved'
  /** A classifier is sure of gray, of noise and of the image in pieces. */
  | 'sure-of-anything'
  /** A detector is as sure of the image in pieces as of the whole. */
  | 'sure-of-pieces'
  /** The model is hardly sure of anything in the image. */
  | 'unsure'
  /** A detector has no box above the confidence asked for. */
  | 'no-boxes'
  /** A detector is all but certain of more boxes than an image shows objects. */
  | 'boxes-everywhere'
  /** Most boxes lie outside the image. */
  | 'boxes-outside'
  /** Scores are no probabilities. */
  | 'scores-above-one';

/** The part of the input that shows the image, in input pixels. */
export interface ImageArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is needed to judge an answer. */
export interface AnswerContext {
  readonly area: ImageArea;
  /** Boxes with lower scores are not explained. */
  readonly confidence: number;
  /** NMS IoU threshold; null for none. */
  readonly nms: number | null;
}

/** Room for scores that rounding has put a little above 1. */
const SCORE_LIMIT = 1.01;
/** Whether a score lies in 0..1. */
export function mayBeProbability(score: number): boolean {
  return score <= SCORE_LIMIT && score >= 1 - SCORE_LIMIT;
}

/** A box with less of its area inside than this lies outside. */
const INSIDE = 0.5;

/**
 * What looks wrong in the answer to the whole image, the most telling first; null where nothing does. Scores that
 * stay the same need masked runs to be seen, and are not among them.
 */
export function symptomOf({ scores, proposals }: Prediction, context: AnswerContext): Symptom | null {
  if (scores !== null && !scores.every(mayBeProbability)) return 'scores-above-one';
  if (proposals === null) return scores === null ? null : flatness(scores);
  const found = detectionsOf(proposals, context.confidence, context.nms);
  if (found.length === 0) return scores === null ? 'no-boxes' : null;
  if (!found.every(({ score }) => mayBeProbability(score))) return 'scores-above-one';
  const outside = found.filter((box) => shareInside(box, context.area) < INSIDE);
  if (outside.length > found.length / 2) return 'boxes-outside';
  return isCrowd(certainBoxes(proposals, context)) ? 'boxes-everywhere' : null;
}

/** From this score on a detector is all but certain. */
const CERTAIN = 0.9;
/** Of photos of crowds, detectors are certain of fewer objects; boxes of one object overlap so much. */
const CROWD = 60;
const SAME_OBJECT = 0.5;

/** How many different boxes a detector is all but certain of. */
export function certainBoxes(proposals: Proposals, { nms }: Pick<AnswerContext, 'nms'>): number {
  return detectedRows(proposals, CERTAIN, nms ?? SAME_OBJECT).length;
}

/** Whether these are more boxes than a photo shows objects. */
export function isCrowd(boxes: number): boolean {
  return boxes > CROWD;
}

/** Scores that differ by less than this share of the largest are alike. */
const ALIKE = 0.02;

function flatness(scores: Float32Array): Symptom | null {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (const score of scores) {
    low = Math.min(low, score);
    high = Math.max(high, score);
    sum += score;
  }
  if (high === 0 && low === 0) return 'all-zero';
  const isOneInMany = scores.length > 1 && Math.abs(sum - 1) < 0.05;
  return isOneInMany && high - low <= ALIKE * high ? 'all-alike' : null;
}

/** The share of a box's area that lies in the image, 0..1. */
export function shareInside(
  { x, y, width: w, height: h }: Pick<Detection, 'x' | 'y' | 'width' | 'height'>,
  area: ImageArea,
): number {
  const width = Math.min(x + w, area.x + area.width) - Math.max(x, area.x);
  const height = Math.min(y + h, area.y + area.height) - Math.max(y, area.y);
  return width > 0 && height > 0 ? (width * height) / (w * h) : 0;
}
