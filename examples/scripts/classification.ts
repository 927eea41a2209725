/**
 * Output script for an image classifier that gives logits `[N, classes]`:
 *
 *   datum explain photo.jpg -m model.onnx rise -- -i classification.ts
 */
import { Label, rows, softmax, type TensorLike } from 'datum-explain/annotations';

/** One array of annotations for each image: here a Label with a probability for every class. */
export function processOutputs(_inputs: TensorLike, outputs: TensorLike): Label[][] {
  return rows(outputs).map((logits) => Array.from(softmax(logits), (score, id) => new Label(id, { score })));
}
