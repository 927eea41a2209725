import type { Tensor } from '../launchers/types.js';
import { knownOutputs } from './evidence.js';
import { shapeText } from './outputs.js';
import type { Evidence } from './types.js';

/** A single output with one row a proposal: `[N, rows, columns]`. */
export interface RowLayout {
  readonly rows: number;
  readonly columns: number;
  readonly text: string;
  readonly sample: Tensor | null;
}

/** The model's only output, where it is a table with more rows than columns and at least box, objectness and a class. */
export function rowLayout(evidence: Evidence): RowLayout | null {
  const [output, ...others] = knownOutputs(evidence);
  if (output === undefined || others.length > 0 || output.shape.length !== 3) return null;
  const [, rows, columns] = output.shape;
  if (rows == null || columns == null || columns < 6 || rows <= columns) return null;
  return { rows, columns, text: shapeText(output.shape), sample: output.sample };
}
