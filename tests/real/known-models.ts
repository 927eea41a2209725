/** How every model beside the project must be read, or why it must be refused; MANIFEST.md and field-cases/README.md there say why. */
import type { ModelConfig } from '../../src/models/config.js';
import type { Region } from '../helpers/maps.js';

/** How a model must be read. */
export interface Read {
  readonly interpreter: string;
  /** Width and height of its input. */
  readonly input: string;
  /** Color order, and what a pixel of 0 and one of 255 become in the first channel. */
  readonly fed: readonly [color: 'rgb' | 'bgr' | 'gray', of0: number, of255: number];
  /** How that is known. */
  readonly fedBy: 'given' | 'metadata' | 'model' | 'convention' | 'guess';
  /** Where the names of its classes come from; null where there are none. */
  readonly labelsBy: 'given' | 'metadata' | 'model' | 'convention' | 'guess' | null;
  /** The best answer: its name, and its score within .05. */
  readonly top: readonly [name: string, score: number];
  /** The box of the answer; null for a class of the whole image. */
  readonly box: Region | null;
  /** Where more than half of the positive saliency must lie; the box of the answer where absent. null: a place is not known. */
  readonly object?: Region | null;
}

/** Why a model must be refused. */
export interface Refused {
  readonly refused: 'interpreter' | 'model';
  /** What the sentence must name. */
  readonly says: RegExp;
}

export interface Row {
  readonly model: string;
  readonly photo: string;
  /** What a user would give with it, where it cannot do without. */
  readonly options?: Partial<ModelConfig>;
  readonly expected: Read | Refused;
}

const corners = (x: number, y: number, right: number, bottom: number): Region => ({
  x,
  y,
  width: right - x,
  height: bottom - y,
});

const ASTRONAUT = corners(181, 58, 270, 180);
const CELL = corners(8, 8, 24, 24);
const IMAGENET = { fed: ['rgb', -0.485 / 0.229, 0.515 / 0.229], fedBy: 'guess' } as const;
const OMZ = { fed: ['bgr', 0, 255] } as const;
const UNIT = { fed: ['rgb', 0, 1], fedBy: 'convention' } as const;
const SQUEEZENET = { interpreter: 'classification', input: '227x227', labelsBy: 'guess', box: null } as const;
const FACE_ADAS = {
  interpreter: 'ssd',
  input: '672x384',
  ...OMZ,
  fedBy: 'metadata',
  labelsBy: null,
  top: ['class 1', 1],
  box: ASTRONAUT,
} as const;
const PERSON_RETAIL = {
  ...FACE_ADAS,
  input: '544x320',
  fedBy: 'guess',
  box: corners(190, 102, 272, 376),
} as const;
const VEHICLE = { interpreter: 'classification', input: '72x72', ...OMZ, labelsBy: null, box: null } as const;
/** The planted detector of the field's cases: a cat on [8, 8, 16, 16]. */
const PLANTED = {
  interpreter: 'yolov8',
  input: '64x64',
  ...UNIT,
  labelsBy: 'metadata',
  top: ['cat', 0.93],
  box: CELL,
} as const;
const PLANTED_CLASSES = {
  interpreter: 'classification',
  input: '32x32',
  ...IMAGENET,
  labelsBy: null,
  box: null,
} as const;
const FACES = { labelsBy: 'convention', box: ASTRONAUT } as const;

export const KNOWN_MODELS: readonly Row[] = [
  // onnx/
  {
    model: 'onnx/squeezenet1.1.onnx',
    photo: 'photos/goldfish.jpg',
    expected: { ...SQUEEZENET, ...OMZ, fedBy: 'model', top: ['goldfish', 0.75], object: null },
  },
  {
    model: 'onnx/mobilenetv2-12-qdq.onnx',
    photo: 'photos/catdog.png',
    expected: {
      interpreter: 'classification',
      input: '224x224',
      ...IMAGENET,
      labelsBy: 'guess',
      top: ['bull mastiff', 0.7],
      box: null,
      object: corners(79, 13, 165, 149),
    },
  },
  {
    model: 'onnx/mobilenet_v2_batch1.onnx',
    photo: 'photos/catdog.png',
    // Calibrated on noise: its answers mean nothing.
    expected: {
      interpreter: 'classification',
      input: '224x224',
      ...IMAGENET,
      labelsBy: 'guess',
      top: ['', 0],
      box: null,
      object: null,
    },
  },
  {
    model: 'onnx/yolox_nano.onnx',
    photo: 'photos/catdog.png',
    expected: {
      interpreter: 'yolox',
      input: '416x416',
      fed: ['bgr', 0, 255],
      fedBy: 'convention',
      labelsBy: 'guess',
      top: ['dog', 0.9],
      box: corners(79, 13, 165, 149),
    },
  },
  {
    model: 'onnx/nanodet.onnx',
    photo: 'photos/catdog.png',
    expected: {
      interpreter: 'nanodet',
      input: '320x320',
      fed: ['bgr', -103.53 / 57.375, (255 - 103.53) / 57.375],
      fedBy: 'convention',
      labelsBy: 'guess',
      top: ['cat', 0.768],
      box: corners(41, 114, 202, 224),
    },
  },
  // field/
  {
    model: 'field/tf2onnx_emotion.onnx',
    photo: 'photos/crops/face_astronaut.png',
    options: { scale: 1 / 255 },
    expected: {
      interpreter: 'classification',
      input: '48x48',
      fed: ['rgb', 0, 1],
      fedBy: 'guess',
      labelsBy: null,
      top: ['class 3', 0.996],
      box: null,
      object: null,
    },
  },
  {
    model: 'field/paddle_text_angle.onnx',
    photo: 'photos/catdog.png',
    expected: { refused: 'model', says: /'x'.*height and width open.*inputSize/ },
  },
  {
    model: 'field/paddle_text_angle.onnx',
    photo: 'photos/catdog.png',
    options: { inputSize: { width: 192, height: 48 } },
    expected: {
      interpreter: 'classification',
      input: '192x48',
      ...IMAGENET,
      labelsBy: null,
      top: ['', 0],
      box: null,
      object: null,
    },
  },
  {
    model: 'field/ultraface_rfb_320.onnx',
    photo: 'photos/skimage_astronaut.png',
    expected: {
      ...FACES,
      interpreter: 'ultraface',
      input: '320x240',
      fed: ['rgb', -127 / 128, 1],
      fedBy: 'convention',
      top: ['face', 1],
    },
  },
  {
    model: 'field/mnist_raw_scale.onnx',
    photo: 'field/digit0.jpg',
    options: { scale: 1 },
    expected: {
      interpreter: 'classification',
      input: '28x28',
      fed: ['gray', 0, 255],
      fedBy: 'guess',
      labelsBy: null,
      top: ['class 0', 1],
      box: null,
      object: null,
    },
  },
  {
    model: 'field/fsanet_head_pose.onnx',
    photo: 'photos/crops/face_astronaut.png',
    expected: { refused: 'interpreter', says: /"output".*(angles|regression).*script/ },
  },
  {
    model: 'field/yolov5n_face_landmarks.onnx',
    photo: 'photos/skimage_astronaut.png',
    expected: { ...FACES, interpreter: 'yolov5-face', input: '640x640', ...UNIT, top: ['face', 0.878] },
  },
  {
    model: 'field/yunet_face.onnx',
    photo: 'photos/skimage_astronaut.png',
    expected: {
      ...FACES,
      interpreter: 'yunet',
      input: '640x640',
      fed: ['bgr', 0, 255],
      fedBy: 'convention',
      top: ['face', 0.93],
    },
  },
  {
    model: 'field/retinaface_mnet025.onnx',
    photo: 'photos/skimage_astronaut.png',
    expected: {
      ...FACES,
      interpreter: 'retinaface',
      input: '640x640',
      fed: ['bgr', -104, 151],
      fedBy: 'convention',
      top: ['face', 1],
    },
  },
  {
    model: 'field/scrfd_500m_kps.onnx',
    photo: 'photos/skimage_astronaut.png',
    expected: {
      ...FACES,
      interpreter: 'scrfd',
      input: '640x640',
      fed: ['rgb', -127.5 / 128, 127.5 / 128],
      fedBy: 'convention',
      top: ['face', 0.8],
    },
  },
  {
    model: 'field/fastestdet.onnx',
    photo: 'photos/darknet_dog.jpg',
    expected: {
      interpreter: 'fastestdet',
      input: '352x352',
      fed: ['bgr', 0, 1],
      fedBy: 'convention',
      labelsBy: 'guess',
      top: ['car', 0.627],
      box: corners(467, 78, 693, 171),
    },
  },
  {
    model: 'field/ir/age-gender-recognition-retail-0013/FP16-INT8/age-gender-recognition-retail-0013.xml',
    photo: 'photos/crops/face_astronaut.png',
    expected: {
      interpreter: 'classification',
      input: '62x62',
      ...OMZ,
      fedBy: 'metadata',
      labelsBy: null,
      // Of the two heads, gender; the age is left out as a regression.
      top: ['class 0', 0.613],
      box: null,
      object: null,
    },
  },
  {
    model: 'field/ir/person-reidentification-retail-0288/person-reidentification-retail-0288.xml',
    photo: 'photos/crops/person_darknet.png',
    expected: { refused: 'interpreter', says: /"reid_embedding".*embedding.*script/ },
  },
  // ir/
  {
    model: 'ir/squeezenet1.1/FP16-v10/squeezenet1.1.xml',
    photo: 'photos/cheetah_person.jpg',
    expected: { ...SQUEEZENET, ...OMZ, fedBy: 'metadata', top: ['cheetah', 0.997], object: corners(34, 155, 293, 294) },
  },
  ...['FP16-v3/squeezenet1.1_FP16.xml', 'FP16-v11/squeezenet1.1.xml'].map((variant): Row => ({
    model: `ir/squeezenet1.1/${variant}`,
    photo: 'photos/goldfish.jpg',
    expected: {
      ...SQUEEZENET,
      fed: ['bgr', -104, 151],
      fedBy: 'convention',
      top: ['goldfish', 0.75],
      object: null,
    },
  })),
  ...['FP16', 'FP16-v3', 'FP16-v11', 'FP16-INT8'].map((variant): Row => ({
    model: `ir/face-detection-adas-0001/${variant}/face-detection-adas-0001.xml`,
    photo: 'photos/skimage_astronaut.png',
    expected: FACE_ADAS,
  })),
  ...['FP32-mo2021.1', 'FP16-v3'].map((variant): Row => ({
    model: `ir/person-detection-retail-0013/${variant}/person-detection-retail-0013.xml`,
    photo: 'photos/darknet_person.jpg',
    expected: PERSON_RETAIL,
  })),
  {
    model: 'ir/vehicle-license-plate-detection-barrier-0106/FP16-v3/vehicle-license-plate-detection-barrier-0106.xml',
    photo: 'photos/voc07_000252.jpg',
    expected: { ...FACE_ADAS, input: '300x300', top: ['class 1', 0.813], box: corners(128, 20, 381, 243) },
  },
  {
    model: 'ir/person-attributes-recognition-crossroad-0230/FP16/person-attributes-recognition-crossroad-0230.xml',
    photo: 'photos/crops/person_darknet.png',
    // 453 are attributes; 456 and 459 are points.
    expected: {
      interpreter: 'classification',
      input: '80x160',
      ...OMZ,
      fedBy: 'metadata',
      labelsBy: null,
      top: ['class 4', 0.834],
      box: null,
      object: null,
    },
  },
  {
    model: 'ir/vehicle-attributes-recognition-barrier-0039/FP32/vehicle-attributes-recognition-barrier-0039.xml',
    photo: 'photos/crops/car_voc252.png',
    expected: { ...VEHICLE, fedBy: 'metadata', top: ['color 3', 1], object: null },
  },
  {
    model: 'ir/vehicle-attributes-recognition-barrier-0039/FP16-INT8/vehicle-attributes-recognition-barrier-0039.xml',
    photo: 'photos/crops/car_voc252.png',
    expected: { ...VEHICLE, fedBy: 'metadata', top: ['color 3', 1], object: null },
  },
  {
    model: 'ir/datumaro-rise-tiny/v11/model.xml',
    photo: 'photos/catdog.png',
    expected: {
      interpreter: 'classification',
      input: '224x224',
      ...OMZ,
      fedBy: 'guess',
      labelsBy: null,
      top: ['class 2', 1],
      box: null,
      object: null,
    },
  },
  {
    model: 'ir/head-pose-estimation-adas-0001/FP16/head-pose-estimation-adas-0001.xml',
    photo: 'photos/crops/face_astronaut.png',
    expected: { refused: 'interpreter', says: /"angle_y_fc".*(angles|regression).*script/ },
  },
  {
    model: 'ir/landmarks-regression-retail-0009/FP32-v11/landmarks-regression-retail-0009.xml',
    photo: 'photos/crops/face_astronaut.png',
    expected: { refused: 'interpreter', says: /"95".*(landmarks|coordinates|points).*script/ },
  },
  {
    model: 'ir/gaze-estimation-adas-0002/FP16/gaze-estimation-adas-0002.xml',
    photo: 'photos/crops/face_astronaut.png',
    expected: { refused: 'model', says: /left_eye_image.*right_eye_image/ },
  },
  {
    model: 'ir/road-segmentation-adas-0001/FP16/road-segmentation-adas-0001.xml',
    photo: 'photos/darknet_dog.jpg',
    expected: { refused: 'interpreter', says: /"L0317_ReWeight_SoftMax".*segmentation.*script/ },
  },
  {
    model: 'ir/license-plate-recognition-barrier-0001/FP16/license-plate-recognition-barrier-0001.xml',
    photo: 'photos/catdog.png',
    expected: { refused: 'model', says: /"seq_ind"/ },
  },
  // field-cases/
  ...['01', '02', '05', '06', '07', '28', '30', '32', '33', '34', '47', '55', '56'].map((name): Row => ({
    model: `field-cases/${name}/m.onnx`,
    photo: 'field-cases/16/p.png',
    expected: PLANTED,
  })),
  {
    model: 'field-cases/47/nonames.onnx',
    photo: 'field-cases/16/p.png',
    expected: { ...PLANTED, labelsBy: null, top: ['class 0', 0.93] },
  },
  ...(
    [
      ['m5', ['class 1', 0.94], null],
      // 91 columns are taken for COCO's own numbers, as RF-DETR's weights have them.
      ['m90', ['person', 0.95], 'guess'],
      ['s4', ['class 0', 0.95], null],
    ] as const
  ).map(([name, top, labelsBy]): Row => ({
    model: `field-cases/14/${name}.onnx`,
    photo: 'field-cases/14/p.png',
    // RF-DETR's outputs: a sigmoid each, in spite of the slot for none, and ImageNet's mean.
    expected: { interpreter: 'rtdetr-hf', input: '64x64', ...IMAGENET, fedBy: 'convention', labelsBy, top, box: CELL },
  })),
  {
    model: 'field-cases/15/m.onnx',
    photo: 'field-cases/15/p.png',
    expected: { ...PLANTED_CLASSES, labelsBy: 'metadata', top: ['red', 0.743], object: null },
  },
  {
    model: 'field-cases/16/m.onnx',
    photo: 'field-cases/16/p.png',
    expected: {
      interpreter: 'tf-detection',
      input: '64x64',
      fed: ['rgb', 0, 255],
      fedBy: 'model',
      labelsBy: null,
      top: ['class 2', 0.903],
      box: CELL,
    },
  },
  { model: 'field-cases/19/b8.onnx', photo: 'field-cases/19/p.png', expected: PLANTED },
  {
    model: 'field-cases/19/c8.onnx',
    photo: 'field-cases/19/p.png',
    expected: { ...PLANTED_CLASSES, top: ['class 0', 0.984], object: null },
  },
  {
    model: 'field-cases/19/one.onnx',
    photo: 'field-cases/19/p.png',
    expected: { ...PLANTED_CLASSES, top: ['class 0', 0.984], object: null },
  },
  ...['22/m', '41/m'].map((name): Row => ({
    model: `field-cases/${name}.onnx`,
    photo: `field-cases/${name.slice(0, 2)}/p.png`,
    expected: { ...PLANTED_CLASSES, top: ['class 0', 1], object: null },
  })),
  ...(
    [
      ['21/obb', ['class 0', 0.931], corners(12, 6, 20, 26), null],
      ['21/obb15', ['c1', 0.931], corners(6, 6, 26, 26), 'metadata'],
      ['21/obbm', ['plane', 0.931], corners(12, 6, 20, 26), 'metadata'],
      ['21/pose', ['class 0', 0.931], CELL, null],
      ['21/posem', ['person', 0.931], CELL, 'metadata'],
      ['23/det', ['dog', 0.931], CELL, 'metadata'],
      ['23/obb', ['dog', 0.931], corners(5, 5, 27, 27), 'metadata'],
      ['23/obb15e', ['c1', 0.931], corners(6, 6, 26, 26), 'metadata'],
      ['23/obbn', ['dog', 0.931], corners(5, 5, 27, 27), 'metadata'],
      ['23/pose', ['dog', 0.931], CELL, 'metadata'],
      ['23/seg', ['dog', 0.931], CELL, 'metadata'],
    ] as const
  ).map(([name, top, box, labelsBy]): Row => ({
    model: `field-cases/${name}.onnx`,
    photo: `field-cases/${name.slice(0, 2)}/p.png`,
    // An oriented box is explained by the upright one around it; masks and key points are left aside.
    expected: {
      ...PLANTED,
      interpreter: name.startsWith('21') ? 'yolov8' : 'yolov10',
      labelsBy,
      top,
      box,
      object: around(CELL),
    },
  })),
  {
    model: 'field-cases/57/m.onnx',
    photo: 'field-cases/16/p.png',
    expected: { ...PLANTED_CLASSES, labelsBy: 'metadata', top: ['cat', 0.984], object: null },
  },
  {
    model: 'field-cases/57/n.onnx',
    photo: 'field-cases/16/p.png',
    expected: { ...PLANTED, top: ['cup, red', 0.931] },
  },
  {
    model: 'field-cases/27/m.onnx',
    photo: 'field-cases/27/p.png',
    expected: { ...PLANTED_CLASSES, top: ['class 2', 1], object: null },
  },
];

/** Where the evidence for an object may lie: masks are coarse, so that maps reach a little beyond it. */
export function around({ x, y, width, height }: Region): Region {
  return { x: x - width / 4, y: y - height / 4, width: 1.5 * width, height: 1.5 * height };
}
