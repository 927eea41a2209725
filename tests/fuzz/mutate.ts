import protobuf from 'protobufjs';
import type { Chance } from './chance.js';

/** Values that programs trip over. */
const NUMBERS = [0, -1, 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, -(2 ** 63), 1e308, 0.5, 255, 65_536, 1e9];
const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\u2028',
  '../../../etc/passwd',
  '/etc/passwd',
  '/dev/zero',
  'a'.repeat(5000),
  '__proto__',
  'constructor',
  'NaN',
  '-1',
  '1e999',
  '<script>',
  '%s%n',
  'null',
  '\ud800',
  '💥',
  'CON',
  'file:///etc/passwd',
];

/** Bytes changed in some places. */
export function mutateBytes(chance: Chance, bytes: Uint8Array): Uint8Array {
  let out = Uint8Array.from(bytes);
  const changes = 1 + chance.below(chance.is(0.2) ? 40 : 4);
  for (let i = 0; i < changes; i++) out = changed(chance, out);
  return out;
}

function changed(chance: Chance, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // Heads hold sizes and counts.
  const at = chance.is(0.5) ? chance.below(Math.min(64, bytes.length + 1)) : chance.below(bytes.length + 1);
  const length = 1 + chance.below(chance.is(0.3) ? 200 : 8);
  switch (chance.below(7)) {
    case 0:
      return joined(bytes.subarray(0, at));
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    case 3:
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => chance.below(256)),
        bytes.subarray(at),
      );
    case 4: {
      const word = new DataView(new ArrayBuffer(4));
      word.setUint32(0, chance.of(NUMBERS) >>> 0, chance.is(0.5));
      return joined(bytes.subarray(0, at), new Uint8Array(word.buffer), bytes.subarray(at + 4));
    }
    case 5: {
      const out = joined(bytes);
      if (at < out.length) out[at] = out[at]! ^ (1 << chance.below(8));
      return out;
    }
    default: {
      const from = chance.below(bytes.length + 1);
      return joined(bytes.subarray(0, at), bytes.subarray(from, from + length), bytes.subarray(at + length));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}

/** Text changed by its words, numbers and lines; JSON by its values too. */
export function mutateText(chance: Chance, text: string): string {
  if (chance.is(0.4)) {
    const json = mutateJson(chance, text);
    if (json !== null) return json;
  }
  let out = text;
  const changes = 1 + chance.below(3);
  for (let i = 0; i < changes; i++) out = changedText(chance, out);
  return out;
}

function changedText(chance: Chance, text: string): string {
  const lines = text.split('\n');
  const line = chance.below(lines.length);
  switch (chance.below(7)) {
    case 0:
      return replacedOne(chance, text, /-?\d+(\.\d+)?/g, () => String(chance.of(NUMBERS)));
    case 1:
      return replacedOne(chance, text, /[\p{L}_]+/gu, () => chance.of(TEXTS));
    case 2:
      return replacedOne(
        chance,
        text,
        /"[^"\n]*"|>[^<\n]+</g,
        (old) => `${old[0] ?? ''}${chance.of(TEXTS)}${old.at(-1) ?? ''}`,
      );
    case 3:
      return [...lines.slice(0, line), ...lines.slice(line + 1)].join('\n');
    case 4:
      return [
        ...lines.slice(0, line),
        ...Array.from({ length: 1 + chance.below(3) }, () => lines[line] ?? ''),
        ...lines.slice(line),
      ].join('\n');
    case 5:
      return text.slice(0, chance.below(text.length + 1));
    default: {
      const bytes = mutateBytes(chance, Buffer.from(text));
      return Buffer.from(bytes).toString(chance.is(0.5) ? 'utf8' : 'latin1');
    }
  }
}

function replacedOne(chance: Chance, text: string, pattern: RegExp, by: (old: string) => string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const one = chance.of(found);
  return `${text.slice(0, one.index)}${by(one[0])}${text.slice(one.index + one[0].length)}`;
}

/** JSON, or lines of it, with one value changed; null where the text is none. */
function mutateJson(chance: Chance, text: string): string | null {
  const lines = text.trimEnd().split('\n');
  const whole = parsed(text);
  if (whole !== undefined) return JSON.stringify(changedValue(chance, whole, 0));
  const line = chance.below(lines.length);
  const value = parsed(lines[line] ?? '');
  if (value === undefined) return null;
  return `${[...lines.slice(0, line), JSON.stringify(changedValue(chance, value, 0)), ...lines.slice(line + 1)].join('\n')}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function changedValue(chance: Chance, value: unknown, depth: number): unknown {
  if (Array.isArray(value) && value.length > 0 && chance.is(0.85)) {
    const items: readonly unknown[] = value;
    const at = chance.below(items.length);
    if (chance.is(0.1)) return [...items.slice(0, at), ...items.slice(at + 1)];
    if (chance.is(0.1)) return [...items, ...Array.from({ length: 1 + chance.below(3) }, () => items[at])];
    return items.map((item, i) => (i === at ? changedValue(chance, item, depth + 1) : item));
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0 && chance.is(0.9)) {
    const entries: [string, unknown][] = Object.entries(value);
    const [key] = chance.of(entries);
    if (chance.is(0.1)) return Object.fromEntries(entries.filter(([name]) => name !== key));
    if (chance.is(0.1))
      return Object.fromEntries(entries.map(([name, one]) => [name === key ? chance.of(TEXTS) : name, one]));
    return Object.fromEntries(
      entries.map(([name, one]) => [name, name === key ? changedValue(chance, one, depth + 1) : one]),
    );
  }
  switch (chance.below(7)) {
    case 0:
      return chance.of(TEXTS);
    case 1:
      return null;
    case 2:
      return chance.is(0.5);
    case 3:
      return [];
    case 4:
      return { [chance.of(TEXTS)]: value };
    case 5:
      return Array.from({ length: 2 + chance.below(3) }, () => value);
    default:
      return chance.of(NUMBERS);
  }
}

/** A protobuf message with fields changed, left out, doubled or moved; inner messages too, as far as bytes look like ones. */
export function mutateProtobuf(chance: Chance, bytes: Uint8Array, depth = 0): Uint8Array {
  const fields = fieldsOf(bytes);
  if (fields === null || fields.length === 0) return mutateBytes(chance, bytes);
  const at = chance.below(fields.length);
  const field = fields[at]!;
  const whole = (): Uint8Array => bytes.subarray(field.begin, field.end);
  const before = bytes.subarray(0, field.begin);
  const after = bytes.subarray(field.end);
  switch (chance.below(field.wire === 2 && depth < 8 ? 10 : 4)) {
    case 0:
      return joined(before, after);
    case 1:
      return joined(before, whole(), whole(), after);
    case 2: {
      const other = fields[chance.below(fields.length)]!;
      return joined(before, bytes.subarray(other.begin, other.end), after);
    }
    case 3:
      return field.wire === 0
        ? joined(
            before,
            protobuf.Writer.create()
              .uint32(field.tag)
              .int64(Math.trunc(chance.of(NUMBERS)))
              .finish(),
            after,
          )
        : joined(before, mutateBytes(chance, whole()), after);
    default: {
      const inner = bytes.subarray(field.content, field.end);
      const text = chance.is(0.1);
      const changedInner = text ? Buffer.from(chance.of(TEXTS)) : mutateProtobuf(chance, inner, depth + 1);
      return joined(before, protobuf.Writer.create().uint32(field.tag).bytes(changedInner).finish(), after);
    }
  }
}

interface Field {
  readonly tag: number;
  readonly wire: number;
  readonly begin: number;
  readonly content: number;
  readonly end: number;
}

function fieldsOf(bytes: Uint8Array): Field[] | null {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) {
      const begin = reader.pos;
      const tag = reader.uint32();
      let content = reader.pos;
      if ((tag & 7) === 2) {
        const length = reader.uint32();
        content = reader.pos;
        reader.skip(length);
      } else reader.skipType(tag & 7);
      fields.push({ tag, wire: tag & 7, begin, content, end: reader.pos });
    }
    return fields;
  } catch {
    return null;
  }
}
