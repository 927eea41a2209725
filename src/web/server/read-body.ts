import type { Context } from 'hono';
import type { z } from 'zod';
import { DatumError } from '../../errors.js';

/** Largest JSON body. */
const MAX_JSON_BYTES = 64 * 1024;

/** Fewer bytes than this are as good as none. */
const HEARD_BYTES = 8 * 1024;

/** A body that is not taken to its end. */
export class Refused extends Error {
  readonly status: 408 | 413 | 503;

  constructor(status: Refused['status'], sentence: string) {
    super(sentence);
    this.name = 'Refused';
    this.status = status;
  }
}

function tooLarge(limit: number): Refused {
  const [size, unit] = limit < 2 ** 20 ? [limit / 1024, 'KB'] : [limit / 2 ** 20, 'MB'];
  return new Refused(413, `this is larger than the ${size} ${unit} that are taken.`);
}

/** Reads a request's body, and no more of it than is taken. */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | null;
  readonly #limit: number;
  #refusal: Refused | null = null;
  #heard = performance.now();

  /** @throws Refused where the request says itself that it is larger than `limit` bytes. */
  constructor({ req }: Context, limit: number) {
    if (Number(req.header('content-length') ?? 0) > limit) throw tooLarge(limit);
    this.#limit = limit;
    const body: ReadableStream<Uint8Array> | null = req.raw.body;
    this.#reader = body === null ? null : body.getReader();
  }

  /** Milliseconds since bytes came in a number worth waiting for: one now and then is silence. */
  get silence(): number {
    return performance.now() - this.#heard;
  }

  /** @throws Refused before more bytes than are taken are in memory, and where the body was refused meanwhile. */
  async read(): Promise<Uint8Array> {
    this.#heard = performance.now();
    const chunks: Uint8Array[] = [];
    let length = 0;
    let heard = 0;
    while (this.#reader !== null) {
      const { done, value } = await this.#reader.read();
      if (this.#refusal !== null) throw this.#refusal;
      if (done) break;
      length += value.length;
      if (length - heard >= HEARD_BYTES) {
        this.#heard = performance.now();
        heard = length;
      }
      if (length > this.#limit) await this.refuse(tooLarge(this.#limit));
      else chunks.push(value);
    }
    return Buffer.concat(chunks);
  }

  /** Ends the reading. */
  async refuse(why: Refused): Promise<void> {
    this.#refusal ??= why;
    await this.#reader?.cancel().catch(() => undefined);
  }
}

/**
 * Reads and checks a JSON body.
 *
 * @throws DatumError (`usage`) where it is no JSON, or not what is expected.
 */
export async function readJson<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const text = new TextDecoder().decode(await new BodyReader(context, MAX_JSON_BYTES).read());
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DatumError('usage', 'the request is not JSON: send an object.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DatumError('usage', `the request is wrong at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? ''}.`);
}
