import protobuf from 'protobufjs/light.js';
import { z } from 'zod';
import { elementSize, typeOfCode } from './elements.js';

/** What a graph does to each channel of an input before anything else: `output = input * scale + shift`. */
export interface Opening {
  /** One number, or one a channel. */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  /** Whether the channels are turned round before that. */
  readonly reversed: boolean;
}

/** Nodes without their tensors, which stay bytes: only those that the input meets are looked into. */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: { fields: { graph: { id: 7, type: 'Graph' } } },
    Graph: {
      fields: {
        node: { id: 1, rule: 'repeated', type: 'Node' },
        initializer: { id: 5, rule: 'repeated', type: 'bytes' },
      },
    },
    Node: {
      fields: {
        input: { id: 1, rule: 'repeated', type: 'string' },
        output: { id: 2, rule: 'repeated', type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, rule: 'repeated', type: 'bytes' },
      },
    },
    Attribute: { fields: { name: { id: 1, type: 'string' }, tensor: { id: 5, type: 'bytes' } } },
    Tensor: {
      fields: {
        dataType: { id: 2, type: 'int32' },
        floatData: { id: 4, rule: 'repeated', type: 'float' },
        int64Data: { id: 7, rule: 'repeated', type: 'int64' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
      },
    },
  },
});

const bytes = z.instanceof(Uint8Array);
const model = z.object({
  graph: z.object({
    node: z
      .array(
        z.object({
          input: z.array(z.string()).default([]),
          output: z.array(z.string()).default([]),
          opType: z.string().default(''),
          attribute: z.array(bytes).default([]),
        }),
      )
      .default([]),
    initializer: z.array(bytes).default([]),
  }),
});
const attribute = z.object({ name: z.string().default(''), tensor: bytes.optional() });
const tensor = z.object({
  dataType: z.number().default(0),
  floatData: z.array(z.number()).default([]),
  int64Data: z.array(z.number()).default([]),
  name: z.string().default(''),
  rawData: bytes.optional(),
});

type Node = z.output<typeof model>['graph']['node'][number];

/** Operations that leave every value as it is, up to its type and place. */
const NEUTRAL = ['Identity', 'Cast', 'Transpose', 'Unsqueeze', 'Squeeze'];

/** Larger tensors are no constants of channels. */
const SMALL = 512;

/**
 * Reads what an ONNX graph does to an input before its first layer: sums and products with constants, and a turning of
 * the channels. Null where it does nothing of the kind, or the bytes are not a model.
 */
export function readOpening(file: Uint8Array, input: string): Opening | null {
  const decoded = model.safeParse(decode('Model', file));
  if (!decoded.success) return null;
  const { node: nodes, initializer } = decoded.data.graph;
  const constants = constantsOf(nodes, initializer);
  let opening: Opening = { scale: [1], shift: [0], reversed: false };
  let value = input;
  for (;;) {
    const users = nodes.filter(({ input: inputs, opType }) => inputs.includes(value) && opType !== 'Shape');
    const [user] = users;
    if (user === undefined || users.length > 1) break;
    const next = afterNode(opening, user, value, constants);
    const [output] = user.output;
    if (next === null || output === undefined) break;
    opening = next;
    value = output;
  }
  const idle = opening.scale.every((scale) => scale === 1) && opening.shift.every((shift) => shift === 0);
  return idle && !opening.reversed ? null : opening;
}

/** The opening with one more node; null where the node is none of it. */
function afterNode(
  { scale, shift, reversed }: Opening,
  { opType, input }: Node,
  value: string,
  constants: (name: string) => number[] | null,
): Opening | null {
  if (NEUTRAL.includes(opType)) return { scale, shift, reversed };
  const [first, second] = input;
  const other = first === value ? second : first;
  const values = other === undefined ? null : constants(other);
  if (values === null || input.length !== 2) return null;
  if (opType === 'Gather') {
    // Later constants are in the turned order, earlier ones would have to be turned too.
    const plain = scale.length === 1 && shift.length === 1 && !reversed;
    return first === value && plain && values.join() === '2,1,0' ? { scale, shift, reversed: true } : null;
  }
  if (values.length !== 1 && values.length !== 3) return null;
  switch (opType) {
    case 'Add':
      return { scale, shift: combine(shift, values, (a, b) => a + b), reversed };
    case 'Sub':
      if (first !== value) return null;
      return { scale, shift: combine(shift, values, (a, b) => a - b), reversed };
    case 'Mul':
      return {
        scale: combine(scale, values, (a, b) => a * b),
        shift: combine(shift, values, (a, b) => a * b),
        reversed,
      };
    case 'Div':
      if (first !== value) return null;
      return {
        scale: combine(scale, values, (a, b) => a / b),
        shift: combine(shift, values, (a, b) => a / b),
        reversed,
      };
    default:
      return null;
  }
}

/** Channel by channel; one number goes with every channel. */
function combine(a: readonly number[], b: readonly number[], operation: (a: number, b: number) => number): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, channel) =>
    operation(a[channel] ?? a[0] ?? 0, b[channel] ?? b[0] ?? 0),
  );
}

/** The values of small constants by name: initializers and Constant nodes. */
function constantsOf(nodes: readonly Node[], initializers: readonly Uint8Array[]): (name: string) => number[] | null {
  return (name) => {
    for (const initializer of initializers) {
      if (initializer.length > SMALL) continue;
      const read = tensor.safeParse(decode('Tensor', initializer));
      if (read.success && read.data.name === name) return valuesOf(read.data);
    }
    const constant = nodes.find(({ opType, output }) => opType === 'Constant' && output[0] === name);
    for (const encoded of constant?.attribute ?? []) {
      const read = attribute.safeParse(decode('Attribute', encoded));
      if (!read.success || read.data.name !== 'value' || read.data.tensor === undefined) continue;
      const value = tensor.safeParse(decode('Tensor', read.data.tensor));
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
