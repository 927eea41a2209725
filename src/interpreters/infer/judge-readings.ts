import { detectionsOf, iou, ProposalReader, type Proposals } from '../../annotations/index.js';
import { DatumError } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';
import { imageInput } from '../contract/image-input.js';
import type { Evidence, InputSize, Interpreter, Recognition } from '../contract/types.js';

/** One way in which a model's outputs may be read. */
export interface Reading {
  readonly interpreter: Interpreter;
  readonly recognition: Recognition;
}

/**
 * What a reading makes of a run on an image:
 *
 * - `plausible`: it finds objects that a detector may find;
 * - `silent`: it finds nothing, which speaks neither for it nor against it;
 * - `wrong`: what it finds contradicts itself.
 */
export interface Verdict {
  readonly kind: 'plausible' | 'silent' | 'wrong';
  /** What it finds, to be put behind the reading's name: `finds 2 objects in the image, the best with .91`. */
  readonly finding: string;
  /** The best score, and all of them together; 0 where it is not plausible. */
  readonly best: number;
  readonly total: number;
}

/** From this score on a proposal counts as an object. */
const CONFIDENCE = 0.25;
/** NMS for readings that have none of their own, to count places. */
const PLACES = 0.5;
/** Room for quantised scores. */
const TOLERANCE = 0.01;

/**
 * Reads a run on an image with a reading's own decoder and judges what comes out: scores in 0..1; few proposals of many;
 * boxes of some size, mostly within the input; proposals of one object that agree about its box; one class an object.
 * Null where it gives no boxes, or where there was no run.
 *
 * @param evidence with the outputs of a run and the size of its input.
 */
export function judgeReading({ interpreter, recognition }: Reading, evidence: Evidence): Verdict | null {
  const { signature, sample, input } = evidence;
  const image = imageInput(signature);
  if (sample === null || input === null || image === null || interpreter.task === 'classification') return null;
  const proposals = decoded(interpreter, recognition, evidence, sample, input);
  if (proposals === undefined) return wrong('cannot read the outputs of the run');
  if (proposals === null) return null;
  return judged(proposals, interpreter.nms, input);
}

/** The proposals of the first image; undefined where the decoder refuses the outputs, null where it gives none. */
function decoded(
  interpreter: Interpreter,
  { options }: Recognition,
  { signature }: Evidence,
  sample: Readonly<Record<string, Tensor>>,
  { width, height }: InputSize,
): Proposals | null | undefined {
  const image = imageInput(signature);
  const batch = signature.inputs.find(({ name }) => name === image?.name)?.shape[0];
  const count = image?.rank === 4 && typeof batch === 'number' && batch > 0 ? batch : 1;
  const channels = image?.channels ?? 3;
  try {
    const decoder = interpreter.create({
      signature,
      input: { name: image?.name ?? '', width, height, channels },
      labels: null,
      options,
    });
    const placement = { imageWidth: width, imageHeight: height, scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
    const pixels = () => ({ data: new Float32Array(), shape: [] });
    return decoder.decode(sample, { count, placement, pixels })[0]?.proposals ?? null;
  } catch (error) {
    if (error instanceof DatumError) return undefined;
    throw error;
  }
}

function judged(proposals: Proposals, nms: number | null, input: InputSize): Verdict {
  const rows = surely(proposals);
  if (rows === null) return wrong('gives scores outside 0..1');
  const vectors = proposals.classes.kind === 'vectors';
  const most = nms === null ? MOST_OF_QUERIES : MOST_OF_DENSE;
  if (vectors && proposals.count >= FEW && rows.length > most * proposals.count) {
    return wrong(`makes objects of ${rows.length} of its ${proposals.count} proposals`);
  }
  const broken = rows.filter((row) => !isInside(proposals.boxes, row, input)).length;
  if (rows.length > 0 && broken > MOST_BROKEN * rows.length) {
    return wrong('gives boxes without size or outside the image');
  }
  const found = detectionsOf(proposals, CONFIDENCE, nms ?? PLACES);
  if (found.length === 0) return { kind: 'silent', finding: 'finds nothing in the image', best: 0, total: 0 };
  if (nms !== null && !agree(proposals, rows, found)) {
    return wrong('gives boxes for one object that do not agree with one another');
  }
  const places = placesOf(found);
  if (places.length > MOST_PLACES) return wrong(`finds ${places.length} objects, more than an image shows`);
  if (places.length > 1 && places.every(({ classScores }) => isDouble(classScores))) {
    return wrong('gives its first class and another one to every object at once');
  }
  const best = found.reduce((max, { score }) => Math.max(max, score), 0);
  return {
    kind: 'plausible',
    finding: `finds ${places.length === 1 ? 'an object' : `${places.length} objects`} in the image, ${places.length === 1 ? '' : 'the best '}with a score of ${best.toFixed(2)}`,
    best,
    total: places.reduce((sum, { score }) => sum + score, 0),
  };
}

/** Most of the proposals that may be objects: of a grid, and of a set of queries; and how many are too few to tell. */
const MOST_OF_DENSE = 0.25;
const MOST_OF_QUERIES = 0.6;
const FEW = 20;
/** More objects than photos of crowds show. */
const MOST_PLACES = 500;
/** Most of the objects' boxes that may lie wrong. */
const MOST_BROKEN = 0.3;

function wrong(finding: string): Verdict {
  return { kind: 'wrong', finding, best: 0, total: 0 };
}

/** The rows that count as objects; null where any row has a score that is no probability. */
function surely(proposals: Proposals): number[] | null {
  const reader = new ProposalReader(proposals);
  const rows: number[] = [];
  for (let row = 0; row < proposals.count; row++) {
    reader.best(row);
    const bound = proposals.objectness?.[row] ?? 0;
    const isProbability = (value: number): boolean => value >= -TOLERANCE && value <= 1 + TOLERANCE;
    if (!isProbability(reader.score) || !isProbability(bound)) return null;
    if (reader.score >= CONFIDENCE) rows.push(row);
  }
  return rows;
}

/** Whether a row's box is at least a pixel wide and high, not much larger than the input, and mostly within it. */
function isInside(boxes: Float32Array, row: number, { width, height }: InputSize): boolean {
  const [x1, y1, x2, y2] = boxes.subarray(4 * row, 4 * row + 4);
  const [w, h] = [x2! - x1!, y2! - y1!];
  if (!(w >= 1 && h >= 1 && w <= 1.5 * width && h <= 1.5 * height)) return false;
  const across = Math.min(x2!, width) - Math.max(x1!, 0);
  const down = Math.min(y2!, height) - Math.max(y1!, 0);
  return across > 0 && down > 0 && across * down >= (w * h) / 2;
}

interface Found {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: number;
  readonly score: number;
  readonly classScores: Float32Array | null;
}

/** The least that proposals in the middle of an object must overlap with its box in the mean. */
const AGREEMENT = 0.35;
const NEIGHBOURS = 4;

/** Whether the proposals whose centres lie in the middle of an object have boxes like its own, where there are some. */
function agree(proposals: Proposals, rows: readonly number[], found: readonly Found[]): boolean {
  let sum = 0;
  let count = 0;
  const reader = new ProposalReader(proposals);
  for (const box of found.slice(0, 5)) {
    for (const row of rows) {
      reader.best(row);
      if (reader.label !== box.label) continue;
      const [x1, y1, x2, y2] = proposals.boxes.subarray(4 * row, 4 * row + 4);
      const aside = Math.abs((x1! + x2!) / 2 - box.x - box.width / 2) / box.width;
      const above = Math.abs((y1! + y2!) / 2 - box.y - box.height / 2) / box.height;
      if (aside > 0.2 || above > 0.2) continue;
      sum += iou(box, { x: x1!, y: y1!, width: x2! - x1!, height: y2! - y1! });
      count += 1;
    }
  }
  return count < NEIGHBOURS || sum / count >= AGREEMENT;
}

/** The best detection of each place, whatever its class. */
function placesOf(found: readonly Found[]): Found[] {
  const places: Found[] = [];
  for (const box of [...found].sort((a, b) => b.score - a.score)) {
    if (places.every((place) => iou(place, box) < PLACES)) places.push(box);
  }
  return places;
}

/** Whether the first class and another one are both large: what an objectness looks like that is read as a class. */
function isDouble(classScores: Float32Array | null): boolean {
  if (classScores === null || classScores.length < 2) return false;
  const [first = 0, ...others] = classScores;
  return first >= CONFIDENCE && Math.max(...others) >= CONFIDENCE;
}

/** A reading, what it was judged on, and how. */
export interface JudgedReading {
  readonly reading: Reading;
  readonly evidence: Evidence;
  /** Null where it cannot be judged. */
  readonly verdict: Verdict | null;
}

/** How much surer the best of several plausible readings must be than the next. */
const CLEARLY = { best: 0.2, total: 2 };

/** The one reading that a run shows to be right; null where none is, or more than one may be. */
export function clearlyRight(judged: readonly JudgedReading[]): JudgedReading | null {
  if (judged.some(({ verdict }) => verdict === null)) return null;
  const [first, second] = judged
    .filter(({ verdict }) => verdict?.kind === 'plausible')
    .sort((a, b) => (b.verdict?.total ?? 0) - (a.verdict?.total ?? 0));
  if (first?.verdict == null) return null;
  if (second?.verdict == null) return first;
  const clearly =
    first.verdict.best > 0.5 &&
    first.verdict.best >= second.verdict.best + CLEARLY.best &&
    first.verdict.total >= second.verdict.total * CLEARLY.total;
  return clearly ? first : null;
}

/** What a choice between readings rests on, in words. */
export function describeChoice(chosen: JudgedReading, judged: readonly JudgedReading[]): string {
  const others = judged
    .filter((other) => other !== chosen)
    .map(({ reading, verdict }) => `${reading.interpreter.name} ${verdict?.finding ?? 'was not tried'}`);
  const own = chosen.verdict?.finding ?? '';
  if (others.length === 0) return `read so, it ${own}`;
  return `of ${judged.length} readings that the shapes allow, ${chosen.reading.interpreter.name} ${own}, while ${others.join(', and ')}`;
}
