import { z } from 'zod';
import { ENDINGS, type Ending, type Origin } from '../../launchers/types.js';
import type { Evidence } from './types.js';

/** The metadata key under which a launcher tells what its graph does last to each output, as JSON. */
const KEY = 'datum.ending';

const schema = z.record(z.string(), z.enum(ENDINGS));

/** What a model's graph does last to an output (`datum.ending`); null where its launcher does not tell. */
export function outputEnding({ signature: { metadata } }: Evidence, output: string): Ending | null {
  return schema.safeParse(jsonOf(metadata[KEY])).data?.[output] ?? null;
}

/** The same of where outputs come from. */
const ORIGIN_KEY = 'datum.origin';

const origins = z.record(z.string(), z.object({ ranks: z.string().optional(), activates: z.string().optional() }));

/** Where an output comes from (`datum.origin`); empty where its launcher does not tell. */
export function outputOrigin({ signature: { metadata } }: Evidence, output: string): Origin {
  return origins.safeParse(jsonOf(metadata[ORIGIN_KEY])).data?.[output] ?? {};
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
