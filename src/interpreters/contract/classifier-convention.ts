import { isUltralytics, plainName } from './evidence.js';
import { imageInput } from './image-input.js';
import type { Evidence, Preprocessing } from './types.js';
import { IMAGENET, preprocessingOf } from './usual-preprocessing.js';

/** How a classifier wants its image, and what that rests on. */
export interface ClassifierConvention {
  readonly preprocessing: Preprocessing;
  /** `guess` where nothing tells who made the model. */
  readonly by: 'convention' | 'guess';
  /** In words for the user. */
  readonly source: string;
}

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
export function classifierConvention(evidence: Evidence): ClassifierConvention {
  const { signature } = evidence;
  const input = imageInput(signature);
  if (isUltralytics(evidence)) {
    const preprocessing = preprocessingOf({ resize: 'center-crop' });
    return { preprocessing, by: 'convention', source: "Ultralytics' convention" };
  }
  if (input?.channels === 1) {
    return {
      preprocessing: preprocessingOf({ color: 'gray' }),
      by: 'guess',
      source: 'as most models of one channel are fed',
    };
  }
  if (input?.layout === 'nhwc') {
    const preprocessing = preprocessingOf({ layout: 'nhwc', scale: 1 / 127.5, mean: [1] });
    return { preprocessing, by: 'guess', source: 'as Keras feeds many classifiers of [N, H, W, 3]' };
  }
  if (input?.name === 'data' && signature.outputs.some(({ name }) => /^prob(_\d+)?$/.test(plainName(name)))) {
    const preprocessing = preprocessingOf({ color: 'bgr', scale: 1 });
    return { preprocessing, by: 'convention', source: "Caffe's convention, told by the names data and prob" };
  }
  const source = 'as torchvision and timm feed most classifiers of [N, 3, H, W]';
  return { preprocessing: preprocessingOf(IMAGENET), by: 'guess', source };
}
