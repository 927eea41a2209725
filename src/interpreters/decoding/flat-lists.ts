import { knownOutputs, shapeFits } from '../contract/evidence.js';
import type { Evidence } from '../contract/types.js';

/** Names of three outputs that are detections of one image without an axis of images. */
export interface FlatLists {
  readonly boxes: string;
  readonly labels: string;
  readonly scores: string;
}

/**
 * Boxes `[K, 4]`, whole-number labels `[K]` and scores `[K]`, told apart by shape and type; masks and key points beside
 * them do not matter. Null where the outputs are anything else.
 */
export function flatLists(evidence: Evidence): FlatLists | null {
  const outputs = knownOutputs(evidence);
  const boxes = outputs.filter(({ type, shape }) => type.startsWith('float') && shapeFits(shape, [null, 4]));
  const flat = outputs.filter(({ shape }) => shape.length === 1);
  const labels = flat.filter(({ type }) => type === 'int64' || type === 'int32');
  const scores = flat.filter(({ type }) => type.startsWith('float'));
  const [box, label, score] = [boxes[0], labels[0], scores[0]];
  if (box === undefined || label === undefined || score === undefined) return null;
  if (boxes.length > 1 || labels.length > 1) return null;
  return { boxes: box.name, labels: label.name, scores: score.name };
}
