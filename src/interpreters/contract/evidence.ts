import type { ElementType, Tensor } from '../../launchers/types.js';
import { imageInput } from './image-input.js';
import { isBackground } from './label-list.js';
import { metadataLabels } from './metadata-labels.js';
import type { Evidence, InputSize } from './types.js';

/** The name and shape of an output, by which heads are told. */
export interface ShapedOutput {
  readonly name: string;
  /** Null where a size is not fixed and no run has shown it. */
  readonly shape: readonly (number | null)[];
}

/** An output as well as it is known: its real shape where there was a run, else the declared one. */
export interface KnownOutput extends ShapedOutput {
  readonly type: ElementType;
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

/** Whether a shape has the rank of a pattern and its sizes; null in the pattern is any size, null in the shape may be it. */
export function shapeFits(shape: readonly (number | null)[], pattern: readonly (number | null)[]): boolean {
  return (
    shape.length === pattern.length &&
    pattern.every((size, axis) => size === null || shape[axis] === null || shape[axis] === size)
  );
}

/** The name without a graph's scopes and output number: `StatefulPartitionedCall/detection_boxes:0` is `detection_boxes`. */
export function plainName(name: string): string {
  return name.replace(/:\d+$/, '').replace(/^.*\//, '').toLowerCase();
}

/** The one output whose plain name is among `names`. */
export function outputCalled(outputs: readonly KnownOutput[], ...names: string[]): KnownOutput | null {
  return outputs.find(({ name }) => names.includes(plainName(name))) ?? null;
}

/** Whether the model has an input of that name (image_shape, scale_factor...). */
export function hasInput({ signature }: Evidence, name: string): boolean {
  return signature.inputs.some((input) => plainName(input.name) === name);
}

/** Size of the input image in pixels: settled, or as declared; null where it is open. */
export function inputSize({ input, signature }: Evidence): InputSize | null {
  if (input !== null) return input;
  const { width = null, height = null } = imageInput(signature) ?? {};
  return width === null || height === null ? null : { width, height };
}

/**
 * How many class names the user or the metadata give; null where neither does, or where a list may stand for two numbers:
 * on one line, or from 1 on, with or without a background before it.
 */
export function namedClasses({ labels, labelForm, signature }: Evidence): number | null {
  if (labels !== null && (labelForm?.parts != null || labelForm?.from === 1)) return null;
  return labels?.length ?? metadataLabels(signature.metadata)?.names.length ?? null;
}

/** Whether the user's names, or those of the metadata, are as many as there are classes. */
export function hasNamesFor(evidence: Evidence, classes: number): boolean {
  const names = evidence.labels ?? metadataLabels(evidence.signature.metadata)?.names ?? [];
  if (names.length === classes || evidence.labelForm?.parts?.length === classes) return true;
  return names.length === classes + 1 && isBackground(names[0]);
}

/** Whether Ultralytics wrote the model: its exporter stores the names of classes beside stride and task. */
export function isUltralytics({ signature: { metadata } }: Evidence): boolean {
  return metadata['names'] !== undefined && (metadata['stride'] !== undefined || metadata['task'] !== undefined);
}

/**
 * Whether an output's first axis counts images: true for answers image by image, false for lists of detections, null
 * where that is not known. A run of two images tells; else the declaration: exporters may give the batch of an output
 * another symbol than that of the input (tf2onnx, Paddle2ONNX), so that different symbols tell nothing.
 */
export function hasBatchAxis({ signature, batched }: Evidence, output: string): boolean | null {
  const seen = batched?.[output];
  if (seen !== undefined) return seen;
  const input = imageInput(signature);
  const batch = signature.inputs.find(({ name }) => name === input?.name)?.shape[0];
  const first = signature.outputs.find(({ name }) => name === output)?.shape[0];
  if (input?.rank !== 4 || batch === undefined || first === undefined) return null;
  // Sizes without a name of their own, or with a name that stands for any.
  if ([batch, first].some((size) => size === '' || size === '?')) return null;
  // An exporter that fixed one of them may have left the other open.
  if (typeof batch !== typeof first) return null;
  return batch === first ? true : typeof batch === 'string' ? null : false;
}
