import { DatumError } from '../errors.js';
import type { Outputs } from './runtime.js';

/** Rank and last axis of each output: the others may count images or detections. */
type Layouts = Map<string, string>;

/**
 * Checks what a function answered, and copies it: a function may write its arrays again in the next call.
 *
 * @param called how sentences name the function
 * @param layouts of earlier answers, by output: the same are expected again; new ones are put in
 * @throws DatumError (`model`) for an answer that is none, or of another shape than before.
 */
export function checkedOutputs(called: string, answer: unknown, layouts: Layouts): Outputs {
  const wrong = (what: string): DatumError =>
    new DatumError(
      'model',
      `${called} answered ${what}: return its outputs by name, such as { scores: { data, shape: [N, classes] } }, with as many numbers as the shape says.`,
    );
  if (!isRecord(answer) || Array.isArray(answer) || ArrayBuffer.isView(answer)) throw wrong(textOf(answer));
  const outputs: Record<string, Outputs[string]> = {};
  for (const [name, tensor] of Object.entries(answer)) {
    if (!isRecord(tensor)) throw wrong(`${textOf(tensor)} as "${name}"`);
    const { data, shape } = tensor;
    const sizes = Array.from(numbersOf(shape) ?? [-1]);
    if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
      throw wrong(`"${name}" with the shape ${textOf(shape)}`);
    }
    const values = numbersOf(data);
    const expected = sizes.reduce((product, size) => product * size, 1);
    if (values?.length !== expected) {
      const found = values === null ? textOf(data) : `${values.length} numbers`;
      throw wrong(`"${name}" with ${found} for the shape [${sizes.join(', ')}]`);
    }
    const layout = `${sizes.length} axes${sizes.length > 1 ? ` ending in ${sizes.at(-1)!}` : ''}`;
    const before = layouts.get(name);
    if (before !== undefined && before !== layout) {
      throw new DatumError(
        'model',
        `${called} answered "${name}" with the shape [${sizes.join(', ')}], and with ${before} before: only the number of images or detections may change.`,
      );
    }
    layouts.set(name, layout);
    outputs[name] = { data: new Float32Array(values), shape: sizes };
  }
  if (Object.keys(outputs).length === 0) throw wrong('with no output');
  return outputs;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Numbers of an array or a typed one; null for anything else. */
function numbersOf(value: unknown): readonly number[] | Float32Array | null {
  if (value instanceof Float32Array) return value;
  const list: unknown[] | null = Array.isArray(value) ? value : isNumbers(value) ? Array.from(value) : null;
  return list?.every((one) => typeof one === 'number') === true ? list : null;
}

function isNumbers(value: unknown): value is ArrayLike<number> & Iterable<number> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !('BigInt64Array' in value);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
