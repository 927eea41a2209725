import type { Tensor } from '../launchers/types.js';
import type { Outputs } from './runtime.js';

/** Outputs whose arrays are their own: those of a session are valid until its next run. */
export function copyOutputs(outputs: Outputs): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, shape }]) => [name, { data: data.slice(), shape: [...shape] }]),
  );
}
