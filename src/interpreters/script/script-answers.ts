import type { Prediction, Proposals } from '../../annotations/index.js';
import { DatumError } from '../../errors.js';

/** Scripts name classes by number; a larger one is a mistake, not a class. */
const MAX_CLASS = 1_000_000;

/**
 * What a script's `processOutputs` answered, as predictions. Labels and boxes are told apart by their fields, not by
 * their class, since a script may bring its own copy of the package.
 *
 * @param classes length of the score vectors at least; classes without a Label score 0.
 * @throws DatumError (`interpreter`) naming the image and the annotation that is not one.
 */
export function scriptPredictions(file: string, answers: unknown, images: number, classes: number): Prediction[] {
  if (!Array.isArray(answers)) {
    throw wrong(file, 'did not return an array: return one array of annotations for each image');
  }
  if (answers.length !== images) {
    throw wrong(
      file,
      `returned ${answers.length} results for ${images} image${images === 1 ? '' : 's'}: return one array of annotations for each image`,
    );
  }
  return answers.map((annotations: unknown, image) => {
    if (!Array.isArray(annotations)) {
      throw wrong(file, `returned no array for image ${image}: return one array of annotations for each image`);
    }
    const labels: ScriptLabel[] = [];
    const boxes: ScriptBox[] = [];
    annotations.forEach((annotation: unknown, index) => {
      const place = `annotation ${index} of image ${image}`;
      if (isRecord(annotation) && 'x' in annotation) boxes.push(boxOf(file, annotation, place));
      else if (isRecord(annotation) && 'id' in annotation) labels.push(labelOf(file, annotation, place));
      else
        throw wrong(
          file,
          `returned neither a Label nor a Bbox as ${place}: use new Label(id, { score }) or new Bbox(x, y, w, h, { label, score })`,
        );
    });
    return {
      scores: labels.length > 0 || boxes.length === 0 ? classScores(labels, classes) : null,
      proposals: boxes.length > 0 || labels.length === 0 ? proposalsOf(boxes) : null,
    };
  });
}

interface ScriptLabel {
  readonly id: number;
  readonly score: number;
}

interface ScriptBox {
  readonly corners: readonly [number, number, number, number];
  readonly label: number;
  readonly score: number;
  readonly classScores: Float32Array | null;
}

function labelOf(file: string, annotation: Record<string, unknown>, place: string): ScriptLabel {
  return { id: classOf(file, annotation['id'], `id of ${place}`), score: scoreOf(file, annotation['score'], place) };
}

function boxOf(file: string, annotation: Record<string, unknown>, place: string): ScriptBox {
  const pixels = (field: string): number => finite(file, annotation[field], `${field} of ${place}`);
  const [x, y] = [pixels('x'), pixels('y')];
  const [width, height] = 'w' in annotation ? [pixels('w'), pixels('h')] : [pixels('width'), pixels('height')];
  const classScores = annotation['classScores'] ?? null;
  if (classScores !== null && !(classScores instanceof Float32Array && classScores.every(Number.isFinite))) {
    throw wrong(
      file,
      `gave classScores of ${place} that are no Float32Array of finite numbers: give one score a class`,
    );
  }
  return {
    corners: [x, y, x + width, y + height],
    label: classOf(file, annotation['label'] ?? 0, `label of ${place}`),
    score: scoreOf(file, annotation['score'], place),
    classScores,
  };
}

function classOf(file: string, value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_CLASS) return value;
  throw wrong(file, `gave ${String(value)} as the ${what}: a class is a whole number from 0`);
}

function scoreOf(file: string, value: unknown, place: string): number {
  return value === undefined ? 1 : finite(file, value, `score of ${place}`);
}

function finite(file: string, value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(file, `gave ${String(value)} as the ${what}: it must be a finite number`);
}

function classScores(labels: readonly ScriptLabel[], classes: number): Float32Array {
  const scores = new Float32Array(labels.reduce((length, { id }) => Math.max(length, id + 1), classes));
  for (const { id, score } of labels) scores[id] = score;
  return scores;
}

/** Boxes with class vectors where every one has a vector of the same length, else with a class each. */
function proposalsOf(boxes: readonly ScriptBox[]): Proposals {
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

function wrong(file: string, what: string): DatumError {
  return new DatumError('interpreter', `processOutputs of the script ${file} ${what}.`, { file });
}
