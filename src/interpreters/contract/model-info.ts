import type { Preprocessing } from './types.js';

/**
 * What Model API wrote about a model: OpenVINO IR has it as `rt_info/model_info/...` (flattened with dots), ONNX
 * metadata as `model_info ...` with a space.
 *
 * Source: openvinotoolkit/model_api `src/python/model_api/models/image_model.py`, `docs/model-configuration`.
 */
export function modelInfo(metadata: Readonly<Record<string, string>>, key: string): string | null {
  return metadata[`model_info.${key}`] ?? metadata[`model_info ${key}`] ?? null;
}

/** Thresholds for boxes that a model comes with, 0..1, called as options are. */
export interface ModelThresholds {
  readonly detConfThresh?: number;
  readonly nmsIouThresh?: number;
}

/**
 * The thresholds that Model API would use.
 *
 * Source: openvinotoolkit/model_api `docs/model-configuration.md` (DetectionModel: confidence_threshold; YOLO: iou_threshold).
 */
export function modelInfoThresholds(metadata: Readonly<Record<string, string>>): ModelThresholds {
  const share = (key: string): number | null => {
    const [value = NaN] = numbers(modelInfo(metadata, key)) ?? [];
    return value > 0 && value < 1 ? value : null;
  };
  const confidence = share('confidence_threshold');
  const overlap = share('iou_threshold');
  return {
    ...(confidence === null ? {} : { detConfThresh: confidence }),
    ...(overlap === null ? {} : { nmsIouThresh: overlap }),
  };
}

const RESIZES = new Map<string, Preprocessing['resize']>(
  Object.entries({
    standard: 'stretch',
    fit_to_window: 'letterbox-top-left',
    fit_to_window_letterbox: 'letterbox',
    crop: 'center-crop',
  }),
);

/** What Model API would do, and what of its notes nobody can do. */
export interface ModelInfoPreprocessing {
  readonly preprocessing: Preprocessing;
  /** Values that mean nothing, in words: `mean_values "abc"`. They are not used. */
  readonly unused: readonly string[];
}

/**
 * The preprocessing that Model API would do: pixels 0..255 less `mean_values` over `scale_values`, the caller's BGR
 * turned to RGB by `reverse_input_channels`. Null where the metadata say nothing of preprocessing.
 */
export function modelInfoPreprocessing(
  metadata: Readonly<Record<string, string>>,
  family: Preprocessing,
): ModelInfoPreprocessing | null {
  const channels = family.color === 'gray' ? 1 : 3;
  const unused: string[] = [];
  const read = <T>(key: string, parse: (text: string) => T | null): T | null => {
    const text = modelInfo(metadata, key)?.trim() ?? '';
    if (text === '') return null;
    const value = parse(text);
    if (value === null) unused.push(`${key} "${text}"`);
    return value;
  };
  const perChannel = (text: string, fits: (value: number) => boolean): number[] | null => {
    const values = numbers(text);
    return values !== null && [1, channels].includes(values.length) && values.every(fits) ? values : null;
  };
  const mean = read('mean_values', (text) => perChannel(text, () => true));
  const scale = read('scale_values', (text) => perChannel(text, (value) => value > 0));
  const reversed = read('reverse_input_channels', truth);
  const resize = read('resize_type', (text) => RESIZES.get(text) ?? null);
  const pad = read('pad_value', (text) => perChannel(text, (value) => value >= 0 && value <= 255)?.[0] ?? null);
  if ([mean, scale, reversed, resize].every((value) => value === null) && unused.length === 0) return null;
  const embedded = isTrue(modelInfo(metadata, 'embedded_processing'));
  return {
    preprocessing: {
      ...family,
      color: family.color === 'gray' ? 'gray' : reversed === true && !embedded ? 'rgb' : 'bgr',
      scale: 1,
      mean: embedded ? [0] : (mean ?? [0]),
      std: embedded ? [1] : (scale ?? [1]),
      resize: embedded ? 'stretch' : (resize ?? family.resize),
      pad: pad ?? family.pad,
    },
    unused,
  };
}

/**
 * Which parts of the preprocessing the Model Optimizer has built into an IR. The graph then takes 0..255 where means or
 * scales are inside, and the other color order where channels are reversed inside.
 *
 * Source: OpenVINO "Embedding Preprocessing Computation" (`--mean_values`, `--scale_values`,
 * `--reverse_input_channels`), stored as `rt_info/conversion_parameters`, in older IR `meta_data/cli_parameters`.
 */
export interface ConversionParameters {
  /** `onnx`, `caffe`, `tf`...; null where not stored. */
  readonly framework: string | null;
  readonly normalised: boolean;
  readonly reversed: boolean;
}

/** Null where the model was not converted with the Model Optimizer, or does not say how. */
export function conversionParameters(metadata: Readonly<Record<string, string>>): ConversionParameters | null {
  const found = (key: string): string | null =>
    metadata[`conversion_parameters.${key}`] ?? metadata[`meta_data.cli_parameters.${key}`] ?? null;
  const framework = found('framework');
  const values = ['mean_values', 'scale_values', 'scale'].map(found);
  const reversed = found('reverse_input_channels');
  if (framework === null && reversed === null && values.every((value) => value === null)) return null;
  return {
    framework,
    normalised: values.some((value) => value !== null && /\d/.test(value)),
    reversed: isTrue(reversed),
  };
}

function isTrue(text: string | null): boolean {
  return text !== null && truth(text.trim()) === true;
}

function truth(text: string): boolean | null {
  if (/^(true|yes|1)$/i.test(text)) return true;
  return /^(false|no|0)$/i.test(text) ? false : null;
}

/** Numbers in any notation of a list: `[1, 2]`, `1 2`, `1.0`; null where there is anything else. */
function numbers(text: string | null): number[] | null {
  const found =
    text
      ?.match(/^\s*[[(]?([^\])]*)[\])]?\s*$/)?.[1]
      ?.split(/[\s,]+/)
      .filter((part) => part !== '') ?? [];
  const values = found.map(Number);
  return values.length > 0 && values.every(Number.isFinite) ? values : null;
}
