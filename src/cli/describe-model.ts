import type { TensorInfo } from '../launchers/types.js';
import type { ModelInfo } from '../models/open-model.js';
import { describeFacts } from '../report/words/model-facts.js';
import { flagName } from './flag-names.js';

/** What was found out about a model, a line each, for the terminal. */
export function describeModel(info: ModelInfo): string {
  const { signature } = info;
  const lines = [
    ...signature.inputs.map((tensor) => `input   ${tensorText(tensor)}`),
    ...signature.outputs.map((tensor) => `output  ${tensorText(tensor)}`),
    `engine  ${info.engine}`,
    ...describeFacts({ ...info.facts, engine: null }, flagName),
  ];
  return `${lines.join('\n')}\n`;
}

/** An input or output: `data float32 [N, 3, 224, 224]`. */
export function tensorText({ name, type, shape }: TensorInfo): string {
  return `${name} ${type} [${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}
