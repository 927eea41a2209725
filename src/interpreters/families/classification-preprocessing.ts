import { imageInput } from '../image-input.js';
import type { Evidence, Preprocessing } from '../types.js';

/**
 * How a classifier wants its picture, by the convention of where it comes from: PyTorch exports (`[N, 3, H, W]`) take
 * RGB 0..1 less the ImageNet mean over its deviation; Keras and TensorFlow (`[N, H, W, 3]`) RGB -1..1; integer inputs
 * normalise inside and take RGB 0..255; Open Model Zoo IR takes BGR 0..255.
 */
export function classificationPreprocessing(evidence: Evidence): Preprocessing {
  const input = imageInput(evidence.signature);
  const common = { layout: input?.layout ?? 'nchw', resize: 'stretch', pad: 0 } as const;
  if (input?.channels === 1) return { ...common, color: 'gray', scale: 1 / 255, mean: [0], std: [1] };
  if (evidence.signature.metadata['datum.format'] === 'openvino-ir') {
    return { ...common, color: 'bgr', scale: 1, mean: [0], std: [1] };
  }
  if (input !== null && !input.type.startsWith('float')) {
    return { ...common, color: 'rgb', scale: 1, mean: [0], std: [1] };
  }
  if (input?.layout === 'nhwc') return { ...common, color: 'rgb', scale: 1 / 127.5, mean: [1], std: [1] };
  return { ...common, color: 'rgb', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
}
