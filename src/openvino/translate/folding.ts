import { sizeOf } from '../../onnx/index.js';

/** The number of images in a run, where a shape vector holds it: not known beforehand. */
export const batchSize = Symbol('batch size');

/** A dimension that the model leaves open, where a shape vector holds it. */
export const openSize = Symbol('open size');

/** An element of a small tensor whose values are known before the model runs, all or some of them. */
export type FoldedElement = number | typeof batchSize | typeof openSize;

/** A small tensor whose values are known before the model runs, row-major: shapes, axes, sizes. */
export interface Folded {
  readonly shape: readonly number[];
  readonly elements: readonly FoldedElement[];
}

/** Larger tensors are weights; nothing asks for their values. */
export const largestFolded = 4096;

/** A folded list. */
export function foldedList(elements: readonly FoldedElement[]): Folded {
  return { shape: [elements.length], elements };
}

/** The values, when all are numbers. */
export function foldedNumbers(folded: Folded | null): readonly number[] | null {
  if (folded === null) return null;
  const numbers = folded.elements.filter((element) => typeof element === 'number');
  return numbers.length === folded.elements.length ? numbers : null;
}

/** The same elements in another shape; null when it does not fit. */
export function reshapeFolded(folded: Folded, shape: readonly number[] | null): Folded | null {
  if (shape === null || shape.includes(-1) || sizeOf(shape) !== folded.elements.length) return null;
  return { shape, elements: folded.elements };
}

/**
 * Element-wise arithmetic on tensors of one size, or a tensor and a single value; null when it cannot be told, as with
 * sums that include the batch size.
 */
export function combineFolded(
  left: Folded,
  right: Folded,
  combine: (left: number, right: number) => number,
): Folded | null {
  const count = Math.max(left.elements.length, right.elements.length);
  const elements: number[] = [];
  for (let i = 0; i < count; i++) {
    const a = left.elements.length === 1 ? left.elements[0] : left.elements[i];
    const b = right.elements.length === 1 ? right.elements[0] : right.elements[i];
    if (typeof a !== 'number' || typeof b !== 'number') return null;
    elements.push(combine(a, b));
  }
  return {
    shape: left.shape.length >= right.shape.length && left.elements.length === count ? left.shape : right.shape,
    elements,
  };
}

/** Every element by a function; null when one is the batch size. */
export function mapFolded(folded: Folded, map: (value: number) => number): Folded | null {
  const numbers = foldedNumbers(folded);
  return numbers === null ? null : { shape: folded.shape, elements: numbers.map(map) };
}
