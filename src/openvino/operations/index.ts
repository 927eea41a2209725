import type { Operation, OperationTable } from '../translate/operation.js';
import type { IrLayer } from '../ir/model.js';
import { activations } from './activations.js';
import { convolutions } from './convolutions.js';
import { detection } from './detection/index.js';
import { elementwise } from './elementwise.js';
import { gathers } from './gathers.js';
import { interpolations } from './interpolations.js';
import { legacyOperations } from './legacy/index.js';
import { matrices } from './matrices.js';
import { movements } from './movements.js';
import { normalizations } from './normalizations.js';
import { poolings } from './poolings.js';
import { quantization } from './quantization.js';
import { reductions } from './reductions.js';
import { selections } from './selections.js';
import { sequences } from './sequences.js';
import { shapes } from './shapes.js';
import { slices } from './slices.js';

/** The operations of opsets 1 to 15 (IR v10 and v11), by family. */
export const families: Readonly<Record<string, OperationTable>> = {
  'functions of one value': activations,
  'arithmetic, comparison, logic': elementwise,
  convolution: convolutions,
  pooling: poolings,
  matrices,
  normalization: normalizations,
  reduction: reductions,
  shape: shapes,
  slicing: slices,
  'reading and writing by index': gathers,
  movement: movements,
  interpolation: interpolations,
  quantization,
  'choosing and ordering': selections,
  detection,
  sequences,
};

const table: ReadonlyMap<string, Operation> = new Map(
  Object.values(families).flatMap((family) => Object.entries(family)),
);

const legacyTable: ReadonlyMap<string, Operation> = new Map(Object.entries(legacyOperations));

/**
 * How a layer becomes ONNX; null where that is not known. Layers without an operation set are those of v3 to v7;
 * sets other than `opset1`, `opset2`... belong to somebody's own operations.
 */
export function operationOf(layer: IrLayer): Operation | null {
  if (layer.opset === '') return legacyTable.get(layer.type) ?? null;
  return /^opset\d+$/.test(layer.opset) ? (table.get(layer.type) ?? null) : null;
}
