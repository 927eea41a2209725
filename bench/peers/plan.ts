import { fileURLToPath } from 'node:url';
import type { ModelSource } from '../../src/models/open.js';

const ASSETS = fileURLToPath(new URL('../../../shared/assets/', import.meta.url));

/** Folder of the models and photos. */
export const PLACES = {
  assets: ASSETS,
  models: `${ASSETS}onnx/`,
  photos: `${ASSETS}photos/`,
} as const;

/** Photos of methods that take minutes each. */
export const COSTLY_PHOTOS = 2;
/** Boxes of a photo that are explained, best first. */
export const MOST_BOXES = 2;
/** Cores and threads that everybody gets. */
export const THREADS = 2;

export interface ComparedModel {
  readonly id: string;
  readonly title: string;
  readonly task: 'classifier' | 'detector';
  /** For the product's library. */
  readonly source: Exclude<ModelSource, string>;
  /** The same for its command. */
  readonly args: readonly string[];
  /** Whether its outputs become probabilities by softmax. */
  readonly softmax: boolean;
}

export const MODELS: readonly ComparedModel[] = [
  {
    id: 'mobilenetv2',
    title: 'MobileNetV2, quantized',
    task: 'classifier',
    source: { description: `${PLACES.models}mobilenetv2-12-qdq.onnx` },
    args: [],
    softmax: true,
  },
  {
    id: 'yolox-nano',
    title: 'YOLOX-nano',
    task: 'detector',
    source: { description: `${PLACES.models}yolox_nano.onnx` },
    args: [],
    softmax: false,
  },
  {
    id: 'squeezenet',
    title: 'SqueezeNet 1.1',
    task: 'classifier',
    source: {
      description: `${PLACES.models}squeezenet1.1.onnx`,
      interpreter: 'classification',
      color: 'bgr',
      scale: 1,
      mean: [0],
      std: [1],
    },
    args: ['-i', 'classification', '--color', 'bgr', '--scale', '1', '--mean', '0', '--std', '1'],
    softmax: false,
  },
];

export interface ComparedPhoto {
  readonly file: string;
  /**
   * For classifiers: the class of COCO that the photo shows, and the classes of ImageNet that are of that kind. The object's
   * boxes are those that YOLOX-nano finds of it; where a classifier answers something else, there are none.
   */
  readonly object: { readonly name: string; readonly classes: readonly (readonly [number, number])[] } | null;
}

const DOG = { name: 'dog', classes: [[151, 268]] } as const;
const CAT = { name: 'cat', classes: [[281, 285]] } as const;
const BIRD = {
  name: 'bird',
  classes: [
    [7, 24],
    [80, 100],
    [127, 146],
  ],
} as const;
const ELEPHANT = {
  name: 'elephant',
  classes: [
    [101, 101],
    [385, 386],
  ],
} as const;

/** In the order in which they are taken. */
export const PHOTOS: Readonly<Record<ComparedModel['task'], readonly ComparedPhoto[]>> = {
  classifier: [
    { file: 'catdog.png', object: DOG },
    { file: 'captum_elephant.jpg', object: ELEPHANT },
    { file: 'coral_bird.png', object: BIRD },
    { file: 'coral_cat_720p.jpg', object: CAT },
    { file: 'coral_parrot.jpg', object: BIRD },
    { file: 'darknet_eagle.jpg', object: BIRD },
    { file: 'coco_000000039769.png', object: CAT },
    // YOLOX-nano takes wolves for sheep and cheetahs for nothing: no boxes.
    { file: 'ort_wolves.jpg', object: null },
    { file: 'cheetah_person.jpg', object: null },
  ],
  detector: [
    { file: 'catdog.png', object: null },
    { file: 'darknet_dog.jpg', object: null },
    { file: 'coco_000000039769.png', object: null },
    { file: 'darknet_person.jpg', object: null },
    { file: 'coral_pets.jpg', object: null },
    { file: 'darknet_eagle.jpg', object: null },
    { file: 'captum_elephant.jpg', object: null },
    { file: 'coral_bird.png', object: null },
    { file: 'coral_parrot.jpg', object: null },
  ],
};

/** Where a peer lives. */
export interface Peer {
  readonly script: string;
  readonly requirements: string;
}

const MAIN = 'requirements.txt';
const OPENVINO: Peer = { script: 'run_openvino_xai.py', requirements: MAIN };
const XAITK: Peer = { script: 'run_xaitk.py', requirements: MAIN };
const DIANNA: Peer = { script: 'run_dianna.py', requirements: MAIN };
const SHAP: Peer = { script: 'run_shap.py', requirements: MAIN };
const DATUMARO_1: Peer = { script: 'run_datumaro_1.py', requirements: MAIN };
const DATUMARO_03: Peer = { script: 'run_datumaro_03.py', requirements: 'requirements-datumaro-0.3.txt' };

export interface ComparedMethod {
  readonly id: string;
  readonly title: string;
  /** Null for the product itself. */
  readonly peer: Peer | null;
  readonly tasks: readonly ComparedModel['task'][];
  /** Whether it gets the number of runs that all get, or what it takes when nothing is said. */
  readonly at: 'default' | 'equal';
  /** Takes minutes a photo: run on the first photos alone. */
  readonly costly?: boolean;
  /** Options of the product's, by the names of its library; or what the peer's script is told. */
  readonly setting: (runs: number) => Readonly<Record<string, unknown>>;
}

const BOTH = ['classifier', 'detector'] as const;
const CLASSES = ['classifier'] as const;
const BOXES = ['detector'] as const;

type Options = Readonly<Record<string, string | number | boolean>>;

function own(id: string, title: string, options: Options): ComparedMethod {
  return {
    id: `datum-${id}`,
    title: `datum: ${title}`,
    peer: null,
    tasks: BOTH,
    at: 'default',
    setting: () => options,
  };
}

/** The same, given the number of runs that all get. */
function ownEqual(id: string, title: string, options: Options): ComparedMethod {
  return {
    ...own(`${id}-equal`, title, options),
    at: 'equal',
    setting: (runs) => ({ ...options, maxSamples: runs, stopAt: 'off' }),
  };
}

/** Options as the command takes them: the method, and flags. */
export function commandOptions({ method, ...options }: Readonly<Record<string, unknown>>): string[] {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [flag, String(value)];
  });
  return [String(method), ...flags];
}

/** Differences are to this one. */
export const REFERENCE = 'datum-balanced';

export const METHODS: readonly ComparedMethod[] = [
  own('balanced', '`--preset balanced`', { method: 'rise', preset: 'balanced' }),
  own('fast', '`--preset fast`', { method: 'rise', preset: 'fast' }),
  own('sharp', '`--preset sharp`', { method: 'rise', preset: 'sharp' }),
  own('zeros', '`--mask-width 7 --mask-height 7 --fill zero`', {
    method: 'rise',
    maskWidth: 7,
    maskHeight: 7,
    fill: 'zero',
  }),
  own('occlusion', '`occlusion`', { method: 'occlusion' }),
  own('superpixels', '`superpixels`', { method: 'superpixels' }),
  ownEqual('balanced', '`--preset balanced`', { method: 'rise', preset: 'balanced' }),
  ownEqual('sharp', '`--preset sharp`', { method: 'rise', preset: 'sharp' }),
  ownEqual('reference', '`--reference`', { method: 'rise', reference: true }),
  ownEqual('superpixels', '`superpixels`', { method: 'superpixels' }),
  {
    id: 'openvino-xai-auto',
    title: 'openvino-xai, what it chooses',
    peer: OPENVINO,
    tasks: CLASSES,
    at: 'default',
    setting: () => ({ mode: 'auto', method: null, options: {} }),
  },
  {
    id: 'openvino-xai-aise',
    title: 'openvino-xai AISE, its default for black boxes',
    peer: OPENVINO,
    tasks: BOTH,
    at: 'default',
    setting: () => ({ mode: 'blackbox', method: null, options: {} }),
  },
  {
    id: 'openvino-xai-aise-equal',
    title: 'openvino-xai AISE',
    peer: OPENVINO,
    tasks: CLASSES,
    at: 'equal',
    // Three widths of kernel, each looked at twice, and what its optimizer does beyond what it is told.
    setting: (runs) => ({
      mode: 'blackbox',
      method: null,
      options: { num_iterations_per_kernel: Math.round(runs / 6.94) },
    }),
  },
  {
    id: 'openvino-xai-rise-equal',
    title: 'openvino-xai RISE',
    peer: OPENVINO,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ mode: 'blackbox', method: 'rise', options: { num_masks: runs } }),
  },
  {
    id: 'openvino-xai-rise',
    title: 'openvino-xai RISE',
    peer: OPENVINO,
    tasks: CLASSES,
    at: 'default',
    costly: true,
    setting: () => ({ mode: 'blackbox', method: 'rise', options: {} }),
  },
  {
    id: 'xaitk-window',
    title: 'xaitk-saliency, sliding window',
    peer: XAITK,
    tasks: CLASSES,
    at: 'default',
    setting: () => ({ method: 'window' }),
  },
  {
    id: 'xaitk-rise-equal',
    title: 'xaitk-saliency RISE',
    peer: XAITK,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ method: 'RISE', runs, debiased: true }),
  },
  {
    id: 'xaitk-drise-equal',
    title: 'xaitk-saliency D-RISE',
    peer: XAITK,
    tasks: BOXES,
    at: 'equal',
    setting: (runs) => ({ method: 'D-RISE', runs }),
  },
  {
    id: 'dianna-rise',
    title: 'dianna RISE',
    peer: DIANNA,
    tasks: CLASSES,
    at: 'default',
    setting: () => ({ method: 'RISE', options: {} }),
  },
  {
    id: 'dianna-rise-equal',
    title: 'dianna RISE, `p_keep` .5',
    peer: DIANNA,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ method: 'RISE', options: { n_masks: runs, p_keep: 0.5 } }),
  },
  {
    id: 'dianna-lime-equal',
    title: 'dianna LIME',
    peer: DIANNA,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ method: 'LIME', options: { num_samples: runs } }),
  },
  {
    id: 'dianna-lime',
    title: 'dianna LIME',
    peer: DIANNA,
    tasks: CLASSES,
    at: 'default',
    costly: true,
    setting: () => ({ method: 'LIME', options: {} }),
  },
  {
    id: 'dianna-kernelshap-equal',
    title: 'dianna KernelSHAP',
    peer: DIANNA,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ method: 'KernelSHAP', options: { nsamples: runs } }),
  },
  {
    id: 'dianna-kernelshap',
    title: 'dianna KernelSHAP',
    peer: DIANNA,
    tasks: CLASSES,
    at: 'default',
    costly: true,
    setting: () => ({ method: 'KernelSHAP', options: {} }),
  },
  {
    id: 'shap',
    title: 'shap Partition, blurred',
    peer: SHAP,
    tasks: CLASSES,
    at: 'default',
    setting: () => ({ runs: 500 }),
  },
  {
    id: 'shap-equal',
    title: 'shap Partition, blurred',
    peer: SHAP,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ runs }),
  },
  {
    id: 'datumaro-1',
    title: 'Datumaro 1.11 RISE',
    peer: DATUMARO_1,
    tasks: CLASSES,
    at: 'default',
    setting: () => ({ options: {} }),
  },
  {
    id: 'datumaro-1-equal',
    title: 'Datumaro 1.11 RISE',
    peer: DATUMARO_1,
    tasks: CLASSES,
    at: 'equal',
    setting: (runs) => ({ options: { num_masks: runs } }),
  },
  {
    id: 'datumaro-0.3-equal',
    title: 'Datumaro 0.3 RISE',
    peer: DATUMARO_03,
    tasks: BOTH,
    at: 'equal',
    setting: (runs) => ({ runs }),
  },
];
