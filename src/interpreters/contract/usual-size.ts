import type { Evidence, InputSize, Interpreter } from './types.js';

/** Where any size goes and there is no image yet. */
const ANY: InputSize = { width: 640, height: 480 };

/** Longest side of an input that takes its size from the image. */
const LONGEST = 1024;

/**
 * A size for inputs that leave theirs open: what the exporter noted (Ultralytics' `imgsz`, height before width), else the
 * image's own, where the model scales it itself, else the family's, where it takes any. Null where the size is part of a
 * training that nothing is known of.
 */
export function usualInputSize(
  { signature, image = null }: Pick<Evidence, 'signature' | 'image'>,
  interpreter?: Interpreter,
): InputSize | null {
  const [height, width = height] = signature.metadata['imgsz']?.match(/\d+/g)?.map(Number) ?? [];
  if (height !== undefined && width !== undefined && height > 0 && width > 0) return { width, height };
  if (signature.metadata['datum.sized'] === 'any') return image === null ? ANY : limited(image);
  if (image !== null && interpreter?.sizedByImage === true) return limited(image);
  return interpreter?.usualSize ?? null;
}

function limited({ width, height }: InputSize): InputSize {
  const ratio = Math.min(1, LONGEST / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
}
