import type { Tensor } from '../../launchers/types.js';
import { knownOutputs, plainName, type KnownOutput } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';

/** The two outputs of a query detector: class logits `[N, Q, columns]` and boxes `[N, Q, 4]`. */
export interface QueryOutputs {
  readonly logits: string;
  readonly boxes: string;
  readonly queries: number | null;
  readonly columns: number | null;
  /** Whether they are called dets and labels, as RF-DETR has them: a last slot for none in spite of sigmoids. */
  readonly rfDetr: boolean;
  /** Logits of the first image in the sample run. */
  readonly sample: Tensor | null;
}

/** Names of the logits, and of the boxes, that exporters give. */
const LOGITS = ['logits', 'pred_logits', 'labels', 'scores'];
const BOXES = ['pred_boxes', 'dets', 'boxes'];

/**
 * Finds the outputs of DETR and its descendants by name; auxiliary outputs beside them do not matter. Where the user has
 * chosen such a family, other names do as well.
 */
export function queryOutputs(evidence: Evidence): QueryOutputs | null {
  return namedOutputs(evidence) ?? (evidence.chosen === true ? pairByShape(evidence) : null);
}

/** The only two outputs `[N, Q, columns]` and `[N, Q, 4]` of one Q, the second in 0..1, the first not; null where there are none. */
function pairByShape(evidence: Evidence): QueryOutputs | null {
  const tables = knownOutputs(evidence).filter(({ type, shape }) => type.startsWith('float') && shape.length === 3);
  const isUnits = ({ sample }: KnownOutput): boolean =>
    sample === null || sample.data.every((value) => value >= -0.01 && value <= 1.01);
  const [boxes, ...rivals] = tables.filter((output) => output.shape[2] === 4 && isUnits(output));
  if (boxes === undefined || rivals.length > 0) return null;
  const [logits, ...more] = tables.filter((output) => output !== boxes && output.shape[1] === boxes.shape[1]);
  if (logits === undefined || more.length > 0 || (logits.sample !== null && isUnits(logits))) return null;
  const [, queries = null, columns = null] = logits.shape;
  return { logits: logits.name, boxes: boxes.name, queries, columns, rfDetr: false, sample: logits.sample };
}

function namedOutputs(evidence: Evidence): QueryOutputs | null {
  const outputs = knownOutputs(evidence).filter(({ shape }) => shape.length === 3);
  const boxes = outputs.find(({ name, shape }) => BOXES.includes(plainName(name)) && shape[2] === 4);
  const logits = outputs.find((output) => output !== boxes && LOGITS.includes(plainName(output.name)));
  if (boxes === undefined || logits === undefined) return null;
  // Names that other families use too count only where the values are logits.
  const own = ['logits', 'pred_logits'].includes(plainName(logits.name)) || plainName(boxes.name) !== 'boxes';
  if (!own && logits.sample?.data.some((value) => value < 0) !== true) return null;
  const [, queries = null, columns = null] = logits.shape;
  const rfDetr = plainName(boxes.name) === 'dets' && plainName(logits.name) === 'labels';
  return { logits: logits.name, boxes: boxes.name, queries, columns, rfDetr, sample: logits.sample };
}

/** DETR trained on COCO: 91 ids and no-object. */
const DETR_COLUMNS = 92;
/** Without no-object: COCO's classes with and without the gaps of its ids. */
const FOCAL_COLUMNS = [80, 91, 365, 366];

/** How class logits of queries are read, and why so. */
export interface QueryReading {
  /** `softmax` with no-object behind the classes (DETR, YOLOS), or each through a `sigmoid` (a focal loss). */
  readonly activation: 'softmax' | 'sigmoid';
  readonly why: string;
}

/**
 * Whether class logits go through a softmax with a no-object class behind the last (DETR, Conditional DETR's
 * predecessor, YOLOS) or each through a sigmoid (RT-DETR, Deformable DETR, D-FINE, RF-DETR); null where nothing tells.
 * The sample goes before names and numbers: in a softmax no-object takes most queries, being above all classes together;
 * with sigmoids most logits lie far below zero, in the last column as in the others.
 *
 * @param named how many class names are known.
 */
export function queryReading(outputs: QueryOutputs, named: number | null): QueryReading | null {
  const { columns, queries, rfDetr } = outputs;
  if (columns === null) return null;
  const shown = shownBy(outputs);
  if (shown !== null) return shown;
  if (rfDetr) return { activation: 'sigmoid', why: "the names dets and labels are RF-DETR's" };
  if (named !== null && named === columns - 1)
    return { activation: 'softmax', why: `${named} names for ${columns} columns` };
  if (named !== null && named === columns) return { activation: 'sigmoid', why: `as many names as columns` };
  if (columns === DETR_COLUMNS) return { activation: 'softmax', why: "92 columns are COCO's 91 ids and no-object" };
  if (FOCAL_COLUMNS.includes(columns)) return { activation: 'sigmoid', why: `${columns} columns hold no no-object` };
  if (queries === 100) return { activation: 'softmax', why: "100 queries are DETR's" };
  return queries === 300 || queries === 900 ? { activation: 'sigmoid', why: `${queries} queries` } : null;
}

/** What the logits of the sample show; null where they fit neither reading, or both. */
function shownBy({ columns, sample }: QueryOutputs): QueryReading | null {
  if (sample === null || columns === null || columns < 2) return null;
  const rows = sample.data.length / columns;
  let none = 0;
  let belowZero = 0;
  for (let row = 0; row < rows; row++) {
    const values = sample.data.subarray(row * columns, (row + 1) * columns);
    const best = values.reduce((max, value) => Math.max(max, value), -Infinity);
    const sum = values.reduce((total, value) => total + Math.exp(value - best), 0);
    if (Math.exp(values[columns - 1]! - best) / sum > 0.5) none += 1;
    if (best < 0) belowZero += 1;
  }
  if (none > rows / 2 && belowZero <= rows / 2) {
    return { activation: 'softmax', why: `no-object takes ${none} of ${rows} queries in the run` };
  }
  if (belowZero > rows / 2 && none <= rows / 2) {
    return { activation: 'sigmoid', why: `the logits of ${belowZero} of ${rows} queries are all below 0 in the run` };
  }
  return null;
}
