import { attributesOf, readGraph, type Graph, type Node } from './graph.js';
import { modelType } from './schema.js';

/** The scores behind an output that is no tensor of numbers. */
export interface ScoredClasses {
  /** Name of the tensor of scores within the graph. */
  readonly scores: string;
  /** A name for each of them; null where there are none. */
  readonly names: readonly string[] | null;
}

/**
 * The tensor of scores that a graph turns into a map from class names to scores (ZipMap), or into the name of the best
 * class (LabelEncoder after ArgMax), as converters of scikit-learn and Core ML write them. Null where there is none.
 *
 * Source: the operators' definitions, onnx/onnx `docs/Operators-ml.md`; onnx/onnxmltools
 * `onnxmltools/convert/coreml/operator_converters/neural_network` and onnx/sklearn-onnx `skl2onnx/_parse.py`.
 */
export function readScoredClasses(file: Uint8Array): ScoredClasses | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  return fromMap(graph) ?? fromName(graph);
}

function fromMap({ node: nodes }: Graph): ScoredClasses | null {
  const map = nodes.find(({ opType }) => opType === 'ZipMap');
  const [scores] = map?.input ?? [];
  return map === undefined || scores === undefined ? null : { scores, names: namesOf(map) };
}

function fromName({ node: nodes }: Graph): ScoredClasses | null {
  const encoder = nodes.find((node) => node.opType === 'LabelEncoder' && namesOf(node) !== null);
  const best = nodes.find(({ opType, output }) => opType === 'ArgMax' && output[0] === encoder?.input[0]);
  const [scores] = best?.input ?? [];
  return encoder === undefined || scores === undefined ? null : { scores, names: namesOf(encoder) };
}

/** Class names in the order of the scores. */
function namesOf(node: Node): readonly string[] | null {
  const attributes = attributesOf(node);
  const valuesOf = (name: string) => attributes.find((attribute) => attribute.name === name);
  const texts = (valuesOf('classlabels_strings') ?? valuesOf('values_strings'))?.strings ?? [];
  if (texts.length > 0) return texts;
  const numbers = valuesOf('classlabels_int64s')?.ints ?? [];
  return numbers.length > 0 ? numbers.map(String) : null;
}

/** The bytes of a model that gives one more of its values as an output, after those that it declares. */
export function withOutput(file: Uint8Array, name: string): Uint8Array {
  // Messages of Protocol Buffers that follow one another are read as one, with all outputs of both.
  const more = modelType.encode({ graph: { output: [{ name }] } }).finish();
  const bytes = new Uint8Array(file.length + more.length);
  bytes.set(file);
  bytes.set(more, file.length);
  return bytes;
}
