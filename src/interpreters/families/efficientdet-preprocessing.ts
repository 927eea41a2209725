import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';

/**
 * EfficientDet's input: RGB less the ImageNet mean over its deviation, scaled to fit and put in the top left corner; the
 * border is 0 after normalisation, here the mean gray nearest to it.
 *
 * Source: google/automl `efficientdet/dataloader.py` (InputProcessor).
 */
export const EFFICIENTDET = preprocessingOf({ ...IMAGENET, resize: 'letterbox-top-left', pad: 114 });
