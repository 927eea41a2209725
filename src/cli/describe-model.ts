import type { TensorInfo } from '../launchers/types.js';
import type { ModelInfo } from '../models/model.js';

/** What was found out about a model, a line each, for the terminal. */
export function describeModel(info: ModelInfo): string {
  const { signature, preprocessing: pre, input } = info;
  const lines = [
    ...signature.inputs.map((tensor) => `input   ${tensorText(tensor)}`),
    ...signature.outputs.map((tensor) => `output  ${tensorText(tensor)}`),
    `engine  ${info.engine}`,
    ...info.decisions.map((decision) => `read as ${decision}`),
    `fed     ${input.width}x${input.height} ${pre.color}, ${pre.resize}, (pixel * ${number(pre.scale)} - ${numbers(pre.mean)}) / ${numbers(pre.std)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function tensorText({ name, type, shape }: TensorInfo): string {
  return `${name} ${type} [${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}

function numbers(values: readonly number[]): string {
  return values.length === 1 ? number(values[0]!) : `(${values.map(number).join(', ')})`;
}

function number(value: number): string {
  return value > 0 && value < 0.01 && Number.isInteger(Math.round(1e6 / value) / 1e6)
    ? `1/${1 / value}`
    : String(value);
}
