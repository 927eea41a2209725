import { preprocessingOf } from '../contract/preprocessing.js';

/**
 * RTMDet's input: BGR in 0..255 less the ImageNet mean over its deviation, letterbox in the top left corner on 114.
 *
 * Source: open-mmlab/mmdetection `configs/rtmdet/rtmdet_l_8xb32-300e_coco.py` (data_preprocessor).
 */
export const RTMDET = preprocessingOf({
  color: 'bgr',
  scale: 1,
  mean: [103.53, 116.28, 123.675],
  std: [57.375, 57.12, 58.395],
  resize: 'letterbox-top-left',
  pad: 114,
});
