import { readModel } from '../../src/openvino/ir/read-model.js';
import { operationOf } from '../../src/openvino/operations/index.js';
import { translateModel, type Translation } from '../../src/openvino/translate/translate-model.js';
import { runOnnx, type Feed, type PlainTensor } from '../helpers/onnx-graph.js';

/** An output of a layer under construction. */
export interface IrPort {
  readonly layer: number;
  readonly port: number;
  readonly shape: readonly number[];
  readonly type: string;
}

export interface LayerOptions {
  readonly name?: string;
  readonly opset?: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
  /** Element type of each output; default f32. */
  readonly types?: readonly string[];
  /** Weights of v3 to v7. */
  readonly blobs?: Readonly<Record<string, readonly number[]>>;
  readonly names?: readonly string[];
  /** Where the values of a Const of v3 to v7 lie. */
  readonly custom?: { readonly offset: number; readonly size: number; readonly precision: string };
}

/** Writes small OpenVINO models: the text of the `.xml` and the bytes of the `.bin`. */
export class IrBuilder {
  readonly #version: number;
  readonly #layers: string[] = [];
  readonly #edges: string[] = [];
  readonly #weights: Uint8Array[] = [];
  #offset = 0;
  /** Put before the end of `<net>`: `rt_info`, `pre-process`. */
  extra = '';

  constructor(version = 11) {
    this.#version = version;
  }

  get modern(): boolean {
    return this.#version >= 10;
  }

  parameter(name: string, shape: readonly number[], type = 'f32'): IrPort {
    const [port] = this.layer(this.modern ? 'Parameter' : 'Input', [], [shape], {
      name,
      types: [type],
      data: this.modern ? { shape: shape.join(','), element_type: type } : {},
    });
    return port!;
  }

  constant(values: readonly number[], shape: readonly number[] = [values.length], type = 'f32'): IrPort {
    const place = this.store(encode(values, type));
    const [port] = this.layer('Const', [], [shape], {
      types: [type],
      data: { element_type: type, shape: shape.join(', '), offset: place.offset, size: place.size },
    });
    return port!;
  }

  layer(
    type: string,
    inputs: readonly IrPort[],
    outputs: readonly (readonly number[])[],
    options: LayerOptions = {},
  ): IrPort[] {
    const id = this.#layers.length;
    const { name = `${type}_${id}`, opset = 'opset1', data = {}, types = [], blobs = {} } = options;
    const attributes = Object.entries(data).map(([key, value]) => `${key}="${String(value)}"`);
    const inputPorts = inputs.map((port, index) => `<port id="${index}">${dims(port.shape)}</port>`);
    const outputPorts = outputs.map((shape, index) => {
      const precision = precisionOf(types[index] ?? 'f32');
      const names = options.names?.[index] === undefined ? '' : ` names="${options.names[index]}"`;
      return `<port id="${inputs.length + index}" precision="${precision}"${names}>${dims(shape)}</port>`;
    });
    const stored = Object.entries(blobs).map(([key, values]) => {
      const place = this.store(encode(values, 'f32'));
      return `<${key} offset="${place.offset}" size="${place.size}"/>`;
    });
    const { custom } = options;
    if (custom !== undefined) {
      stored.push(`<custom offset="${custom.offset}" size="${custom.size}" precision="${custom.precision}"/>`);
    }
    const version = this.modern ? ` version="${opset}"` : ' precision="FP32"';
    this.#layers.push(
      `<layer id="${id}" name="${name}" type="${type}"${version}><data ${attributes.join(' ')}/>` +
        `<input>${inputPorts.join('')}</input><output>${outputPorts.join('')}</output>` +
        `<blobs>${stored.join('')}</blobs></layer>`,
    );
    for (const [index, port] of inputs.entries()) {
      this.#edges.push(
        `<edge from-layer="${port.layer}" from-port="${port.port}" to-layer="${id}" to-port="${index}"/>`,
      );
    }
    return outputs.map((shape, index) => ({
      layer: id,
      port: inputs.length + index,
      shape,
      type: types[index] ?? 'f32',
    }));
  }

  result(port: IrPort, name?: string): void {
    if (this.modern) this.layer('Result', [port], [], name === undefined ? {} : { name });
  }

  store(bytes: Uint8Array): { offset: number; size: number } {
    const place = { offset: this.#offset, size: bytes.byteLength };
    this.#weights.push(bytes);
    this.#offset += bytes.byteLength;
    return place;
  }

  build(): { xml: string; bin: Uint8Array } {
    const xml =
      `<?xml version="1.0"?><net name="test" version="${this.#version}"><layers>${this.#layers.join('')}</layers>` +
      `<edges>${this.#edges.join('')}</edges>${this.extra}</net>`;
    return { xml, bin: Buffer.concat(this.#weights) };
  }
}

function dims(shape: readonly number[]): string {
  return shape.map((length) => `<dim>${length}</dim>`).join('');
}

function precisionOf(type: string): string {
  return type.startsWith('f') ? `FP${type.slice(1)}` : type === 'boolean' ? 'BOOL' : type.toUpperCase();
}

function encode(values: readonly number[], type: string): Uint8Array {
  switch (type) {
    case 'f32':
      return bytesOf(Float32Array.from(values));
    case 'f64':
      return bytesOf(Float64Array.from(values));
    case 'i64':
    case 'u64':
      return bytesOf(BigInt64Array.from(values, BigInt));
    case 'i32':
    case 'u32':
      return bytesOf(Int32Array.from(values));
    case 'i16':
    case 'u16':
    case 'f16':
    case 'bf16':
      return bytesOf(Uint16Array.from(values));
    default:
      return bytesOf(Uint8Array.from(values));
  }
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Translates a model under construction. */
export function translate(ir: IrBuilder, outputLayers?: readonly string[]): Translation {
  const { xml, bin } = ir.build();
  return translateModel(readModel(xml, 'test.xml'), { file: 'test.bin', bytes: bin }, operationOf, {
    outputLayers,
    metadata: {},
  });
}

/** Translates a model and runs it. */
export async function runIr(
  ir: IrBuilder,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Record<string, PlainTensor>> {
  return runOnnx(translate(ir).bytes, feeds);
}

/** An input of a layer under test: fed when the model runs, or a constant of the model. */
export interface TestInput {
  readonly values: readonly number[];
  readonly shape: readonly number[];
  readonly type?: 'f32' | 'i32' | 'i64' | 'u8' | 'boolean';
  readonly constant?: boolean;
}

/** A value that is fed when the model runs. */
export function fed(values: readonly number[], shape: readonly number[], type: TestInput['type'] = 'f32'): TestInput {
  return { values, shape, type };
}

/** A constant of the model. */
export function fixed(
  values: readonly number[],
  shape: readonly number[] = [values.length],
  type: TestInput['type'] = 'f32',
): TestInput {
  return { values, shape, type, constant: true };
}

/** A constant list of int64. */
export function ints(...values: number[]): TestInput {
  return fixed(values, [values.length], 'i64');
}

export interface OperationOptions extends LayerOptions {
  readonly version?: number;
}

const feedTypes = { f32: 'float32', i32: 'int32', i64: 'int64', u8: 'uint8', boolean: 'bool' } as const;

/** Runs a model of one layer, and gives its outputs. */
export async function runLayer(
  type: string,
  inputs: readonly TestInput[],
  outputs: readonly (readonly number[])[],
  options: OperationOptions = {},
): Promise<PlainTensor[]> {
  const ir = new IrBuilder(options.version ?? 11);
  const feeds: Record<string, Feed> = {};
  const ports = inputs.map(({ values, shape, type: element = 'f32', constant }, index) => {
    if (constant === true) return ir.constant(values, shape, element);
    feeds[`in${index}`] = { data: values, shape, type: feedTypes[element] };
    return ir.parameter(`in${index}`, shape, element);
  });
  const made = ir.layer(type, ports, outputs, { name: 'layer', ...options });
  for (const port of made) ir.result(port);
  const results = await runIr(ir, feeds);
  return made.map((_, index) => results[made.length > 1 ? `layer.${index}` : 'layer']!);
}

/** Small numbers that are all different, positive and negative. */
export function ramp(count: number, scale = 1): number[] {
  return Array.from({ length: count }, (_, index) => (((index * 37) % 101) / 10 - 5) * scale);
}

/** An input with the values 0, 1, 2... so that results read as positions. */
export function positions(...shape: number[]): TestInput {
  const count = shape.reduce((product, length) => product * length, 1);
  return fed(
    Array.from({ length: count }, (_, index) => index),
    shape,
  );
}
