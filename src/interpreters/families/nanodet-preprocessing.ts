import { preprocessingOf } from '../contract/preprocessing.js';

/**
 * NanoDet's input: BGR in 0..255 less the ImageNet mean over its deviation, both in blue, green, red order; stretched
 * (`keep_ratio: False`).
 *
 * Source: RangiLyu/nanodet `config/nanodet-plus-m_416.yml`.
 */
export const NANODET = preprocessingOf({
  color: 'bgr',
  scale: 1,
  mean: [103.53, 116.28, 123.675],
  std: [57.375, 57.12, 58.395],
});
