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

const RESIZES: Readonly<Record<string, Preprocessing['resize']>> = {
  standard: 'stretch',
  fit_to_window: 'letterbox-top-left',
  fit_to_window_letterbox: 'letterbox',
  crop: 'center-crop',
};

/**
 * The preprocessing that Model API would do: pixels 0..255 less `mean_values` over `scale_values`, the caller's BGR
 * turned to RGB by `reverse_input_channels`. Null where the metadata say nothing of preprocessing.
 */
export function modelInfoPreprocessing(
  metadata: Readonly<Record<string, string>>,
  family: Preprocessing,
): Preprocessing | null {
  const mean = numbers(modelInfo(metadata, 'mean_values'));
  const scale = numbers(modelInfo(metadata, 'scale_values'));
  const reversed = modelInfo(metadata, 'reverse_input_channels');
  const resize = modelInfo(metadata, 'resize_type');
  const pad = numbers(modelInfo(metadata, 'pad_value'))?.[0];
  if (mean === null && scale === null && reversed === null && resize === null) return null;
  const embedded = isTrue(modelInfo(metadata, 'embedded_processing'));
  return {
    ...family,
    color: family.color === 'gray' ? 'gray' : isTrue(reversed) && !embedded ? 'rgb' : 'bgr',
    scale: 1,
    mean: embedded ? [0] : (mean ?? [0]),
    std: embedded ? [1] : (scale ?? [1]),
    resize: embedded ? 'stretch' : resize === null ? family.resize : (RESIZES[resize] ?? family.resize),
    pad: pad ?? family.pad,
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
  return text !== null && /^(true|yes|1)$/i.test(text.trim());
}

/** Numbers in any notation of a list: `[1, 2]`, `1 2`, `1.0`; null where there is none. */
function numbers(text: string | null): number[] | null {
  const found = text?.match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/gi)?.map(Number) ?? [];
  return found.length > 0 ? found : null;
}
