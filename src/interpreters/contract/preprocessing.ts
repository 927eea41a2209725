import { classifierConvention } from './classifier-convention.js';
import type { KnownBy } from './facts.js';
import { imageMetadata, unusedText, type ImageMetadata } from './image-metadata.js';
import { imageInput } from './image-input.js';
import { conversionParameters, modelInfoPreprocessing } from './model-info.js';
import { openedInput } from './opening.js';
export { IMAGENET, preprocessingOf } from './usual-preprocessing.js';
import type { Evidence, Interpreter, Preprocessing } from './types.js';

/** What is done to the values of pixels: `(pixel * scale - mean) / std`. */
export type Normalisation = Pick<Preprocessing, 'scale' | 'mean' | 'std'>;

/** Pixels as they are. */
export const RAW = { scale: 1, mean: [0], std: [1] } as const satisfies Normalisation;

/**
 * Scale, mean and deviation that a user gives are one group: where one of them is given, those that are not do nothing,
 * whatever the model's convention has. Empty where none is given.
 */
export function normalisationGiven(given: {
  readonly [Name in keyof Normalisation]?: Normalisation[Name] | undefined;
}): Normalisation | Record<string, never> {
  const { scale, mean, std } = given;
  if (scale === undefined && mean === undefined && std === undefined) return {};
  return { scale: scale ?? RAW.scale, mean: mean ?? RAW.mean, std: std ?? RAW.std };
}

/** A preprocessing and where it comes from. */
export interface AdaptedPreprocessing {
  readonly preprocessing: Preprocessing;
  readonly by: Exclude<KnownBy, 'given'>;
  /** In words for the user. */
  readonly source: string;
}

/**
 * A family's preprocessing for one model: the layout that the model declares, and less what the model does itself. What
 * its metadata say goes before the family's convention; integer inputs take pixels as they are.
 */
export function adaptPreprocessing(
  evidence: Evidence,
  family: Preprocessing,
  task: Interpreter['task'],
): AdaptedPreprocessing {
  const { metadata } = evidence.signature;
  const input = imageInput(evidence.signature);
  const base: Preprocessing = {
    ...family,
    layout: input?.layout ?? family.layout,
    color: input?.channels === 1 ? 'gray' : family.color,
  };
  const image = imageMetadata(metadata);
  if (image !== null) return adaptToImages(image, base, evidence, task);
  return adaptToModel(base, evidence, task);
}

/** What the metadata say of images goes before all else; what they leave open is told as without them. */
function adaptToImages(
  { color, normalisation, text }: ImageMetadata,
  base: Preprocessing,
  evidence: Evidence,
  task: Interpreter['task'],
): AdaptedPreprocessing {
  // One channel or three: the input knows better.
  const ordered = (family: Preprocessing): Preprocessing => {
    if (color === null || color === 'gray' || [color, 'gray'].includes(family.color)) return family;
    return { ...family, color, mean: family.mean.toReversed(), std: family.std.toReversed() };
  };
  if (normalisation !== null) {
    const preprocessing = { ...ordered(base), ...normalisation };
    return { preprocessing, by: 'metadata', source: `from the model's metadata (${text})` };
  }
  const rest = adaptToModel(base, evidence, task);
  return { ...rest, preprocessing: ordered(rest.preprocessing), source: `${rest.source}; the metadata have ${text}` };
}

function adaptToModel(base: Preprocessing, evidence: Evidence, task: Interpreter['task']): AdaptedPreprocessing {
  const { metadata } = evidence.signature;
  const input = imageInput(evidence.signature);
  const told = modelInfoPreprocessing(metadata, base);
  if (told !== null) {
    const noted = ['model_info', ...unusedText(told.unused)].join(', ');
    return { preprocessing: told.preprocessing, by: 'metadata', source: `from the model's metadata (${noted})` };
  }
  const pixels = metadata['datum.pixels'];
  if (pixels !== undefined) return { preprocessing: { ...base, ...RAW }, by: 'model', source: pixels };
  const unit = metadata['datum.unit'];
  if (unit !== undefined) {
    return { preprocessing: { ...base, ...RAW, scale: 1 / 255 }, by: 'guess', source: unit };
  }
  if (input !== null && !input.type.startsWith('float')) {
    return {
      preprocessing: { ...base, ...RAW },
      by: 'model',
      source: `the input takes ${input.type} pixels, so the model normalises them itself`,
    };
  }
  const isIr = metadata['datum.format'] === 'openvino-ir';
  // A converted model is read as the IR that it was: its conventions say more than how its graph begins.
  const opened = isIr ? null : openedInput(metadata, base.color);
  if (opened !== null) {
    const { color, scale } = opened;
    return { preprocessing: { ...base, ...RAW, color, scale }, by: 'model', source: opened.text };
  }
  return isIr ? adaptToIr(evidence, base, task) : { preprocessing: base, ...familiar(evidence, task) };
}

/** Classifiers have no one convention, unless it is known who exported them: theirs is the most usual. */
function familiar(evidence: Evidence, task: Interpreter['task']): Pick<AdaptedPreprocessing, 'by' | 'source'> {
  if (task === 'detection') return { by: 'convention', source: "the interpreter's convention" };
  if (task === 'either') return { by: 'guess', source: 'what most models take' };
  const { by, source } = classifierConvention(evidence);
  return { by, source };
}

/** Caffe's mean of ImageNet, blue first. */
const CAFFE_MEAN = [104, 117, 123];

/**
 * Open Model Zoo's IR takes BGR 0..255, whatever the framework before. What else was converted keeps its family's
 * preprocessing where the conversion built none in, as far as the family has one of its own.
 */
function adaptToIr(evidence: Evidence, base: Preprocessing, task: Interpreter['task']): AdaptedPreprocessing {
  const built = conversionParameters(evidence.signature.metadata);
  const raw: Preprocessing = { ...base, ...RAW, color: base.color === 'gray' ? 'gray' : 'bgr' };
  if (built?.normalised === true || built?.reversed === true) {
    return {
      preprocessing: raw,
      by: 'metadata',
      source: 'BGR 0..255: the conversion to OpenVINO IR built the rest in',
    };
  }
  if (built?.framework === 'caffe' && task === 'classification') {
    return {
      preprocessing: { ...raw, mean: CAFFE_MEAN },
      by: 'convention',
      source: "Caffe's BGR 0..255 less its mean, which the conversion to OpenVINO IR left outside",
    };
  }
  const own = built?.framework === 'pytorch' || (task === 'detection' && built?.framework === 'onnx');
  if (!own) return { preprocessing: raw, by: 'guess', source: 'BGR 0..255, the convention of Open Model Zoo' };
  const { by, source } = familiar(evidence, task);
  return { preprocessing: base, by, source: `${source}: the conversion to OpenVINO IR built nothing in` };
}
