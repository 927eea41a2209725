import type { Box, Prediction, Proposals } from '../../annotations/index.js';
import { DatumError } from '../../errors.js';

/** Answers name classes by number; a larger one is a mistake, not a class. */
const MAX_CLASS = 1_000_000;
/** Annotations that are taken of an image: no model has as many classes, nor proposes as many boxes. */
const MOST_ANNOTATIONS = 100_000;

/** A class, of the whole image or of an object. */
export interface Answer {
  /** Number of the class, from 0. */
  readonly label: number;
  /** 1 where absent. */
  readonly score?: number | undefined;
  /** Where the object is, in pixels of the model's input; absent for a class of the whole image. */
  readonly box?: Box | undefined;
}

/** What `new Label(id, { score })` gives. */
export interface LabelAnswer {
  readonly id: number;
  readonly score?: number | undefined;
}

/** What `new Bbox(x, y, w, h, { label, score })` gives. */
export interface BoxAnswer extends Pick<Box, 'x' | 'y'> {
  readonly w: number;
  readonly h: number;
  readonly label?: number | undefined;
  readonly score?: number | undefined;
  readonly classScores?: Float32Array | null | undefined;
}

/** What an author's code may answer for a batch: for each image an array of classes and boxes, or a prediction. */
export type Answers = readonly (readonly (Answer | LabelAnswer | BoxAnswer)[] | Prediction)[];

/** Who answered, for errors. */
export interface Answering {
  /** `processOutputs of the script /x.js` */
  readonly called: string;
  /** The file that it stands in; null where it is a value of the caller's. */
  readonly file: string | null;
}

/**
 * What an author's code answered, as predictions. Labels and boxes are told apart by their fields, not by their class, since
 * it may bring its own copy of the package.
 *
 * @param classes length of the score vectors at least; classes without an answer score 0.
 * @throws DatumError (`interpreter`) naming the image and the annotation that is not one.
 */
export function predictionsOf(from: Answering, answers: unknown, images: number, classes: number): Prediction[] {
  if (!Array.isArray(answers)) {
    throw wrong(from, 'did not return an array: return one array of annotations for each image');
  }
  if (answers.length !== images) {
    throw wrong(
      from,
      `returned ${answers.length} results for ${images} image${images === 1 ? '' : 's'}: return one array of annotations for each image`,
    );
  }
  return answers.map((annotations: unknown, image) => {
    if (
      isRecord(annotations) &&
      !Array.isArray(annotations) &&
      ('scores' in annotations || 'proposals' in annotations)
    ) {
      return wholePrediction(from, annotations, `image ${image}`);
    }
    if (!Array.isArray(annotations)) {
      throw wrong(from, `returned no array for image ${image}: return one array of annotations for each image`);
    }
    if (annotations.length > MOST_ANNOTATIONS) {
      throw wrong(
        from,
        `returned ${annotations.length} annotations for image ${image}, and at most ${MOST_ANNOTATIONS} are taken: leave out those of low score`,
      );
    }
    const labels: GivenLabel[] = [];
    const boxes: GivenBox[] = [];
    annotations.forEach((annotation: unknown, index) => {
      const place = `annotation ${index} of image ${image}`;
      if (!isRecord(annotation)) throw noAnnotation(from, place);
      if (isRecord(annotation['box']))
        boxes.push(boxOf(from, { ...annotation, ...cornersIn(annotation['box']) }, place));
      else if ('x' in annotation) boxes.push(boxOf(from, annotation, place));
      else if ('id' in annotation) labels.push(labelOf(from, annotation, 'id', place));
      else if ('label' in annotation) labels.push(labelOf(from, annotation, 'label', place));
      else throw noAnnotation(from, place);
    });
    return {
      scores: labels.length > 0 || boxes.length === 0 ? classScores(labels, classes) : null,
      proposals: boxes.length > 0 || labels.length === 0 ? proposalsOf(boxes) : null,
    };
  });
}

function noAnnotation(from: Answering, place: string): DatumError {
  return wrong(
    from,
    `returned neither a Label nor a Bbox as ${place}: use new Label(id, { score }), new Bbox(x, y, w, h, { label, score }), or { label, score, box }`,
  );
}

function cornersIn({ x, y, width, height }: Record<string, unknown>): Record<string, unknown> {
  return { x, y, width, height };
}

/** A prediction as the house's own interpreters give it; what is wrong with its arrays shows at once. */
function wholePrediction(from: Answering, given: Record<string, unknown>, place: string): Prediction {
  const { scores = null, proposals = null } = given;
  if (scores !== null && !(scores instanceof Float32Array && scores.every(Number.isFinite))) {
    throw wrong(from, `gave scores of ${place} that are no Float32Array of finite numbers`);
  }
  if (proposals !== null && !isProposals(proposals)) {
    throw wrong(
      from,
      `gave proposals of ${place} that are not { count, boxes: Float32Array of 4 a row, objectness, classes }`,
    );
  }
  return { scores, proposals };
}

function isProposals(value: unknown): value is Proposals {
  if (!isRecord(value)) return false;
  const { count, boxes, objectness, classes } = value;
  if (typeof count !== 'number' || !(boxes instanceof Float32Array) || boxes.length < 4 * count) return false;
  if (objectness !== null && !(objectness instanceof Float32Array && objectness.length >= count)) return false;
  if (!isRecord(classes)) return false;
  return classes['kind'] === 'vectors'
    ? classes['data'] instanceof Float32Array
    : classes['kind'] === 'single' &&
        classes['labels'] instanceof Int32Array &&
        classes['scores'] instanceof Float32Array;
}

interface GivenLabel {
  readonly id: number;
  readonly score: number;
}

interface GivenBox {
  readonly corners: readonly [number, number, number, number];
  readonly label: number;
  readonly score: number;
  readonly classScores: Float32Array | null;
}

function labelOf(
  from: Answering,
  annotation: Record<string, unknown>,
  field: 'id' | 'label',
  place: string,
): GivenLabel {
  return {
    id: classOf(from, annotation[field], `${field} of ${place}`),
    score: scoreOf(from, annotation['score'], place),
  };
}

function boxOf(from: Answering, annotation: Record<string, unknown>, place: string): GivenBox {
  const pixels = (field: string): number => finite(from, annotation[field], `${field} of ${place}`);
  const [x, y] = [pixels('x'), pixels('y')];
  const [width, height] = 'width' in annotation ? [pixels('width'), pixels('height')] : [pixels('w'), pixels('h')];
  const classScores = annotation['classScores'] ?? null;
  if (classScores !== null && !(classScores instanceof Float32Array && classScores.every(Number.isFinite))) {
    throw wrong(
      from,
      `gave classScores of ${place} that are no Float32Array of finite numbers: give one score a class`,
    );
  }
  return {
    corners: [x, y, x + width, y + height],
    label: classOf(from, annotation['label'] ?? 0, `label of ${place}`),
    score: scoreOf(from, annotation['score'], place),
    classScores,
  };
}

function classOf(from: Answering, value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_CLASS) return value;
  throw wrong(from, `gave ${String(value)} as the ${what}: a class is a whole number from 0`);
}

function scoreOf(from: Answering, value: unknown, place: string): number {
  return value === undefined ? 1 : finite(from, value, `score of ${place}`);
}

function finite(from: Answering, value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(from, `gave ${String(value)} as the ${what}: it must be a finite number`);
}

function classScores(labels: readonly GivenLabel[], classes: number): Float32Array {
  const scores = new Float32Array(labels.reduce((length, { id }) => Math.max(length, id + 1), classes));
  const seen = new Set<number>();
  for (const { id, score } of labels) {
    // Of two answers of one class the surer one counts.
    if (!seen.has(id) || score > scores[id]!) scores[id] = score;
    seen.add(id);
  }
  return scores;
}

/** Boxes with class vectors where every one has a vector of the same length, else with a class each. */
function proposalsOf(boxes: readonly GivenBox[]): Proposals {
  const corners = Float32Array.from(boxes.flatMap((box) => box.corners));
  const columns = boxes[0]?.classScores?.length ?? 0;
  if (columns > 0 && boxes.every(({ classScores }) => classScores?.length === columns)) {
    const data = new Float32Array(boxes.length * columns);
    boxes.forEach(({ classScores }, row) => {
      if (classScores !== null) data.set(classScores, row * columns);
    });
    return {
      count: boxes.length,
      boxes: corners,
      objectness: null,
      classes: {
        kind: 'vectors',
        data,
        offset: 0,
        rowStride: columns,
        columnStride: 1,
        columns,
        activation: 'none',
        softmaxExtra: 0,
      },
    };
  }
  return {
    count: boxes.length,
    boxes: corners,
    objectness: null,
    classes: {
      kind: 'single',
      labels: Int32Array.from(boxes, ({ label }) => label),
      scores: Float32Array.from(boxes, ({ score }) => score),
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function wrong({ called, file }: Answering, what: string): DatumError {
  return new DatumError('interpreter', `${called} ${what}.`, file === null ? {} : { file });
}
