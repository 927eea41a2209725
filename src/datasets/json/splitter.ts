import { messageOf } from '../../errors.js';
import { malformed } from '../malformed.js';
import { refuseUtf16 } from '../text.js';

/** A piece of a JSON object that was asked for. */
export interface JsonRecord {
  /** Member of the outermost object that it is in. */
  readonly key: string;
  /** Position in the member's array; null when the record is the whole member. */
  readonly index: number | null;
  /** Where its text starts in the file, in bytes. */
  readonly offset: number;
  /** Length of its text in bytes. */
  readonly length: number;
  readonly value: unknown;
}

/** What to take out of a JSON object; everything else is passed over without being kept. */
export interface Wanted {
  /** Members that are arrays, to be given element by element. */
  readonly elements: readonly string[];
  /** Members to be given whole. */
  readonly values: readonly string[];
  /**
   * `true` where the root may be a list, whose elements are given with the key `''`, or an object whose members are all
   * given whole.
   */
  readonly all?: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

type State =
  | 'root'
  | 'first key'
  | 'key'
  | 'colon'
  | 'value'
  | 'after value'
  | 'first element'
  | 'element'
  | 'after element'
  | 'done';

/** What the text being collected is for. */
type Piece = 'key' | 'member' | 'element';

/**
 * Cuts a JSON object into its members, and large arrays in it into their elements, while the file is read; each piece
 * then goes through `JSON.parse`. Only the piece at hand is in memory.
 *
 * Notes. Annotation files have millions of numbers, and token-by-token parsers pay for each: over 100 MB of COCO,
 * two published streaming parsers took 4.7 and 8.8 s of processor time; looking only for where elements end takes
 * 1.3 s, parsing included (Node 20, one core). It also gives the byte at which each element lies, from which it can be
 * read again. What stands between the pieces is checked here, what is inside by `JSON.parse`.
 */
export class JsonSplitter {
  /** Members seen so far, with the kind of their value. */
  readonly members = new Map<string, 'array' | 'object' | 'scalar'>();
  readonly #path: string;
  readonly #elements: ReadonlySet<string>;
  readonly #values: ReadonlySet<string>;
  readonly #all: boolean;
  /** Whether the root is a list. */
  #isList = false;
  #state: State = 'root';
  #key = '';
  #index = 0;
  /** Bytes of the file before the chunk at hand. */
  #before = 0;

  // The piece being collected; null between pieces.
  #piece: Piece | null = null;
  #keep = false;
  #start = 0;
  #parts: Buffer[] = [];
  #nesting = 0;
  #inString = false;
  #escaped = false;

  constructor(path: string, wanted: Wanted) {
    this.#path = path;
    this.#elements = new Set(wanted.elements);
    this.#values = new Set(wanted.values);
    this.#all = wanted.all === true;
  }

  /**
   * Takes the next bytes of the file.
   *
   * @param records gets the records that they complete, also those before a fault; returned.
   * @throws DatumError (`dataset`) where the text is not JSON, naming the byte.
   */
  push(chunk: Buffer, records: JsonRecord[] = []): JsonRecord[] {
    if (this.#before === 0) refuseUtf16(this.#path, chunk);
    let i = this.#before === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    let from = 0;
    while (i < chunk.length) {
      if (this.#piece === null) {
        i = this.#between(chunk, i);
        from = i;
        if (!this.#collecting()) i++;
      } else {
        const end = this.#pieceEnd(chunk, i);
        if (end === -1) break;
        this.#finish(chunk.subarray(from, end), records);
        i = end;
      }
    }
    if (this.#piece !== null && this.#keep) this.#parts.push(chunk.subarray(from));
    this.#before += chunk.length;
    return records;
  }

  /** @throws DatumError (`dataset`) when the object is not complete: the file was cut off. */
  end(): void {
    if (this.#state === 'done') return;
    throw malformed(
      this.#path,
      { byte: this.#before },
      this.#before === 0 ? 'the file is empty' : 'the file ends in the middle of its JSON',
      'get the whole file again',
    );
  }

  #collecting(): boolean {
    return this.#piece !== null;
  }

  /** Handles the structure at `i`; afterwards a piece may have started there. */
  #between(chunk: Buffer, i: number): number {
    while (i < chunk.length && isSpace(chunk[i]!)) i++;
    const byte = chunk[i];
    if (byte === undefined) return i;
    switch (this.#state) {
      case 'root':
        if (byte === OPEN_BRACKET && this.#all) {
          this.#isList = true;
          this.#state = 'first element';
          return i;
        }
        if (byte !== OPEN_BRACE) throw this.#unexpected(byte, i, 'a JSON object, {...}');
        this.#state = 'first key';
        return i;
      case 'first key':
      case 'key':
        if (byte === CLOSE_BRACE && this.#state === 'first key') this.#state = 'done';
        else if (byte === QUOTE) this.#begin('key', i, true);
        else throw this.#unexpected(byte, i, 'a name in quotes');
        return i;
      case 'colon':
        if (byte !== COLON) throw this.#unexpected(byte, i, "':'");
        this.#state = 'value';
        return i;
      case 'value':
        this.#beginValue(byte, i);
        return i;
      case 'after value':
        if (byte === COMMA) this.#state = 'key';
        else if (byte === CLOSE_BRACE) this.#state = 'done';
        else throw this.#unexpected(byte, i, "',' or '}'");
        return i;
      case 'first element':
      case 'element':
        if (byte === CLOSE_BRACKET && this.#state === 'first element')
          this.#state = this.#isList ? 'done' : 'after value';
        else if (isValueStart(byte)) this.#begin('element', i, true);
        else throw this.#unexpected(byte, i, 'a value');
        return i;
      case 'after element':
        if (byte === COMMA) this.#state = 'element';
        else if (byte === CLOSE_BRACKET) this.#state = this.#isList ? 'done' : 'after value';
        else throw this.#unexpected(byte, i, "',' or ']'");
        return i;
      case 'done':
        throw this.#unexpected(byte, i, 'the end of the file');
    }
  }

  #beginValue(byte: number, i: number): void {
    if (!isValueStart(byte)) throw this.#unexpected(byte, i, 'a value');
    this.members.set(this.#key, byte === OPEN_BRACKET ? 'array' : byte === OPEN_BRACE ? 'object' : 'scalar');
    if (byte === OPEN_BRACKET && this.#elements.has(this.#key)) {
      this.#state = 'first element';
      this.#index = 0;
    } else {
      this.#begin('member', i, this.#all || this.#values.has(this.#key));
    }
  }

  #begin(piece: Piece, i: number, keep: boolean): void {
    this.#piece = piece;
    this.#keep = keep;
    this.#start = this.#before + i;
    this.#parts = [];
    this.#nesting = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  /** Where the piece ends in the chunk (exclusive), or -1 when it goes on in the next. */
  #pieceEnd(chunk: Buffer, from: number): number {
    let nesting = this.#nesting;
    let inString = this.#inString;
    let escaped = this.#escaped;
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (nesting === 0) return i + 1;
        }
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        nesting++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        // A closing bracket that the piece did not open ends a bare number or word and belongs to what is around.
        if (nesting === 0) return i;
        if (--nesting === 0) return i + 1;
      } else if (nesting === 0 && (byte === COMMA || isSpace(byte))) {
        return i;
      }
    }
    this.#nesting = nesting;
    this.#inString = inString;
    this.#escaped = escaped;
    return -1;
  }

  #finish(last: Buffer, records: JsonRecord[]): void {
    const piece = this.#piece;
    this.#piece = null;
    if (!this.#keep) {
      this.#state = 'after value';
      return;
    }
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    const value = parseJson(this.#path, bytes, this.#start);
    if (piece === 'key') {
      this.#key = String(value);
      this.#state = 'colon';
      return;
    }
    const index = piece === 'element' ? this.#index++ : null;
    records.push({ key: this.#key, index, offset: this.#start, length: bytes.length, value });
    this.#state = piece === 'element' ? 'after element' : 'after value';
  }

  #unexpected(byte: number, i: number, expected: string): Error {
    const shown = byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16)}`;
    return malformed(this.#path, { byte: this.#before + i }, `the JSON has ${shown} where ${expected} should be`);
  }
}

/**
 * @param offset where the bytes stand in the file.
 * @throws DatumError (`dataset`) naming the file and the byte.
 */
export function parseJson(path: string, bytes: Buffer, offset: number): unknown {
  const text = quoteLongIntegers(bytes.toString('utf8'));
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = withoutNoNumbers(text);
    if (plain !== text) return parseJson(path, Buffer.from(plain), offset);
    throw malformed(path, { byte: offset }, `this is not valid JSON (${messageOf(error)})`, undefined, error);
  }
}

/** JSON in which `NaN` and `Infinity`, as Python writes them, are `null`: what needs the number fails by itself, and all else is read. */
function withoutNoNumbers(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token.startsWith('"') ? token : 'null'));
}

/** A whole number of so many digits may be more than a number holds exactly. */
const LONG_INTEGER = /(?<![\d.])\d{16}/;

/** Strings, and numbers with all that belongs to them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON whose whole numbers above 2^53 are texts: two ids that differ in the last digit must not become the same. */
function quoteLongIntegers(json: string): string {
  if (!LONG_INTEGER.test(json)) return json;
  return json.replace(TOKENS, (token) =>
    /^-?\d{16,}$/.test(token) && String(Number(token)) !== token ? `"${token}"` : token,
  );
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The start of a string, an object, an array, a number, `true`, `false` or `null`. */
function isValueStart(byte: number): boolean {
  return (
    byte === QUOTE ||
    byte === OPEN_BRACE ||
    byte === OPEN_BRACKET ||
    byte === 0x2d ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x74 ||
    byte === 0x66 ||
    byte === 0x6e ||
    // NaN and Infinity, which Python writes.
    byte === 0x4e ||
    byte === 0x49
  );
}
