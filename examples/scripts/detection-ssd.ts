/**
 * Output script for a detector that gives `[N, 1, K, 7]`: rows of image_id, label, confidence, x1, y1, x2, y2 with
 * corners in 0..1:
 *
 *   datum explain photo.jpg -m model.onnx rise -- -i detection-ssd.ts
 *
 * Boxes are given in pixels of `inputs`. There is no confidence filter: RISE needs the weak detections too, and
 * `--conf` chooses what is explained.
 */
import { Bbox, rows, type TensorLike } from 'datum-explain/annotations';

export function processOutputs(inputs: TensorLike, outputs: TensorLike): Bbox[][] {
  const [, height = 1, width = 1] = inputs.shape;
  return rows(outputs).map((image) => {
    const count = image.length / 7;
    return rows({ data: image, shape: [count, 7] }).map(([, label = 0, score = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => {
      const x = x1 * width;
      const y = y1 * height;
      return new Bbox(x, y, x2 * width - x, y2 * height - y, { label, score });
    });
  });
}
