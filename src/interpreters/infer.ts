import { DatumError } from '../errors.js';
import { interpreterNames, loadInterpreter } from './registry.js';
import { shapeText } from './outputs.js';
import type { Evidence, Interpreter, Recognition } from './types.js';

/** The interpreter chosen for a model. */
export interface Inference {
  readonly interpreter: Interpreter;
  readonly recognition: Recognition;
}

const RANK: Readonly<Record<Recognition['confidence'], number>> = { certain: 2, likely: 1, possible: 0 };

/**
 * The interpreter that reads a model, from its signature and, where there is one, a sample run.
 *
 * @throws DatumError (`interpreter`) where none fits, or where several fit equally well, naming the flag that settles it.
 */
export async function inferInterpreter(evidence: Evidence): Promise<Inference> {
  const fitting: Inference[] = [];
  for (const name of interpreterNames) {
    const interpreter = await loadInterpreter(name);
    const recognition = interpreter.recognise(evidence);
    if (recognition !== null) fitting.push({ interpreter, recognition });
  }
  const best = Math.max(...fitting.map(({ recognition }) => RANK[recognition.confidence]));
  const [chosen, ...rivals] = fitting.filter(({ recognition }) => RANK[recognition.confidence] === best);
  if (chosen === undefined) {
    const outputs = evidence.signature.outputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ');
    throw new DatumError(
      'interpreter',
      `no built-in interpreter reads the outputs ${outputs}: name one with -i (${interpreterNames.join(', ')}), or give a script with -i FILE.`,
    );
  }
  if (rivals.length > 0) {
    const readings = [chosen, ...rivals].map(
      ({ interpreter, recognition }) => `-i ${interpreter.name} (${recognition.reason})`,
    );
    throw new DatumError(
      'interpreter',
      `the outputs can be read in several ways: choose one of ${readings.join(', ')}.`,
    );
  }
  return chosen;
}
