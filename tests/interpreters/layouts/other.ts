import {
  centred,
  flipped,
  inUnits,
  logit,
  NAMES,
  NCHW,
  NHWC_BYTES,
  OBJECTS,
  oneHot,
  rowsOf,
  table,
  type Corners,
  type LayoutCase,
} from './scene.js';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const [A, B] = OBJECTS;

const stretchedUnits = rowsOf('stretch', (_, corners) => inUnits(corners));
const stretchedPixels = rowsOf('stretch', (_, corners) => corners);
/** Boxes of the image put through a letterbox nobody asked for: none, so that any input size does. */
const junk: Corners = [0.1, 0.1, 0.2, 0.2];

/** Labels as families number them that keep 0 for the background. */
const FROM_ONE = [3, 1] as const;

const ssdRows = rowsOf('stretch', ({ label, score }, corners) => [0, label + 1, score, ...inUnits(corners)]);
const ssdEnd = [-1, 0, 0, 0, 0, 0, 0];
/** What old runs leave behind the end of the list. */
const ssdStale = [0, 1, 0.99, 0.2, 0.2, 0.8, 0.8];
const ssdOutput = {
  name: 'detection_out',
  shape: [1, 1, 4, 7],
  values: [...ssdRows[0], ...ssdRows[1], ...ssdEnd, ...ssdStale],
};

const paddleRows = rowsOf('stretch', ({ label, score }, corners) => [label, score, ...corners]);

const otxBoxes = rowsOf('stretch', ({ score }, corners) => [...corners, score]);

const low = -8;
/** DETR's logits: three classes and no-object, whose softmax is the object's score, the rest going to no-object. */
const detrLogits = OBJECTS.map(({ label, score }) =>
  [0, 1, 2].map((id) => (id === label ? logit(score) : -30)).concat(0),
);
const detrBoxes = rowsOf('stretch', (_, corners) => centred(inUnits(corners)));
const focalLogits = OBJECTS.map(({ label, score }) => [0, 1, 2].map((id) => (id === label ? logit(score) : low)));

export const otherCases: readonly LayoutCase[] = [
  {
    title: 'SSD with DetectionOutput; what lies behind the end is not read',
    interpreter: 'ssd',
    outputs: [ssdOutput],
    ids: FROM_ONE,
    preprocessing: { color: 'bgr', scale: 1, resize: 'stretch', mean: [0], std: [1] },
  },
  {
    title: 'SSD named by the user: a background is put before the names',
    interpreter: 'ssd',
    outputs: [ssdOutput],
    labels: NAMES,
    ids: FROM_ONE,
    named: ['plum', 'apple'],
    preprocessing: { color: 'bgr', scale: 1, resize: 'stretch' },
  },
  {
    title: 'SSD of the ONNX Model Zoo',
    interpreter: 'ssd-boxes',
    outputs: [
      {
        name: 'bboxes',
        shape: [1, 3, 4],
        declared: [1, 'nbox', 4],
        values: [...stretchedUnits[0], ...stretchedUnits[1], ...junk],
      },
      { name: 'labels', type: 'int64', shape: [1, 3], declared: [1, 'nbox'], values: [3, 1, 2] },
      { name: 'scores', shape: [1, 3], declared: [1, 'nbox'], values: [A.score, B.score, 0.05] },
    ],
    ids: FROM_ONE,
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET },
  },
  {
    title: 'TensorFlow Object Detection API: y before x, bytes as they are',
    interpreter: 'tf-detection',
    inputs: [{ name: 'input_tensor', type: 'uint8', shape: [1, 64, 96, 3] }],
    outputs: [
      { name: 'num_detections', shape: [1], values: [2] },
      {
        name: 'detection_boxes',
        shape: [1, 3, 4],
        values: [...flipped(stretchedUnits[0]), ...flipped(stretchedUnits[1]), ...junk],
      },
      { name: 'detection_scores', shape: [1, 3], values: [A.score, B.score, 0.5] },
      { name: 'detection_classes', shape: [1, 3], values: [3, 1, 2] },
    ],
    ids: FROM_ONE,
    preprocessing: { color: 'rgb', scale: 1, resize: 'stretch', layout: 'nhwc', mean: [0], std: [1] },
  },
  {
    title: 'TensorFlow Object Detection API before its NMS, of any size',
    interpreter: 'tf-detection-raw',
    inputs: NHWC_BYTES,
    outputs: [
      { name: 'detection_boxes', shape: [1, 1, 4], values: junk },
      { name: 'detection_scores', shape: [1, 1], values: [0.9] },
      { name: 'detection_classes', shape: [1, 1], values: [1] },
      {
        name: 'raw_detection_boxes',
        shape: [1, 5, 4],
        values: table(5, 4, 0.1, { 1: flipped(stretchedUnits[0]), 3: flipped(stretchedUnits[1]) }),
      },
      {
        name: 'raw_detection_scores',
        shape: [1, 5, 4],
        values: table(5, 4, [0.99, 0, 0, 0], { 1: [0.1, ...oneHot(A)], 3: [0.4, ...oneHot(B)] }),
      },
    ],
    preprocessing: { color: 'rgb', scale: 1, resize: 'stretch', layout: 'nhwc' },
  },
  {
    title: 'torchvision: lists without a batch, in another order, sizes open',
    interpreter: 'torchvision',
    inputs: [{ name: 'input', shape: [3, 64, 96] }],
    outputs: [
      { name: '2735', shape: [2, 4], declared: ['n', 4], values: stretchedPixels.flat() },
      { name: '2737', shape: [2], declared: ['n'], values: [A.score, B.score] },
      { name: '2736', type: 'int64', shape: [2], declared: ['n'], values: [3, 1] },
    ],
    ids: FROM_ONE,
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', mean: [0], std: [1] },
  },
  {
    title: 'Faster R-CNN of the ONNX Model Zoo',
    interpreter: 'faster-rcnn',
    inputs: [{ name: 'image', shape: [3, 64, 96] }],
    outputs: [
      { name: '6379', shape: [2, 4], declared: ['nbox', 4], values: stretchedPixels.flat() },
      { name: '6381', type: 'int64', shape: [2], declared: ['nbox'], values: [3, 1] },
      { name: '6383', shape: [2], declared: ['nbox'], values: [A.score, B.score] },
    ],
    ids: FROM_ONE,
    named: ['car', 'person'],
    preprocessing: { color: 'bgr', scale: 1, resize: 'stretch', mean: [102.9801, 115.9465, 122.7717] },
  },
  {
    title: 'DETR: softmax, the last class dropped',
    interpreter: 'detr',
    outputs: [
      {
        name: 'logits',
        shape: [1, 100, 4],
        values: table(100, 4, [-30, -30, -30, 0], { 3: detrLogits[0]!, 90: detrLogits[1]! }),
      },
      { name: 'pred_boxes', shape: [1, 100, 4], values: table(100, 4, 0.5, { 3: detrBoxes[0], 90: detrBoxes[1] }) },
    ],
    labels: NAMES,
    named: ['plum', 'apple'],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET },
  },
  {
    title: 'DETR without names and with its mask input',
    interpreter: 'detr',
    inputs: [...NCHW, { name: 'pixel_mask', type: 'int64', shape: [1, 64, 64] }],
    outputs: [
      {
        name: 'logits',
        shape: [1, 100, 4],
        values: table(100, 4, [-30, -30, -30, 0], { 3: detrLogits[0]!, 90: detrLogits[1]! }),
      },
      { name: 'pred_boxes', shape: [1, 100, 4], values: table(100, 4, 0.5, { 3: detrBoxes[0], 90: detrBoxes[1] }) },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET },
  },
  {
    title: 'RT-DETR of transformers: sigmoid, no class dropped',
    interpreter: 'rtdetr-hf',
    outputs: [
      { name: 'logits', shape: [1, 300, 3], values: table(300, 3, low, { 3: focalLogits[0]!, 290: focalLogits[1]! }) },
      { name: 'pred_boxes', shape: [1, 300, 4], values: table(300, 4, 0.5, { 3: detrBoxes[0], 290: detrBoxes[1] }) },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', mean: [0], std: [1] },
  },
  {
    title: 'RT-DETR with its postprocessor: sizes fed as the input has them',
    interpreter: 'rtdetr',
    inputs: [...NCHW, { name: 'orig_target_sizes', type: 'int64', shape: ['N', 2] }],
    outputs: [
      { name: 'labels', type: 'int64', shape: [1, 3], values: [2, 0, 1] },
      { name: 'boxes', shape: [1, 3, 4], values: [...stretchedPixels.flat(), 1, 1, 2, 2] },
      { name: 'scores', shape: [1, 3], values: [A.score, B.score, 0.01] },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch' },
  },
  {
    title: 'RT-DETR of Ultralytics',
    interpreter: 'rtdetr-ultralytics',
    outputs: [
      {
        name: 'output0',
        shape: [1, 300, 7],
        values: table(300, 7, [0.5, 0.5, 0.1, 0.1, 0, 0, 0], {
          0: [...detrBoxes[0], ...oneHot(A)],
          7: [...detrBoxes[1], ...oneHot(B)],
        }),
      },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch' },
  },
  {
    title: 'PaddleDetection with its inputs; rows of class -1 are padding',
    interpreter: 'paddle',
    inputs: [
      { name: 'im_shape', shape: [1, 2] },
      { name: 'image', shape: [1, 3, 64, 96] },
      { name: 'scale_factor', shape: [1, 2] },
    ],
    outputs: [
      {
        name: 'multiclass_nms3_0.tmp_0',
        shape: [3, 6],
        declared: ['n', 6],
        values: [...paddleRows.flat(), -1, 0.8, 1, 1, 9, 9],
      },
      { name: 'multiclass_nms3_0.tmp_2', type: 'int32', shape: [1], values: [3] },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET },
  },
  {
    title: 'PaddleDetection known by its rows alone',
    interpreter: 'paddle',
    outputs: [
      { name: 'boxes', shape: [2, 6], declared: ['n', 6], values: paddleRows.flat() },
      { name: 'num', type: 'int32', shape: [1], values: [2] },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET },
  },
  {
    title: 'EfficientDet with its NMS: y before x, in pixels',
    interpreter: 'efficientdet',
    outputs: [
      {
        name: 'output_0',
        shape: [1, 3, 4],
        values: [...rowsOf('letterbox-top-left', (_, corners) => flipped(corners)).flat(), 1, 1, 2, 2],
      },
      { name: 'output_1', shape: [1, 3], values: [A.score, B.score, 0.5] },
      { name: 'output_2', shape: [1, 3], values: [3, 1, 2] },
      { name: 'output_3', type: 'int32', shape: [1], values: [2] },
    ],
    ids: FROM_ONE,
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'letterbox-top-left', ...IMAGENET },
  },
  {
    title: 'UltraFace: the background is no class',
    interpreter: 'ultraface',
    inputs: [{ name: 'input', shape: [1, 3, 64, 96] }],
    outputs: [
      { name: 'scores', shape: [1, 5, 2], values: table(5, 2, [1, 0], { 1: [0.1, 0.9], 3: [0.4, 0.6] }) },
      {
        name: 'boxes',
        shape: [1, 5, 4],
        values: table(5, 4, [0.1, 0.1, 0.2, 0.2], { 1: stretchedUnits[0], 3: stretchedUnits[1] }),
      },
    ],
    ids: [0, 0],
    named: ['face', 'face'],
    preprocessing: { color: 'rgb', scale: 1, resize: 'stretch', mean: [127], std: [128] },
  },
  {
    title: 'YOLO-NAS: boxes and scores in pixels',
    interpreter: 'boxes-scores',
    outputs: [
      {
        name: 'graph2_pred_boxes',
        shape: [1, 126, 4],
        values: table(126, 4, [1, 1, 30, 30], { 4: [24, 20, 72, 44], 100: [4.8, 12.8, 28.8, 27.2] }),
      },
      { name: 'graph2_pred_scores', shape: [1, 126, 3], values: table(126, 3, 0, { 4: oneHot(A), 100: oneHot(B) }) },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 114 },
  },
  {
    title: 'the last column of a softmax is no object',
    interpreter: 'boxes-scores',
    outputs: [
      {
        name: 'boxes',
        shape: [1, 126, 4],
        values: table(126, 4, [1, 1, 30, 30], { 4: [24, 20, 72, 44], 100: [4.8, 12.8, 28.8, 27.2] }),
      },
      {
        name: 'scores',
        shape: [1, 126, 4],
        values: table(126, 4, [0, 0, 0, 1], { 4: [0, 0, 0.9, 0.1], 100: [0.6, 0, 0, 0.4] }),
      },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 114 },
  },
  {
    title: 'coco-ssd of TensorFlow.js',
    interpreter: 'coco-ssd',
    inputs: [{ name: 'image_tensor', type: 'int32', shape: [1, 64, 96, 3] }],
    outputs: [
      {
        name: 'Postprocessor/ExpandDims_1',
        shape: [1, 1917, 1, 4],
        values: table(1917, 4, 0, { 9: flipped(stretchedUnits[0]), 1900: flipped(stretchedUnits[1]) }),
      },
      {
        name: 'Postprocessor/Slice',
        shape: [1, 1917, 90],
        values: table(1917, 90, 0, { 9: spike(90, 2, A.score), 1900: spike(90, 0, B.score) }),
      },
    ],
    named: ['car', 'person'],
    preprocessing: { color: 'rgb', scale: 1, resize: 'stretch', layout: 'nhwc' },
  },
  {
    title: 'OpenVINO Training Extensions, preprocessing and names from model_info',
    interpreter: 'model-api',
    outputs: [
      {
        name: 'boxes',
        shape: [1, 3, 5],
        declared: [1, 'n', 5],
        values: [...rowsOf('letterbox-top-left', ({ score }, corners) => [...corners, score]).flat(), 0, 0, 0, 0, 0],
      },
      { name: 'labels', type: 'int64', shape: [1, 3], declared: [1, 'n'], values: [2, 0, 0] },
      { name: 'saliency_map', shape: [1, 3, 2, 2], values: new Float32Array(12) },
    ],
    metadata: {
      'model_info model_type': 'ssd',
      'model_info labels': 'apple pear plum',
      'model_info mean_values': '123.675 116.28 103.53',
      'model_info scale_values': '58.395 57.12 57.375',
      'model_info reverse_input_channels': 'True',
      'model_info resize_type': 'fit_to_window',
      'model_info pad_value': '114',
    },
    named: ['plum', 'apple'],
    preprocessing: {
      color: 'rgb',
      scale: 1,
      resize: 'letterbox-top-left',
      pad: 114,
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
    },
  },
  {
    title: 'OpenVINO Training Extensions without metadata or batch',
    interpreter: 'model-api',
    outputs: [
      { name: 'boxes', shape: [2, 5], declared: ['n', 5], values: otxBoxes.flat() },
      { name: 'labels', type: 'int64', shape: [2], declared: ['n'], values: [2, 0] },
    ],
    preprocessing: { color: 'bgr', scale: 1, resize: 'stretch' },
  },
];

function spike(columns: number, at: number, score: number): number[] {
  return Array.from({ length: columns }, (_, id) => (id === at ? score : 0));
}
