import protobuf from 'protobufjs/light.js';
import { z } from 'zod';
import { elementSize, typeOfCode } from './elements.js';

/** Nodes without their tensors, which stay bytes: only those that are asked for are looked into. */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: { fields: { graph: { id: 7, type: 'Graph' } } },
    Graph: {
      fields: {
        node: { id: 1, rule: 'repeated', type: 'Node' },
        initializer: { id: 5, rule: 'repeated', type: 'bytes' },
        input: { id: 11, rule: 'repeated', type: 'Port' },
        output: { id: 12, rule: 'repeated', type: 'Port' },
      },
    },
    Port: { fields: { name: { id: 1, type: 'string' } } },
    Node: {
      fields: {
        input: { id: 1, rule: 'repeated', type: 'string' },
        output: { id: 2, rule: 'repeated', type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, rule: 'repeated', type: 'bytes' },
        domain: { id: 7, type: 'string' },
      },
    },
    Attribute: {
      fields: {
        name: { id: 1, type: 'string' },
        float: { id: 2, type: 'float' },
        tensor: { id: 5, type: 'bytes' },
        ints: { id: 8, rule: 'repeated', type: 'int64' },
        strings: { id: 9, rule: 'repeated', type: 'string' },
      },
    },
    TensorName: { fields: { name: { id: 8, type: 'string' } } },
    Tensor: {
      fields: {
        dims: { id: 1, rule: 'repeated', type: 'int64' },
        dataType: { id: 2, type: 'int32' },
        floatData: { id: 4, rule: 'repeated', type: 'float' },
        int64Data: { id: 7, rule: 'repeated', type: 'int64' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
      },
    },
  },
});

const named = z.object({ name: z.string().default('') });
const bytes = z.instanceof(Uint8Array);
const ports = z.array(named).default([]);
const model = z.object({
  graph: z.object({
    node: z
      .array(
        z.object({
          input: z.array(z.string()).default([]),
          output: z.array(z.string()).default([]),
          opType: z.string().default(''),
          attribute: z.array(bytes).default([]),
          domain: z.string().default(''),
        }),
      )
      .default([]),
    initializer: z.array(bytes).default([]),
    input: ports,
    output: ports,
  }),
});
const attribute = z.object({
  name: z.string().default(''),
  float: z.number().optional(),
  tensor: bytes.optional(),
  ints: z.array(z.number()).default([]),
  strings: z.array(z.string()).default([]),
});
const tensor = z.object({
  dims: z.array(z.number()).default([]),
  dataType: z.number().default(0),
  floatData: z.array(z.number()).default([]),
  int64Data: z.array(z.number()).default([]),
  name: z.string().default(''),
  rawData: bytes.optional(),
});

/** A node of a graph; its attributes stay bytes (`attributesOf`). */
export type Node = z.output<typeof model>['graph']['node'][number];

/** The nodes of an ONNX file and the names of its inputs and outputs, without the values of its weights. */
export type Graph = z.output<typeof model>['graph'];

/** An attribute of a node, as far as it is looked into. */
export type NodeAttribute = z.output<typeof attribute>;

/** Larger tensors are weights: their values are never asked for. */
const SMALL = 512;

/** The graph of an ONNX file; null where the bytes are not a model. */
export function readGraph(file: Uint8Array): Graph | null {
  const decoded = model.safeParse(decode('Model', file));
  return decoded.success ? decoded.data.graph : null;
}

/** The attributes of a node. */
export function attributesOf(node: Node): NodeAttribute[] {
  return node.attribute.flatMap((encoded) => {
    const read = attribute.safeParse(decode('Attribute', encoded));
    return read.success ? [read.data] : [];
  });
}

/** The names of values that depend on an input of the graph: all others are known before a run. */
export function computedValues({ node: nodes, input: inputs, initializer }: Graph): ReadonlySet<string> {
  const stored = new Set(initializer.map((encoded) => named.safeParse(decode('TensorName', encoded)).data?.name));
  const computed = new Set(inputs.map(({ name }) => name).filter((name) => !stored.has(name)));
  // The nodes of a valid graph stand in the order of their work.
  for (const { opType, input, output } of nodes) {
    if (opType !== 'Shape' && input.some((name) => computed.has(name))) for (const name of output) computed.add(name);
  }
  return computed;
}

/** The values of small constants by name: initializers and Constant nodes; null for others. */
export function constantsOf({ node: nodes, initializer }: Graph): (name: string) => number[] | null {
  return (name) => {
    for (const encoded of initializer) {
      if (encoded.length > SMALL) continue;
      const read = tensor.safeParse(decode('Tensor', encoded));
      if (read.success && read.data.name === name) return valuesOf(read.data);
    }
    const constant = nodes.find(({ opType, output }) => opType === 'Constant' && output[0] === name);
    for (const { name: key, tensor: encoded, float } of constant === undefined ? [] : attributesOf(constant)) {
      if (key === 'value_float' && float !== undefined) return [float];
      if (key !== 'value' || encoded === undefined || encoded.length > SMALL) continue;
      const value = tensor.safeParse(decode('Tensor', encoded));
      if (value.success) return valuesOf(value.data);
    }
    return null;
  };
}

/** The numbers of a small tensor of floats or whole numbers; null for other types. */
function valuesOf({ dataType, floatData, int64Data, rawData }: z.output<typeof tensor>): number[] | null {
  const type = typeOfCode(dataType);
  if (type !== 'float32' && type !== 'float64' && type !== 'int64') return null;
  if (rawData === undefined || rawData.length === 0) return type === 'int64' ? int64Data : floatData;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const size = elementSize(type);
  return Array.from({ length: Math.floor(rawData.length / size) }, (_, index) => {
    const at = index * size;
    if (type === 'int64') return Number(view.getBigInt64(at, true));
    return type === 'float32' ? view.getFloat32(at, true) : view.getFloat64(at, true);
  });
}

function decode(type: string, encoded: Uint8Array): unknown {
  const codec = root.lookupType(type);
  const reader = protobuf.Reader.create(encoded);
  reader.discardUnknown = true;
  try {
    return codec.toObject(codec.decode(reader), { longs: Number });
  } catch {
    // A damaged file is refused where it is opened.
    return null;
  }
}
