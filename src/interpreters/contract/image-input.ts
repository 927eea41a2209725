import type { Signature, TensorInfo } from '../../launchers/types.js';

/** The input that takes the image. */
export interface ImageInput {
  readonly name: string;
  readonly type: TensorInfo['type'];
  readonly layout: 'nchw' | 'nhwc';
  /** Declared channels; null where not fixed. */
  readonly channels: number | null;
  /** Declared height and width in pixels; null where not fixed. */
  readonly height: number | null;
  readonly width: number | null;
  /** 4 with a batch axis, 3 without. */
  readonly rank: 3 | 4;
}

/** Types that pixels come in; int64 and bool inputs are shapes and masks. */
const PIXEL_TYPES: readonly TensorInfo['type'][] = ['float32', 'float16', 'float64', 'uint8', 'int8', 'int32'];

/** All inputs that could take an image: rank 4, or 3 without a batch axis, with 1 or 3 channels in the right place. */
export function imageInputs({ inputs }: Signature): ImageInput[] {
  return inputs.map(asImageInput).filter((input) => input !== null);
}

/** The input that takes the image, or null where the model has none, or several. */
export function imageInput(signature: Signature): ImageInput | null {
  const [first, ...others] = imageInputs(signature);
  return first !== undefined && others.length === 0 ? first : null;
}

function asImageInput({ name, type, shape }: TensorInfo): ImageInput | null {
  if ((shape.length !== 4 && shape.length !== 3) || !PIXEL_TYPES.includes(type)) return null;
  const rank = shape.length;
  const sizes = shape.slice(-3).map((size) => (typeof size === 'number' && size > 0 ? size : null));
  const [a = null, b = null, c = null] = sizes;
  if (isChannels(a) && !(isChannels(c) && b !== null && b > 3)) {
    return { name, type, layout: 'nchw', channels: a, height: b, width: c, rank };
  }
  if (isChannels(c)) return { name, type, layout: 'nhwc', channels: c, height: a, width: b, rank };
  // All sizes open: the layout of most exporters, with the channels where the fixed sizes leave room for them.
  if (a === null && (rank === 4 || (b === null && c === null))) {
    return { name, type, layout: 'nchw', channels: null, height: b, width: c, rank };
  }
  return null;
}

function isChannels(size: number | null): boolean {
  return size === 1 || size === 3;
}
