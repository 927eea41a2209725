import type { Signature } from '../../launchers/types.js';
import type { InputSize, Interpreter } from './types.js';

/**
 * A size for inputs that leave theirs open: what the exporter noted (Ultralytics' `imgsz`, height before width), else
 * the family's, where it takes any. Null where the size is part of a training that nothing is known of.
 */
export function usualInputSize({ metadata }: Signature, interpreter?: Interpreter): InputSize | null {
  const [height, width = height] = metadata['imgsz']?.match(/\d+/g)?.map(Number) ?? [];
  if (height !== undefined && width !== undefined && height > 0 && width > 0) return { width, height };
  return interpreter?.usualSize ?? null;
}
