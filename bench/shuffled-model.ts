import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs/light.js';
import { RandomStream } from '../src/explain/rise/philox.js';

/** Numbers of fields in ONNX files (onnx.proto of the ONNX project). */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_DIMS = 1;
const TENSOR_TYPE = 2;
const TENSOR_RAW = 9;
/** Bytes of the elements of types 1 (float), 2 (uint8) and 3 (int8). */
const ELEMENT_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1 };
const BYTES_WIRE = 2;

/** Where the values of a weight lie in its file. */
interface Weight {
  readonly dims: readonly number[];
  readonly elementBytes: number;
  readonly start: number;
  readonly end: number;
}

/** Which weights are shuffled: the largest one, which is the last layer's of small classifiers; or all of convolutions. */
export type Shuffled = 'largest' | 'convolutions';

/**
 * An ONNX file whose weights were shuffled each within itself: the same numbers in other places. The network answers as
 * before in form, and knows nothing.
 */
export function shuffledModel(path: string, which: Shuffled, seed = 1): Uint8Array {
  const file = new Uint8Array(readFileSync(path));
  const weights = weightsIn(file);
  const sizeOf = ({ dims }: Weight): number => dims.reduce((product, dim) => product * dim, 1);
  const largest = weights.reduce((best, one) => (sizeOf(one) > sizeOf(best) ? one : best), weights[0]!);
  const chosen = which === 'largest' ? [largest] : weights.filter(({ dims }) => dims.length === 4);
  if (chosen.length === 0) throw new Error(`${path} has no weights to shuffle`);
  for (const [index, weight] of chosen.entries()) shuffle(file, weight, new RandomStream(seed).at(index, 91));
  return file;
}

function shuffle(file: Uint8Array, { elementBytes, start, end }: Weight, random: RandomStream): void {
  const held = new Uint8Array(elementBytes);
  for (let i = (end - start) / elementBytes - 1; i > 0; i--) {
    const [a, b] = [start + i * elementBytes, start + random.below(i + 1) * elementBytes];
    held.set(file.subarray(a, a + elementBytes));
    file.copyWithin(a, b, b + elementBytes);
    file.set(held, b);
  }
}

function weightsIn(file: Uint8Array): Weight[] {
  return fieldsIn(file, 0, file.length)
    .filter(({ field }) => field === MODEL_GRAPH)
    .flatMap(({ start, end }) => fieldsIn(file, start, end))
    .filter(({ field }) => field === GRAPH_INITIALIZER)
    .flatMap(({ start, end }): Weight[] => {
      const fields = fieldsIn(file, start, end);
      const raw = fields.find(({ field }) => field === TENSOR_RAW);
      const elementBytes = ELEMENT_BYTES[fields.find(({ field }) => field === TENSOR_TYPE)?.value ?? 0];
      const dims = fields.filter(({ field }) => field === TENSOR_DIMS).flatMap(({ values }) => values);
      return raw === undefined || elementBytes === undefined
        ? []
        : [{ dims, elementBytes, start: raw.start, end: raw.end }];
    });
}

interface Field {
  readonly field: number;
  /** Of what it holds, in the file; of a number, where it stands. */
  readonly start: number;
  readonly end: number;
  /** Of a number. */
  readonly value: number;
  /** Of repeated numbers, packed or not. */
  readonly values: readonly number[];
}

function fieldsIn(file: Uint8Array, from: number, to: number): Field[] {
  const reader = protobuf.Reader.create(file.subarray(from, to));
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, wire] = [tag >>> 3, tag & 7];
    if (wire === BYTES_WIRE) {
      const length = reader.uint32();
      const start = from + reader.pos;
      const values: number[] = [];
      if (field === TENSOR_DIMS && length < 64) {
        const end = reader.pos + length;
        while (reader.pos < end) values.push(Number(reader.int64()));
      } else reader.skip(length);
      fields.push({ field, start, end: start + length, value: 0, values });
    } else if (wire === 0) {
      const start = from + reader.pos;
      const value = Number(reader.int64());
      fields.push({ field, start, end: from + reader.pos, value, values: [value] });
    } else {
      const start = from + reader.pos;
      reader.skipType(wire);
      fields.push({ field, start, end: from + reader.pos, value: 0, values: [] });
    }
  }
  return fields;
}
