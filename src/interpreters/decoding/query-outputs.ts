import type { Tensor } from '../../launchers/types.js';
import { knownOutputs, plainName } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';

/** The two outputs of a query detector: class logits `[N, Q, columns]` and boxes `[N, Q, 4]`. */
export interface QueryOutputs {
  readonly logits: string;
  readonly boxes: string;
  readonly queries: number | null;
  readonly columns: number | null;
  /** Logits of the first image in the sample run. */
  readonly sample: Tensor | null;
}

/** Names of the logits, and of the boxes, that exporters give. */
const LOGITS = ['logits', 'pred_logits', 'labels', 'scores'];
const BOXES = ['pred_boxes', 'dets', 'boxes'];

/** Finds the outputs of DETR and its descendants by name; auxiliary outputs beside them do not matter. */
export function queryOutputs(evidence: Evidence): QueryOutputs | null {
  const outputs = knownOutputs(evidence).filter(({ shape }) => shape.length === 3);
  const boxes = outputs.find(({ name, shape }) => BOXES.includes(plainName(name)) && shape[2] === 4);
  const logits = outputs.find((output) => output !== boxes && LOGITS.includes(plainName(output.name)));
  if (boxes === undefined || logits === undefined) return null;
  // Names that other families use too count only where the values are logits.
  const own = ['logits', 'pred_logits'].includes(plainName(logits.name)) || plainName(boxes.name) !== 'boxes';
  if (!own && logits.sample?.data.some((value) => value < 0) !== true) return null;
  const [, queries = null, columns = null] = logits.shape;
  return { logits: logits.name, boxes: boxes.name, queries, columns, sample: logits.sample };
}

/** DETR trained on COCO: 91 ids and no-object. */
const DETR_COLUMNS = 92;
/** Without no-object: COCO's classes with and without the gaps of its ids. */
const FOCAL_COLUMNS = [80, 91, 365, 366];

/**
 * Whether class logits go through a softmax with a no-object class behind the last (DETR, Conditional DETR's
 * predecessor, YOLOS) or each through a sigmoid (RT-DETR, Deformable DETR, D-FINE); null where nothing tells. In a
 * softmax most queries' largest logit is no-object's; with sigmoids most logits lie far below zero.
 */
export function hasNoObject({ columns, queries, sample }: QueryOutputs, named: number | null): boolean | null {
  if (columns === null) return null;
  if (named !== null && named === columns - 1) return true;
  if (named !== null && named === columns) return false;
  if (columns === DETR_COLUMNS) return true;
  if (FOCAL_COLUMNS.includes(columns)) return false;
  if (sample !== null) {
    let lastIsBest = 0;
    let allNegative = 0;
    const rows = sample.data.length / columns;
    for (let row = 0; row < rows; row++) {
      const values = sample.data.subarray(row * columns, (row + 1) * columns);
      const best = values.reduce((max, value) => Math.max(max, value), -Infinity);
      if (values[columns - 1] === best) lastIsBest += 1;
      if (best < 0) allNegative += 1;
    }
    if (lastIsBest > rows / 2 && allNegative <= rows / 2) return true;
    if (allNegative > rows / 2 && lastIsBest <= rows / 2) return false;
  }
  if (queries === 100) return true;
  return queries === 300 || queries === 900 ? false : null;
}
