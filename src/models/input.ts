import { DatumError, option } from '../errors.js';
import { imageInputs, type ImageInput } from '../interpreters/contract/image-input.js';
import type { Signature } from '../launchers/types.js';

/** The image input of a model with every size settled. */
export interface InputSpec {
  readonly name: string;
  readonly layout: 'nchw' | 'nhwc';
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** Images a run: a fixed number, or null where any number goes. */
  readonly batch: number | null;
  /** 4 with a batch axis, 3 without. */
  readonly rank: 3 | 4;
}

/** What the user says about the input where the model leaves it open. */
export interface InputChoices {
  readonly layout?: 'nchw' | 'nhwc' | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** The interpreter's usual size, for models with open height and width. */
  readonly usualSize?: { readonly width: number; readonly height: number } | undefined;
}

/**
 * Finds the input that takes the image and settles its layout, size and batch.
 *
 * @throws DatumError (`model`) where there is none or several, or where a size is open and not given.
 */
export function resolveInput(signature: Signature, choices: InputChoices, file: string): InputSpec {
  const input = theImageInput(signature, file);
  const declared = signature.inputs.find(({ name }) => name === input.name)?.shape ?? [];
  const first = declared[0];
  const [height, width] = sizesOf(input, declared, choices);
  const size = settledSize({ height, width }, choices, input, file);
  refuseLarge(size, choices, file);
  const spec: InputSpec = {
    name: input.name,
    layout: choices.layout ?? input.layout,
    channels: input.channels === 1 ? 1 : 3,
    ...size,
    batch: input.rank === 3 ? 1 : typeof first === 'number' ? first : null,
    rank: input.rank,
  };
  if (spec.batch !== null && inputBytes(spec, spec.batch) > MOST_BYTES) {
    throw new DatumError(
      'model',
      `${file} takes ${spec.batch} images of ${size.width}x${size.height} pixels at once, ${gigabytes(inputBytes(spec, spec.batch))}, more than the ${gigabytes(MOST_BYTES)} that a run may take: export it for fewer.`,
      { file },
    );
  }
  return spec;
}

/** Bytes that a batch takes as float32. */
function inputBytes(
  { width, height, channels }: Pick<InputSpec, 'width' | 'height' | 'channels'>,
  batch: number,
): number {
  return 4 * batch * channels * width * height;
}

/**
 * Checks how many images are to be given to a model at once, before there is memory for them.
 *
 * @throws DatumError (`usage`) naming the memory that they would take.
 */
export function checkBatch(spec: Pick<InputSpec, 'width' | 'height' | 'channels'>, batch: number): number {
  const bytes = inputBytes(spec, batch);
  if (bytes <= MOST_BYTES) return batch;
  throw new DatumError(
    'usage',
    `${option('batchSize', batch)} images of ${spec.width}x${spec.height} pixels take ${gigabytes(bytes)} in each thread, more than the ${gigabytes(MOST_BYTES)} that a run may take: give a smaller number.`,
  );
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 2 ** 30).toPrecision(3))} GB`;
}

function refuseLarge({ width, height }: { width: number; height: number }, { size }: InputChoices, file: string): void {
  if (width * height <= MOST_PIXELS) return;
  const most = `the ${MOST_PIXELS / 1e6} megapixels that can be explained`;
  throw size === undefined
    ? new DatumError(
        'model',
        `${file} takes images of ${width}x${height} pixels, more than ${most}: export it for a smaller size.`,
        { file },
      )
    : new DatumError(
        'usage',
        `${option('inputSize', `${width}x${height}`)} is more than ${most}: give the size that the model was trained for.`,
      );
}

function theImageInput(signature: Signature, file: string): ImageInput {
  const candidates = imageInputs(signature);
  const [input] = candidates;
  if (input === undefined) {
    const { inputs } = signature;
    if (inputs.length === 0) {
      throw new DatumError('model', `${file} has no inputs: export it with an image of 1 or 3 channels as its input.`, {
        file,
      });
    }
    const other = inputs.find((one) => imageInputs({ ...signature, inputs: [{ ...one, type: 'float32' }] }).length > 0);
    if (other !== undefined) {
      throw new DatumError(
        'model',
        `the input '${other.name}' of ${file} has the shape of images but takes ${other.type}, which are not pixels: export it with an input of float32 or uint8.`,
        { file },
      );
    }
    throw new DatumError(
      'model',
      `${file} has no input that takes an image ([N, 3, H, W] or [N, H, W, 3]): its inputs are ${listed(signature)}. Export it with an image of 1 or 3 channels as its input.`,
      { file },
    );
  }
  if (candidates.length > 1) {
    throw new DatumError(
      'model',
      `${file} takes several images (${candidates.map(({ name }) => name).join(', ')}), and one is explained at a time: export the model with one image input.`,
      { file },
    );
  }
  return input;
}

function sizesOf(
  input: ImageInput,
  declared: readonly (number | string)[],
  choices: InputChoices,
): [number | null, number | null] {
  if (choices.layout === undefined || choices.layout === input.layout) return [input.height, input.width];
  const [, ...sizes] = input.rank === 4 ? declared : [0, ...declared];
  const [height, width] = choices.layout === 'nhwc' ? sizes : sizes.slice(1);
  return [typeof height === 'number' ? height : null, typeof width === 'number' ? width : null];
}

function settledSize(
  declared: { readonly height: number | null; readonly width: number | null },
  { size, usualSize }: InputChoices,
  input: ImageInput,
  file: string,
): { width: number; height: number } {
  const { height, width } = declared;
  if (size !== undefined) {
    if ((width ?? size.width) !== size.width || (height ?? size.height) !== size.height) {
      const instead =
        width === null || height === null
          ? `say ${halfOpen(width, height)} with ${option('inputSize')}`
          : `leave ${option('inputSize')} out`;
      throw new DatumError(
        'model',
        `${file} takes images of ${width ?? 'any'}x${height ?? 'any'} pixels, not ${size.width}x${size.height}: ${instead}.`,
        { file },
      );
    }
    return size;
  }
  if (height !== null && width !== null) return { width, height };
  if (usualSize !== undefined) return { width: width ?? usualSize.width, height: height ?? usualSize.height };
  if (height !== null || width !== null) {
    throw new DatumError(
      'model',
      `the input '${input.name}' of ${file} leaves its ${width === null ? 'width' : 'height'} open: say ${halfOpen(width, height)} with ${option('inputSize')}, with the size it was trained for.`,
      { file },
    );
  }
  throw new DatumError(
    'model',
    `the input '${input.name}' of ${file} leaves its height and width open: say the size it was trained for with ${option('inputSize')}, width x height.`,
    { file },
  );
}

/** What is to be said where one size is open: `WIDTHx32`. */
function halfOpen(width: number | null, height: number | null): string {
  return `${width ?? 'WIDTH'}x${height ?? 'HEIGHT'}`;
}

/** More pixels do not fit in memory with their masks: 6000 x 6000. */
const MOST_PIXELS = 36e6;
/** Largest input of a run, in every thread. */
const MOST_BYTES = 2 ** 30;

function listed(signature: Signature): string {
  return signature.inputs
    .map(
      ({ name, type, shape }) =>
        `'${name}' ${type} ${shape.length === 0 ? 'without a shape' : `[${shape.join(', ')}]`}`,
    )
    .join(', ');
}
