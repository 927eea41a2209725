import type { ElementType, Tensor } from '../launchers/types.js';
import { imageInput } from './image-input.js';
import type { Evidence } from './types.js';

/** An output as well as it is known: its real shape where there was a run, else the declared one. */
export interface KnownOutput {
  readonly name: string;
  readonly type: ElementType;
  /** Null where a size is not fixed and no run has shown it. */
  readonly shape: readonly (number | null)[];
  /** Its values in the sample run. */
  readonly sample: Tensor | null;
}

/** What is known of a model's outputs, in the model's order; only those that a run gave, where there was one. */
export function knownOutputs({ signature, sample }: Evidence): KnownOutput[] {
  const known: KnownOutput[] = [];
  for (const { name, type, shape } of signature.outputs) {
    const tensor = sample?.[name] ?? null;
    if (sample !== null && tensor === null) continue;
    known.push({
      name,
      type,
      shape: tensor?.shape ?? shape.map((size) => (typeof size === 'number' && size >= 0 ? size : null)),
      sample: tensor,
    });
  }
  return known;
}

/** Size of the input image in pixels: settled, or as declared; null where it is open. */
export function inputSize({ input, signature }: Evidence): { readonly width: number; readonly height: number } | null {
  if (input !== null) return input;
  const { width = null, height = null } = imageInput(signature) ?? {};
  return width === null || height === null ? null : { width, height };
}
