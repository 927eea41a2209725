import { DatumError } from '../../errors.js';
import type { Signature, Tensor } from '../../launchers/types.js';
import { plainName } from './evidence.js';
import { imageInput } from './image-input.js';
import type { ImagePlacement, InputSize } from './types.js';

/**
 * Values for the inputs beside the image that detection exports have. Those that ask for the original image's size
 * or scale get the input's own, so that boxes come in pixels of the input, which is what decoders give:
 *
 * - `image_shape` [h, w] (YOLOv3 of the ONNX Model Zoo), `im_shape` [h, w] and `scale_factor` [1, 1] (PaddleDetection);
 * - `orig_target_sizes` [w, h] (RT-DETR, D-FINE);
 * - `im_info`, `image_info` [h, w, 1] (Faster R-CNN of Open Model Zoo, Model API);
 * - `image_size` [w, h] of the image itself (models in Python);
 * - `pixel_mask`, all ones (transformers' DETR).
 *
 * @throws DatumError (`model`) for an input that is none of them.
 */
export function extraInputs(
  signature: Signature,
  { width, height }: InputSize,
  count: number,
  placement?: ImagePlacement,
): Record<string, Tensor> {
  const image = imageInput(signature)?.name;
  const feeds: Record<string, Tensor> = {};
  for (const { name, shape } of signature.inputs) {
    if (name === image) continue;
    const values =
      name === 'image_size'
        ? [placement?.imageWidth ?? width, placement?.imageHeight ?? height]
        : KNOWN.get(plainName(name))?.({ width, height });
    if (values !== undefined) {
      feeds[name] = repeated(values, count, shape.length);
    } else if (plainName(name) === 'pixel_mask') {
      const [, rows, columns] = shape;
      const sizes = [count, typeof rows === 'number' ? rows : height, typeof columns === 'number' ? columns : width];
      feeds[name] = {
        data: new Float32Array(sizes.reduce((product, size) => product * size, 1)).fill(1),
        shape: sizes,
      };
    } else {
      throw new DatumError(
        'model',
        `the model has an input "${name}" beside the image ([${shape.join(', ')}]), and nothing tells what to give it: export the model with the image as its only input, "${name}" being a constant in the graph.`,
      );
    }
  }
  return feeds;
}

const KNOWN = new Map<string, (size: InputSize) => readonly number[]>(
  Object.entries({
    image_shape: ({ width, height }) => [height, width],
    im_shape: ({ width, height }) => [height, width],
    scale_factor: () => [1, 1],
    orig_target_sizes: ({ width, height }) => [width, height],
    im_info: ({ width, height }) => [height, width, 1],
    image_info: ({ width, height }) => [height, width, 1],
  }),
);

/** One row for each image of the batch; no batch axis where the input has none. */
function repeated(values: readonly number[], count: number, rank: number): Tensor {
  if (rank === 1) return { data: Float32Array.from(values), shape: [values.length] };
  const data = new Float32Array(count * values.length);
  for (let image = 0; image < count; image++) data.set(values, image * values.length);
  return { data, shape: [count, values.length] };
}
