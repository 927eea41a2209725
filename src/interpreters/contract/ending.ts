import { z } from 'zod';
import { ENDINGS, type Ending } from '../../launchers/types.js';
import type { Evidence } from './types.js';

/** The metadata key under which a launcher tells what its graph does last to each output, as JSON. */
const KEY = 'datum.ending';

const schema = z.record(z.string(), z.enum(ENDINGS));

/** What a model's graph does last to an output (`datum.ending`); null where its launcher does not tell. */
export function outputEnding({ signature: { metadata } }: Evidence, output: string): Ending | null {
  const text = metadata[KEY];
  if (text === undefined) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data?.[output] ?? null;
  } catch {
    return null;
  }
}
