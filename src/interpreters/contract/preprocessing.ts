import { imageInput } from './image-input.js';
import { conversionParameters, modelInfoPreprocessing } from './model-info.js';
import { openedInput } from './opening.js';
import type { Evidence, Interpreter, Preprocessing } from './types.js';

/** RGB in 0..1, stretched, unless said otherwise: families write only what differs. */
export function preprocessingOf(differences: Partial<Preprocessing>): Preprocessing {
  return {
    color: 'rgb',
    scale: 1 / 255,
    mean: [0],
    std: [1],
    layout: 'nchw',
    resize: 'stretch',
    pad: 0,
    ...differences,
  };
}

/** Mean and standard deviation of ImageNet's pixels in 0..1, red first. */
export const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Pixels as they are. */
const RAW = { scale: 1, mean: [0], std: [1] } as const;

/** A preprocessing and where it comes from, for the user. */
export interface AdaptedPreprocessing {
  readonly preprocessing: Preprocessing;
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
  const told = modelInfoPreprocessing(metadata, base);
  if (told !== null) return { preprocessing: told, source: "from the model's metadata (model_info)" };
  if (input !== null && !input.type.startsWith('float')) {
    return {
      preprocessing: { ...base, ...RAW },
      source: `the input takes ${input.type} pixels, so the model normalises them itself`,
    };
  }
  const opened = openedInput(metadata, base.color);
  if (opened !== null) {
    const { color, scale } = opened;
    return { preprocessing: { ...base, ...RAW, color, scale }, source: opened.text };
  }
  return metadata['datum.format'] === 'openvino-ir'
    ? adaptToIr(evidence, base, task)
    : { preprocessing: base, source: "the interpreter's convention" };
}

/** Caffe's mean of ImageNet, blue first. */
const CAFFE_MEAN = [104, 117, 123];

/**
 * Open Model Zoo's IR takes BGR 0..255, whatever the framework before. What else was converted keeps its family's
 * preprocessing where the conversion built none in, as far as the family has one of its own.
 */
function adaptToIr(
  { signature: { metadata } }: Evidence,
  base: Preprocessing,
  task: Interpreter['task'],
): AdaptedPreprocessing {
  const built = conversionParameters(metadata);
  const raw: Preprocessing = { ...base, ...RAW, color: base.color === 'gray' ? 'gray' : 'bgr' };
  if (built?.normalised === true || built?.reversed === true) {
    return { preprocessing: raw, source: 'BGR 0..255: the conversion to OpenVINO IR built the rest in' };
  }
  if (built?.framework === 'caffe' && task === 'classification') {
    return {
      preprocessing: { ...raw, mean: CAFFE_MEAN },
      source: "Caffe's BGR 0..255 less its mean, which the conversion to OpenVINO IR left outside",
    };
  }
  const own = built?.framework === 'pytorch' || (task === 'detection' && built?.framework === 'onnx');
  return own
    ? { preprocessing: base, source: "the interpreter's convention: the conversion to OpenVINO IR built nothing in" }
    : { preprocessing: raw, source: 'BGR 0..255, the convention of Open Model Zoo' };
}

/** A preprocessing in words: `RGB, 1/255, mean .485,.456,.406, std .229,.224,.225, letterbox on 114, NCHW`. */
export function describePreprocessing({ color, scale, mean, std, layout, resize, pad }: Preprocessing): string {
  const parts = [color.toUpperCase()];
  parts.push(scale === 1 ? '0..255' : isClose(1 / scale, 255) ? '0..1' : `times ${rounded(scale)}`);
  if (mean.some((value) => value !== 0)) parts.push(`less ${mean.map(rounded).join(', ')}`);
  if (std.some((value) => value !== 1)) parts.push(`over ${std.map(rounded).join(', ')}`);
  parts.push(resize.startsWith('letterbox') ? `${resize} on ${pad}` : resize, layout.toUpperCase());
  return parts.join(', ');
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-6 * Math.abs(b);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(6)));
}
