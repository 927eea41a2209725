import { DatumError } from '../../errors.js';
import { parseElementType, type IrElementType } from '../ir/element-type.js';
import { describeLayer, type IrBlob, type IrLayer } from '../ir/model.js';
import { byteCount } from '../ir/read-model.js';
import { LayerAttributes } from './attributes.js';

/** Whether a layer is an input of the model. */
export function isParameter(layer: IrLayer): boolean {
  return layer.type === 'Parameter' || (layer.type === 'Input' && layer.opset === '');
}

/** The shape an input is declared with; -1 for a dimension that varies. */
export function parameterShape(layer: IrLayer): readonly number[] {
  return layer.outputs[0]?.dims ?? [];
}

/** A constant's place in the weights file. */
export interface ConstantPlace {
  readonly blob: IrBlob;
  readonly type: IrElementType;
  readonly shape: readonly number[];
  readonly where: string;
}

/**
 * The place of a Const layer's values; null for any other layer.
 *
 * @throws DatumError (`model`) when the layer does not say where its values are, or in a type that cannot be read.
 */
export function constantOf(layer: IrLayer, file: string): ConstantPlace | null {
  if (layer.type !== 'Const') return null;
  const where = `${file}: ${describeLayer(layer)}`;
  const custom = layer.blobs['custom'];
  if (custom !== undefined) {
    const type = custom.type ?? layer.outputs[0]?.type ?? layer.precision ?? 'f32';
    return { blob: custom, type, shape: layer.outputs[0]?.dims ?? [], where };
  }
  const attributes = new LayerAttributes(layer, file);
  const name = attributes.text('element_type');
  const type = parseElementType(name);
  if (type === null) {
    throw new DatumError(
      'model',
      `${where} has values of type ${name}, which cannot be read here. Export the model with FP32, FP16 or INT8 weights.`,
    );
  }
  const shape = attributes.ints('shape', []);
  if (shape.some((length) => length < 0)) throw new DatumError('model', `${where} has a shape with a negative length.`);
  return {
    blob: {
      offset: byteCount(layer.data['offset'], `${where}, offset`),
      size: byteCount(layer.data['size'], `${where}, size`),
      type,
    },
    type,
    shape,
    where,
  };
}
