import type { IrElementType } from './element-type.js';

/** An input or output of a layer. */
export interface IrPort {
  readonly id: string;
  /** Null where the file does not say; the type's name in `typeName` then tells a type that cannot be read. */
  readonly type: IrElementType | null;
  /** As declared; -1 for a dimension that varies, null where even the rank is unknown. */
  readonly dims: readonly number[] | null;
  /** Tensor names (v11). */
  readonly names: readonly string[];
}

/** A piece of the weights file. */
export interface IrBlob {
  readonly offset: number;
  readonly size: number;
  readonly type: IrElementType | null;
}

/** The mean that old formats subtract from an input: one value a channel, or an image. */
export interface IrMean {
  readonly channel: number;
  readonly value: number | null;
  readonly image: IrBlob | null;
}

/** A node of the model. */
export interface IrLayer {
  readonly id: string;
  readonly name: string;
  /** As written in the file. */
  readonly type: string;
  /** `opset1`... or another set's name; empty in v3 to v7. */
  readonly opset: string;
  readonly data: Readonly<Record<string, string>>;
  readonly inputs: readonly IrPort[];
  readonly outputs: readonly IrPort[];
  /** Weights in v3 to v7, by name (`weights`, `biases`, `custom`...). */
  readonly blobs: Readonly<Record<string, IrBlob>>;
  /** Precision of the layer in v3 to v7. */
  readonly precision: IrElementType | null;
  /** Run-time attributes, flattened (`layout_0.layout`, ...). */
  readonly runtimeInfo: Readonly<Record<string, string>>;
}

/** The output that feeds an input. */
export interface IrSource {
  readonly layer: IrLayer;
  /** Index into the layer's outputs. */
  readonly output: number;
}

/** A model as its `.xml` describes it. */
export interface IrModel {
  readonly file: string;
  readonly name: string;
  /** 3 to 7, 10 or 11. */
  readonly version: number;
  /** In an order in which every layer follows those that feed it. */
  readonly layers: readonly IrLayer[];
  /** What feeds the inputs of each layer, in the order of its inputs. */
  readonly sources: ReadonlyMap<IrLayer, readonly IrSource[]>;
  /** Means to subtract from an input, by the name of its layer (v3 to v7). */
  readonly means: ReadonlyMap<string, readonly IrMean[]>;
  /** `rt_info` and `meta_data`, flattened: `model_info.labels`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A layer in a message: `Convolution layer "conv1" (opset1)`. */
export function describeLayer(layer: IrLayer): string {
  return `${layer.type} layer "${layer.name}"${layer.opset === '' ? '' : ` (${layer.opset})`}`;
}
