import type { Preprocessing } from './types.js';

type Normalisation = Pick<Preprocessing, 'scale' | 'mean' | 'std'>;

/** What a model's metadata say of the images that it takes. */
export interface ImageMetadata {
  /** Null where they do not tell, or tell of images that no photo is. */
  readonly color: Preprocessing['color'] | null;
  readonly normalisation: Normalisation | null;
  /** The fields that tell it, for the user; those that cannot be followed are named too. */
  readonly text: string;
}

const COLORS = new Map<string, Preprocessing['color']>(
  Object.entries({
    gray8: 'gray',
    rgb8: 'rgb',
    bgr8: 'bgr',
    rgba8: 'rgb',
    bgra8: 'bgr',
  }),
);

const RANGES = new Map<string, Normalisation>(
  Object.entries({
    nominalrange_0_255: { scale: 1, mean: [0], std: [1] },
    normalized_0_1: { scale: 1 / 255, mean: [0], std: [1] },
    normalized_1_1: { scale: 1 / 127.5, mean: [1], std: [1] },
    nominalrange_16_235: { scale: 219 / 255, mean: [-16], std: [1] },
  }),
);

/**
 * Fields of ONNX metadata that say how images are fed, as Windows ML reads them and Custom Vision writes them. Keys and
 * values are told without their case.
 *
 * Source: onnx/onnx `docs/MetadataProps.md` (Image Category Definition).
 *
 * @returns null where the metadata have none of them.
 */
export function imageMetadata(metadata: Readonly<Record<string, string>>): ImageMetadata | null {
  const found = (name: string): string | undefined =>
    Object.entries(metadata)
      .find(([key]) => key.toLowerCase() === `image.${name.toLowerCase()}`)?.[1]
      .trim();
  const format = found('BitmapPixelFormat');
  const range = found('NominalPixelRange');
  const gamma = found('ColorSpaceGamma');
  const color = COLORS.get(format?.toLowerCase() ?? '') ?? null;
  const normalisation = RANGES.get(range?.toLowerCase() ?? '') ?? null;
  if (format === undefined && range === undefined) return null;
  const unused = [
    ...(format !== undefined && color === null ? [`Image.BitmapPixelFormat "${format}"`] : []),
    ...(range !== undefined && normalisation === null ? [`Image.NominalPixelRange "${range}"`] : []),
    ...(gamma?.toLowerCase() === 'linear' ? [`Image.ColorSpaceGamma "${gamma}"`] : []),
  ];
  const used = [
    ...(color === null ? [] : [`Image.BitmapPixelFormat ${format ?? ''}`]),
    ...(normalisation === null ? [] : [`Image.NominalPixelRange ${range ?? ''}`]),
  ];
  return { color, normalisation, text: [...used, ...unusedText(unused)].join(', ') };
}

/** Values that nobody can follow, in words. */
export function unusedText(values: readonly string[]): string[] {
  return values.map((value) => `${value} not used`);
}
