import type { Evidence } from '../contract/types.js';
import { loadInterpreter } from '../registry.js';
import { judgeReading, type Reading } from './judge-readings.js';

/** Families of class logits and boxes of queries, which only the names of their outputs tell from other pairs. */
const FAMILIES = ['detr', 'rtdetr-hf'] as const;

/** Families of queries as which outputs under other names may be read: those that a run has not shown to be wrong. */
export async function queryChoices(evidence: Evidence): Promise<readonly Reading[]> {
  const found: Reading[] = [];
  for (const name of FAMILIES) {
    const interpreter = await loadInterpreter(name);
    const recognition = interpreter.recognise({ ...evidence, chosen: true });
    if (recognition === null) continue;
    const reading: Reading = { interpreter, recognition };
    if (judgeReading(reading, evidence)?.kind !== 'wrong') found.push(reading);
  }
  return found;
}
