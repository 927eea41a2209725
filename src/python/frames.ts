/** Values that cross to a Python child: as they are there, row-major. */
export interface PythonArray {
  readonly data: Float32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** What is sent or received at once: plain data, and arrays by name. `child/frames.py` says how it lies in bytes. */
export interface Frame {
  readonly message: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, PythonArray>>;
}

/** The bytes of a frame, in pieces to be written one after the other. */
export function encodeFrame({ message, arrays }: Frame): Buffer[] {
  const listed = Object.entries(arrays).map(([name, { data, shape }]) => ({
    name,
    type: data instanceof Uint8Array ? 'uint8' : 'float32',
    shape,
  }));
  const text = Buffer.from(JSON.stringify({ ...message, arrays: listed }));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  const parts = Object.values(arrays).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return [head, text, ...parts];
}

/** Puts frames together from the pieces that a pipe gives. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #length = 0;
  /** Bytes without which nothing more can be read: pieces are joined when they are there, and not before. */
  #needed = 4;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The next frame, or null until all of it has come. */
  next(): Frame | null {
    if (this.#length < this.#needed) return null;
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [bytes];
    const textEnd = 4 + bytes.readUInt32LE(0);
    if (this.#lacks(textEnd)) return null;
    const { arrays: listed, ...message } = readHeader(bytes.toString('utf8', 4, textEnd));
    const end = listed.reduce((at, entry) => at + sizeOf(entry), textEnd);
    if (this.#lacks(end)) return null;
    this.#pieces = [bytes.subarray(end)];
    this.#length -= end;
    this.#needed = 4;
    let at = textEnd;
    const arrays: Record<string, PythonArray> = {};
    for (const entry of listed) {
      // A copy of its own: numbers of four bytes need not lie where floats may begin.
      const own = Uint8Array.prototype.slice.call(bytes, at, at + sizeOf(entry));
      arrays[entry.name] = { shape: entry.shape, data: entry.type === 'uint8' ? own : new Float32Array(own.buffer) };
      at += sizeOf(entry);
    }
    return { message, arrays };
  }

  #lacks(bytes: number): boolean {
    this.#needed = bytes;
    return this.#length < bytes;
  }
}

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

function sizeOf({ type, shape }: Entry): number {
  return shape.reduce((product, one) => product * one, type === 'uint8' ? 1 : 4);
}

interface Header extends Record<string, unknown> {
  readonly arrays: readonly Entry[];
}

function readHeader(text: string): Header {
  // Written by our own child a moment ago.
  return JSON.parse(text) as Header;
}
