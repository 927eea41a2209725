import protobuf from 'protobufjs/light.js';
import { z } from 'zod';
import { DatumError, messageOf } from '../errors.js';
import type { TensorInfo } from './tensor-types.js';
import { typeOfCode } from './elements.js';
import { modelHeaderType } from './schema.js';

/** What an ONNX file says of itself. */
export interface ModelHeader {
  readonly irVersion: number;
  readonly producer: string;
  /** Operator set versions by domain; `''` is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** `metadata_props`, as stored. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Declared inputs, without those that have a stored value. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Files beside the model in which weights are kept, as paths relative to it; most models have none. */
  readonly externalFiles: readonly string[];
}

const entries = z.array(z.object({ key: z.string().default(''), value: z.string().default('') })).default([]);

const ports = z
  .array(
    z.object({
      name: z.string().default(''),
      type: z
        .object({
          tensorType: z
            .object({
              elemType: z.number().default(0),
              shape: z
                .object({
                  dim: z
                    .array(z.object({ dimValue: z.number().optional(), dimParam: z.string().optional() }))
                    .default([]),
                })
                .optional(),
            })
            .optional(),
        })
        .optional(),
    }),
  )
  .default([]);

/** The decoded header as plain values: protobufjs' messages carry no types of their own. */
const header = z.object({
  irVersion: z.number().min(1),
  producerName: z.string().default(''),
  producerVersion: z.string().default(''),
  opsetImport: z.array(z.object({ domain: z.string().default(''), version: z.number().default(1) })).min(1),
  metadataProps: entries,
  graph: z.object({
    initializer: z.array(z.object({ name: z.string().default(''), externalData: entries })).default([]),
    input: ports,
    output: ports.refine((outputs) => outputs.length > 0),
  }),
});

/**
 * Reads what an ONNX model says of itself, passing over its nodes and the values of its weights: the cost grows with
 * their number, not with their size.
 *
 * @param bytes a whole `.onnx` file.
 * @param file its name, for messages.
 * @throws DatumError (`model`) when the bytes are not an ONNX model, or only a part of one.
 */
export function readModelHeader(bytes: Uint8Array, file = 'the model'): ModelHeader {
  const decoded = header.safeParse(decode(bytes, file));
  if (!decoded.success) {
    throw new DatumError(
      'model',
      `${file} is not an ONNX model, or only the beginning of one: it lacks a version, an operator set or a graph with ` +
        `outputs. Export or download it again.`,
      { file },
    );
  }
  const { graph, ...model } = decoded.data;
  const stored = new Set(graph.initializer.map((tensor) => tensor.name));
  const external = graph.initializer.flatMap((tensor) =>
    tensor.externalData.filter((entry) => entry.key === 'location').map((entry) => entry.value),
  );
  return {
    irVersion: model.irVersion,
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
    opsets: Object.fromEntries(model.opsetImport.map(({ domain, version }) => [domain, version])),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    inputs: graph.input.filter((port) => !stored.has(port.name)).map(infoOf),
    outputs: graph.output.map(infoOf),
    externalFiles: [...new Set(external)],
  };
}

function decode(bytes: Uint8Array, file: string): unknown {
  if (bytes.length === 0) throw new DatumError('model', `${file} is empty. Export or download it again.`, { file });
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = true;
  try {
    return modelHeaderType.toObject(modelHeaderType.decode(reader), { longs: Number });
  } catch (error) {
    const kind = otherFile(bytes);
    throw new DatumError(
      'model',
      kind === null
        ? `${file} is not an ONNX model, or it is damaged or cut short (${messageOf(error)}). Export or download it again.`
        : `${file} is not an ONNX model but ${kind}.`,
      { cause: error, file },
    );
  }
}

/** What other files are called models, by how they begin, and what to do instead. */
const OTHER_FILES: readonly (readonly [RegExp, string])[] = [
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS: fetch the file itself (git lfs pull)'],
  [/^\s*<(?:!DOCTYPE|html)/i, 'a web page: download the file itself'],
  [/^PK/, 'a zip archive, such as a PyTorch or Keras model: export it to ONNX'],
  [/^\x89HDF/, 'an HDF5 file, such as a Keras model: convert it to ONNX with tf2onnx'],
  [/^.{4}TFL3/s, 'a TensorFlow Lite model: convert it to ONNX with tf2onnx'],
  [/^\u0080/, 'a Python pickle, such as an old PyTorch model: export it to ONNX'],
];

function otherFile(bytes: Uint8Array): string | null {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  return OTHER_FILES.find(([pattern]) => pattern.test(start))?.[1] ?? null;
}

function infoOf(port: z.infer<typeof ports>[number]): TensorInfo {
  const tensor = port.type?.tensorType;
  return {
    name: port.name,
    type: tensor === undefined ? 'other' : typeOfCode(tensor.elemType),
    shape: tensor?.shape?.dim.map((length) => length.dimValue ?? length.dimParam ?? '') ?? [],
  };
}
