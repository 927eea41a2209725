import type { Context } from 'hono';
import type { z } from 'zod';
import { DatumError } from '../../errors.js';

/** Largest JSON body. */
const MAX_JSON_BYTES = 64 * 1024;

/** A body that is larger than what is taken. */
export class TooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`more than ${limit} bytes were sent`);
    this.name = 'TooLarge';
    this.limit = limit;
  }
}

/**
 * Reads a request's body, and no more of it than is taken.
 *
 * @throws TooLarge before more than `limit` bytes are in memory.
 */
export async function readBytes({ req }: Context, limit: number): Promise<Uint8Array> {
  if (Number(req.header('content-length') ?? 0) > limit) throw new TooLarge(limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: ReadableStream<Uint8Array> | null = req.raw.body;
  if (body === null) return new Uint8Array(0);
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new TooLarge(limit);
    }
    chunks.push(value);
  }
}

/**
 * Reads and checks a JSON body.
 *
 * @throws DatumError (`usage`) where it is no JSON, or not what is expected.
 */
export async function readJson<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const text = new TextDecoder().decode(await readBytes(context, MAX_JSON_BYTES));
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
