import { attributeTypes, modelType } from './schema.js';
import { codeOfType, elementSize, sizeOf, typeOfValues, type GraphElementType, type TensorValues } from './elements.js';

/** A value that flows through a graph: an input, a constant or a node's output. */
export class Value {
  /** Unique in the model. Outputs may get another name when they are encoded. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A constant tensor, row-major. */
export interface TensorConstant {
  readonly type: GraphElementType;
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

/** A float attribute; plain numbers are integers in ONNX. */
export interface FloatAttribute {
  readonly kind: 'float';
  readonly value: number;
}

/** A list-of-floats attribute. */
export interface FloatsAttribute {
  readonly kind: 'floats';
  readonly value: readonly number[];
}

/** A tensor attribute. */
export interface TensorAttribute {
  readonly kind: 'tensor';
  readonly value: TensorConstant;
}

/** What an attribute may be. Plain numbers and lists of numbers are ONNX integers; see `float` and `floats`. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | FloatAttribute
  | FloatsAttribute
  | TensorAttribute
  | GraphBuilder;

export type Attributes = Readonly<Record<string, Attribute | undefined>>;

/** A float attribute: `{ alpha: float(1) }`. */
export function float(value: number): FloatAttribute {
  return { kind: 'float', value };
}

/** A list-of-floats attribute: `{ scales: floats([1, 2]) }`. */
export function floats(value: readonly number[]): FloatsAttribute {
  return { kind: 'floats', value };
}

/** A tensor attribute: `{ value: tensor(new Int32Array([0]), [1]) }`. */
export function tensor(values: TensorValues, shape: readonly number[], type = typeOfValues(values)): TensorAttribute {
  return { kind: 'tensor', value: { values, shape, type } };
}

/** A dimension: a length, a name for one that varies, or '' for one that nothing is known of. */
export type Dimension = number | string;

/** What a graph's parts have in common with its sub-graphs. */
interface Naming {
  next: number;
  readonly taken: Set<string>;
  /** Names that outputs asked for. */
  readonly renamed: Map<Value, string>;
}

interface NodeRecord {
  readonly operation: string;
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

interface Port {
  readonly value: Value;
  readonly type: GraphElementType;
  readonly shape: readonly Dimension[] | null;
}

/** What the file says of itself. */
export interface EncodeOptions {
  /** `metadata_props`, such as the labels an exporter stores. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** `producer_name`. Default: `datum-explain`. */
  readonly producer?: string;
}

/** How a graph is begun. */
export interface GraphOptions {
  /** Version of ONNX's default operator set. Default: 20. */
  readonly opset?: number;
  /** Further operator sets, by domain. */
  readonly domains?: Readonly<Record<string, number>>;
  /** Default: `graph`. */
  readonly name?: string;
}

/**
 * Builds an ONNX model, node after node, and encodes it as a file's bytes
 * (https://onnx.ai/onnx/repo-docs/IR.html). It checks what it is told about names and sizes, but not the operators'
 * own rules: the runtime does that when it opens the model.
 *
 * ```ts
 * const g = new GraphBuilder({ opset: 17 });
 * const image = g.input('image', 'float32', ['N', 3, 32, 32]);
 * const mean = g.node('ReduceMean', [image], { axes: [2, 3], keepdims: 0 });
 * g.output(mean, 'scores', 'float32', ['N', 3]);
 * const bytes = g.encode({ metadata: { names: 'red,green,blue' } });
 * ```
 */
export class GraphBuilder {
  readonly opset: number;
  readonly #domains: Readonly<Record<string, number>>;
  readonly #name: string;
  readonly #naming: Naming;
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #nodes: NodeRecord[] = [];
  readonly #constants = new Map<Value, TensorConstant>();
  /** Values that are a node's output in this very graph, and may so be renamed. */
  readonly #computed = new Set<Value>();

  constructor(options: GraphOptions = {}, naming?: Naming) {
    this.opset = options.opset ?? 20;
    this.#domains = options.domains ?? {};
    this.#name = options.name ?? 'graph';
    this.#naming = naming ?? { next: 0, taken: new Set(), renamed: new Map() };
  }

  /** Declares an input of the graph. A shape of null says that nothing is known, not even the rank. */
  input(name: string, type: GraphElementType = 'float32', shape: readonly Dimension[] | null = null): Value {
    const value = new Value(this.#claim(name));
    this.#inputs.push({ value, type, shape });
    return value;
  }

  /**
   * A constant of any shape; without a shape a list.
   *
   * @throws RangeError when the shape does not have as many elements as there are values.
   */
  constant(values: TensorValues, shape: readonly number[] = [values.length], type = typeOfValues(values)): Value {
    if (sizeOf(shape) !== values.length || values.BYTES_PER_ELEMENT !== elementSize(type)) {
      throw new RangeError(`a ${type} constant of shape [${shape.join(', ')}] cannot have ${values.length} values`);
    }
    const value = new Value(this.#fresh('constant'));
    this.#constants.set(value, { type, shape, values });
    return value;
  }

  /** A list of int64: shapes, axes, indices. */
  ints(values: readonly number[]): Value {
    return this.constant(BigInt64Array.from(values, BigInt));
  }

  /** One int64. */
  int(value: number): Value {
    return this.constant(BigInt64Array.of(BigInt(value)), []);
  }

  /** One float32. */
  float(value: number): Value {
    return this.constant(Float32Array.of(value), []);
  }

  /**
   * Adds a node with one output.
   *
   * @param inputs `null` for an optional input that is left out.
   * @param attributes those that are undefined are left out.
   */
  node(operation: string, inputs: readonly (Value | null)[], attributes: Attributes = {}, domain = ''): Value {
    const value = new Value(this.#fresh(operation));
    this.#add({ operation, domain, inputs, outputs: [value], attributes });
    return value;
  }

  /** Adds a node with several outputs. */
  nodes(
    operation: string,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    outputCount: number,
    domain = '',
  ): Value[] {
    const outputs = Array.from({ length: outputCount }, () => new Value(this.#fresh(operation)));
    this.#add({ operation, domain, inputs, outputs, attributes });
    return outputs;
  }

  /**
   * Declares an output of the graph under a name of its own.
   *
   * @throws RangeError when the name is taken.
   */
  output(
    value: Value,
    name: string,
    type: GraphElementType = 'float32',
    shape: readonly Dimension[] | null = null,
  ): void {
    const own = this.#computed.has(value) && !this.#naming.renamed.has(value);
    const port = own ? value : this.node('Identity', [value]);
    this.#naming.renamed.set(port, this.#claim(name));
    this.#outputs.push({ value: port, type, shape });
  }

  /** A graph for `If`, `Loop` or `Scan`; it may use the values of this one. Its outputs need names of their own. */
  subgraph(name = this.#fresh('body')): GraphBuilder {
    return new GraphBuilder({ opset: this.opset, name }, this.#naming);
  }

  /** The bytes of an `.onnx` file. */
  encode(options: EncodeOptions = {}): Uint8Array {
    const domains = { '': this.opset, ...this.#domains };
    return modelType
      .encode({
        irVersion: 8,
        producerName: options.producer ?? 'datum-explain',
        opsetImport: Object.entries(domains).map(([domain, version]) => ({ domain, version })),
        graph: this.#graph(),
        metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
      })
      .finish();
  }

  #claim(name: string): string {
    if (this.#naming.taken.has(name)) throw new RangeError(`the graph has two values named "${name}"`);
    this.#naming.taken.add(name);
    return name;
  }

  #fresh(stem: string): string {
    let name: string;
    do name = `${stem}~${this.#naming.next++}`;
    while (this.#naming.taken.has(name));
    return this.#claim(name);
  }

  #add(node: NodeRecord): void {
    this.#nodes.push(node);
    for (const output of node.outputs) this.#computed.add(output);
  }

  #nameOf(value: Value | null): string {
    return value === null ? '' : (this.#naming.renamed.get(value) ?? value.name);
  }

  #graph(): object {
    return {
      name: this.#name,
      node: this.#nodes.map((node) => ({
        opType: node.operation,
        domain: node.domain,
        input: node.inputs.map((value) => this.#nameOf(value)),
        output: node.outputs.map((value) => this.#nameOf(value)),
        attribute: Object.entries(node.attributes).flatMap(([name, attribute]) =>
          attribute === undefined ? [] : [{ name, ...encodeAttribute(name, attribute) }],
        ),
      })),
      initializer: Array.from(this.#constants, ([value, constant]) => ({
        name: value.name,
        ...encodeTensor(constant),
      })),
      input: this.#inputs.map((port) => this.#port(port)),
      output: this.#outputs.map((port) => this.#port(port)),
    };
  }

  #port(port: Port): object {
    const dim = port.shape?.map((length) => (typeof length === 'number' ? { dimValue: length } : { dimParam: length }));
    return {
      name: this.#nameOf(port.value),
      type: { tensorType: { elemType: codeOfType(port.type), ...(dim === undefined ? {} : { shape: { dim } }) } },
    };
  }

  /** A sub-graph as the value of an attribute. */
  static encodeSubgraph(graph: GraphBuilder): object {
    return graph.#graph();
  }
}

function encodeTensor({ type, shape, values }: TensorConstant): object {
  return {
    dims: shape,
    dataType: codeOfType(type),
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function encodeAttribute(name: string, attribute: Attribute): object {
  if (typeof attribute === 'number') {
    if (!Number.isSafeInteger(attribute)) {
      throw new RangeError(`attribute ${name} = ${attribute} is not an integer: write float(${attribute})`);
    }
    return { type: attributeTypes.int, i: attribute };
  }
  if (typeof attribute === 'string') return { type: attributeTypes.string, s: utf8(attribute) };
  if (attribute instanceof GraphBuilder) {
    return { type: attributeTypes.graph, g: GraphBuilder.encodeSubgraph(attribute) };
  }
  if ('kind' in attribute) {
    switch (attribute.kind) {
      case 'float':
        return { type: attributeTypes.float, f: attribute.value };
      case 'floats':
        return { type: attributeTypes.floats, floats: attribute.value };
      case 'tensor':
        return { type: attributeTypes.tensor, t: encodeTensor(attribute.value) };
    }
  }
  return encodeList(name, attribute);
}

function encodeList(name: string, list: readonly number[] | readonly string[]): object {
  const strings = list.filter((item) => typeof item === 'string');
  if (strings.length > 0) return { type: attributeTypes.strings, strings: strings.map(utf8) };
  const ints = list.filter((item) => typeof item === 'number');
  const odd = ints.find((item) => !Number.isSafeInteger(item));
  if (odd !== undefined) {
    throw new RangeError(`attribute ${name} has ${odd}, which is not an integer: write floats([...])`);
  }
  return { type: attributeTypes.ints, ints };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
