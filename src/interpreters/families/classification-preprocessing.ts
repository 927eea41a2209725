import { isUltralytics, plainName } from '../contract/evidence.js';
import { imageInput } from '../contract/image-input.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';
import type { Evidence, Preprocessing } from '../contract/types.js';

/**
 * How a classifier wants its image, by the convention of where it comes from:
 *
 * - Ultralytics: RGB 0..1, the middle cut out;
 * - Caffe, known by its names data and prob: BGR 0..255;
 * - Keras and TensorFlow, `[N, H, W, 3]`: RGB -1..1;
 * - one channel: 0..1;
 * - all others: RGB less the ImageNet mean over its deviation, as torchvision and timm have it.
 *
 * Source: ultralytics/ultralytics `ultralytics/data/augment.py` (classify_transforms); BVLC/caffe
 * `models/bvlc_reference_caffenet/deploy.prototxt`; keras `applications/imagenet_utils.py` (mode "tf"); pytorch/vision
 * `torchvision/transforms/_presets.py`.
 */
export function classificationPreprocessing(evidence: Evidence): Preprocessing {
  const { signature } = evidence;
  const input = imageInput(signature);
  if (isUltralytics(evidence)) return preprocessingOf({ resize: 'center-crop' });
  if (input?.channels === 1) return preprocessingOf({ color: 'gray' });
  if (input?.layout === 'nhwc') return preprocessingOf({ layout: 'nhwc', scale: 1 / 127.5, mean: [1] });
  const caffe = input?.name === 'data' && signature.outputs.some(({ name }) => /^prob(_\d+)?$/.test(plainName(name)));
  return caffe ? preprocessingOf({ color: 'bgr', scale: 1 }) : preprocessingOf(IMAGENET);
}
