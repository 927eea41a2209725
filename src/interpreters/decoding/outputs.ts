import { DatumError, option } from '../../errors.js';
import type { Tensor } from '../../launchers/types.js';

/** A shape for messages: `[1, 84, 8400]`; unknown dimensions are `?`. */
export function shapeText(shape: readonly (number | string | null)[]): string {
  return `[${shape.map((size) => (size === null || size === '' ? '?' : size)).join(', ')}]`;
}

/** The names and shapes of outputs, for messages: `boxes [1, 4420, 4], scores [1, 4420, 2]`. */
export function outputsText(outputs: Readonly<Record<string, Tensor>>): string {
  return Object.entries(outputs)
    .map(([name, { shape }]) => `${name} ${shapeText(shape)}`)
    .join(', ');
}

/** The outputs of a run are not what a family reads. */
export function layoutError(family: string, expected: string, outputs: Readonly<Record<string, Tensor>>): DatumError {
  return new DatumError(
    'interpreter',
    `the interpreter "${family}" reads ${expected}, but the model gives ${outputsText(outputs)}: choose another with ${option('interpreter')}, or read the outputs with a script.`,
  );
}

/**
 * An output by name.
 *
 * @throws DatumError (`interpreter`) where the run gave none of that name.
 */
export function outputNamed(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = outputs[name];
  if (tensor === undefined) {
    throw new DatumError(
      'interpreter',
      `the model gave no output "${name}", only ${outputsText(outputs)}: keep it in ${option('outputLayers')}, or choose another reading with ${option('interpreter')}.`,
    );
  }
  return tensor;
}

/** The first output of all whose shape satisfies `fits`. */
export function outputWhere(
  outputs: Readonly<Record<string, Tensor>>,
  fits: (shape: readonly number[]) => boolean,
): Tensor | null {
  for (const tensor of Object.values(outputs)) if (fits(tensor.shape)) return tensor;
  return null;
}

/** Memory that a decoder fills again in every run: one array for each image of the batch, grown when needed. */
export function reusedFloats(): (image: number, length: number) => Float32Array {
  const arrays: Float32Array[] = [];
  return (image, length) => {
    const known = arrays[image];
    if (known?.length === length) return known;
    if (known !== undefined && known.length > length) return known.subarray(0, length);
    return (arrays[image] = new Float32Array(length));
  };
}

/** The same for class indices. */
export function reusedLabels(): (image: number, length: number) => Int32Array {
  const arrays: Int32Array[] = [];
  return (image, length) => {
    const known = arrays[image];
    if (known !== undefined && known.length >= length) return known.subarray(0, length);
    return (arrays[image] = new Int32Array(length));
  };
}
