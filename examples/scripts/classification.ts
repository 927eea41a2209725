/**
 * Output script for an image classifier `[N, classes]`:
 *
 *   datum explain photo.jpg -m model.onnx rise -- -i classification.ts
 */
import { Label, rows, softmax, type TensorLike } from 'datum-explain/annotations';

/** One array of annotations for each image: here a Label with a probability for every class. */
export function processOutputs(_inputs: TensorLike, outputs: TensorLike): Label[][] {
  return rows(outputs).map((row) => Array.from(probabilities(row), (score, id) => new Label(id, { score })));
}

/** Many models end in a softmax, OpenVINO's among them; a second one would make all classes nearly equal. */
function probabilities(row: Float32Array): ArrayLike<number> {
  const sum = row.reduce((total, value) => total + value, 0);
  const already = Math.abs(sum - 1) < 0.01 && row.every((value) => value >= 0);
  return already ? row : softmax(row);
}
