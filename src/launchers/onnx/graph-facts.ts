import {
  hasDynamicScales,
  readEndings,
  readOpening,
  readOrigins,
  readScoredClasses,
  withOutput,
  type ModelHeader,
} from '../../onnx/index.js';

/**
 * What a graph tells beside its metadata, under keys of our own: what it does to its image first (`datum.opening`) and
 * to each output last (`datum.ending`), and where an output comes from (`datum.origin`), all as JSON; whether it computes the
 * scales of its quantization while it runs (`datum.dynamicScales`).
 *
 * @param image name of the input that takes the image; null where there is none, or its beginning is known otherwise.
 */
export function graphFacts(bytes: Uint8Array, image: string | null): Record<string, string> {
  const opening = image === null ? null : readOpening(bytes, image);
  const endings = readEndings(bytes);
  const origins = readOrigins(bytes);
  return {
    ...(opening === null ? {} : { 'datum.opening': JSON.stringify(opening) }),
    ...(Object.keys(endings).length === 0 ? {} : { 'datum.ending': JSON.stringify(endings) }),
    ...(Object.keys(origins).length === 0 ? {} : { 'datum.origin': JSON.stringify(origins) }),
    ...(hasDynamicScales(bytes) ? { 'datum.dynamicScales': 'true' } : {}),
  };
}

/** A model whose declared outputs hold no numbers, made to give the scores behind them. */
export interface Opened {
  readonly bytes: Uint8Array;
  /** The names of the classes (`datum.labels`), as JSON, where the graph has them. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A model that declares a text or a map from classes to scores as its only outputs gives the tensor of scores too. Null
 * where that need not be, or cannot.
 */
export function withScores(bytes: Uint8Array, { outputs }: Pick<ModelHeader, 'outputs'>): Opened | null {
  const texts = outputs.filter(({ type }) => type === 'other' || type === 'string');
  if (texts.length === 0) return null;
  const found = readScoredClasses(bytes);
  if (found === null) return null;
  const { scores, names } = found;
  const isGiven = outputs.some(({ name }) => name === scores) || texts.length < outputs.length;
  return {
    bytes: isGiven ? bytes : withOutput(bytes, scores),
    metadata: names === null ? {} : { 'datum.labels': JSON.stringify(names) },
  };
}
