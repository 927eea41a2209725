import { DatumError } from '../errors.js';
import { entryNamed, namesOf, type Entry } from '../plugins/entry.js';
import type { Interpreter } from './contract/types.js';

/** What is known of a family without loading it. */
export interface InterpreterEntry extends Entry<Interpreter> {
  /** The outputs that it reads, in Markdown. */
  readonly title: string;
  /** How boxes are given; null where there are none. */
  readonly boxes: string | null;
  /** How images are fed by the family's convention. */
  readonly input: string;
}

/** The built-in interpreters, in the order of the documentation. */
export const INTERPRETERS: readonly InterpreterEntry[] = [
  {
    name: 'classification',
    title: '`[N, C]`, `[N, C, 1, 1]`, several of them; logits or probabilities',
    boxes: null,
    input: 'see below',
    load: async () => (await import('./families/classification.js')).classification,
  },
  {
    name: 'yolov2',
    title: '`[N, 5 (5 + C), 13, 13]` or flat, raw or RegionYolo',
    boxes: 'anchors',
    input: 'RGB 0..1, stretch',
    load: async () => (await import('./families/yolov2.js')).yolov2,
  },
  {
    name: 'yolov3',
    title: '`[N, 3 (5 + C), H, W]` on 2 or 3 grids, raw or RegionYolo',
    boxes: 'anchors',
    input: 'RGB 0..1, letterbox on 128',
    load: async () => (await import('./families/yolov3.js')).yolov3,
  },
  {
    name: 'yolov3-onnx',
    title: 'boxes `[N, A, 4]`, scores `[N, C, A]`, indices; input `image_shape`',
    boxes: 'y before x, px',
    input: 'RGB 0..1, letterbox on 128',
    load: async () => (await import('./families/yolov3-onnx.js')).yolov3Onnx,
  },
  {
    name: 'yolov4',
    title: '`[N, H, W, 3, 5 + C]` or `[N, 3 (5 + C), H, W]`, raw',
    boxes: 'anchors',
    input: 'RGB 0..1, letterbox on 128',
    load: async () => (await import('./families/yolov4.js')).yolov4,
  },
  {
    name: 'yolov4-boxes',
    title: 'boxes `[N, A, 1, 4]`, confs `[N, A, C]`',
    boxes: 'corners, 0..1',
    input: 'RGB 0..1, stretch',
    load: async () => (await import('./families/yolov4-boxes.js')).yolov4Boxes,
  },
  {
    name: 'yolov5',
    title: '`[N, A, 5 + C]`: YOLOv5, YOLOv7',
    boxes: 'centre and size, px',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov5.js')).yolov5,
  },
  {
    name: 'yolov5-heads',
    title: '`[N, 3, H, W, 5 + C]` on 3 grids, raw',
    boxes: 'anchors',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov5-heads.js')).yolov5Heads,
  },
  {
    name: 'yolov5-face',
    title: '`[N, A, 15 + C]`, or raw heads `[N, 3, H, W, 15 + C]`: five landmarks before the classes',
    boxes: 'centre and size, px, or anchors',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov5-face.js')).yolov5Face,
  },
  {
    name: 'yolov6',
    title: '`[N, cells, 5 + C]`, objectness always 1',
    boxes: 'centre and size, px',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov6.js')).yolov6,
  },
  {
    name: 'yolov7-end2end',
    title: '`[K, 7]`: image, box, class, score',
    boxes: 'corners, px',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov7-end2end.js')).yolov7EndToEnd,
  },
  {
    name: 'yolov7-heads',
    title: '`[N, 3, H, W, 5 + C]` on 3 grids, raw',
    boxes: 'anchors',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov7-heads.js')).yolov7Heads,
  },
  {
    name: 'efficient-nms',
    title: 'num_dets, det_boxes, det_scores, det_classes',
    boxes: 'corners, px',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/efficient-nms.js')).efficientNms,
  },
  {
    name: 'yolov8',
    title: '`[N, 4 + C, cells]`: YOLOv8, v9, v11, v12, v5u',
    boxes: 'centre and size, px (0..1 from TFLite)',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov8.js')).yolov8,
  },
  {
    name: 'yolov10',
    title: '`[N, K, 6]`: box, score, class; YOLOv10, YOLO26, Ultralytics with `nms=True`',
    boxes: 'corners, px',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/yolov10.js')).yolov10,
  },
  {
    name: 'yolox',
    title: '`[N, cells, 5 + C]`, raw or decoded',
    boxes: 'offsets or px',
    input: 'BGR 0..255, letterbox top left on 114',
    load: async () => (await import('./families/yolox.js')).yolox,
  },
  {
    name: 'fastestdet',
    title: '`[N, 5 + C, H, W]` on one grid of 16 px',
    boxes: 'offsets and sizes',
    input: 'BGR 0..1, stretch',
    load: async () => (await import('./families/fastestdet.js')).fastestdet,
  },
  {
    name: 'yolo-fastestv2',
    title: '`[N, H, W, 15 + C]` on 2 grids, or boxes, objectness, classes of each, raw',
    boxes: 'anchors',
    input: 'BGR 0..1, stretch',
    load: async () => (await import('./families/yolo-fastestv2.js')).yoloFastestV2,
  },
  {
    name: 'centernet',
    title: 'hm `[N, C, H / 4, W / 4]`, wh, reg `[N, 2, ...]`',
    boxes: 'offsets and sizes',
    input: "BGR, CenterNet's mean, letterbox on 0",
    load: async () => (await import('./families/centernet.js')).centernet,
  },
  {
    name: 'ssd',
    title: '`[1, 1, K, 7]`: image, label, score, box',
    boxes: 'corners, 0..1',
    input: 'BGR 0..255, stretch',
    load: async () => (await import('./families/ssd.js')).ssd,
  },
  {
    name: 'ssd-boxes',
    title: 'bboxes `[N, K, 4]`, labels, scores',
    boxes: 'corners, 0..1',
    input: 'RGB ImageNet, stretch',
    load: async () => (await import('./families/ssd-boxes.js')).ssdBoxes,
  },
  {
    name: 'tf-detection',
    title: 'detection_boxes, detection_scores, detection_classes',
    boxes: 'y before x, 0..1',
    input: 'RGB 0..255, NHWC, any size',
    load: async () => (await import('./families/tf-detection.js')).tfDetection,
  },
  {
    name: 'tf-detection-raw',
    title: 'raw_detection_boxes, raw_detection_scores',
    boxes: 'y before x, 0..1',
    input: 'RGB 0..255, NHWC, any size',
    load: async () => (await import('./families/tf-detection-raw.js')).tfDetectionRaw,
  },
  {
    name: 'coco-ssd',
    title: 'scores `[N, 1917, 90]`, boxes `[N, 1917, 1, 4]`',
    boxes: 'y before x, 0..1',
    input: 'RGB 0..255, NHWC',
    load: async () => (await import('./families/coco-ssd.js')).cocoSsd,
  },
  {
    name: 'torchvision',
    title: 'boxes `[K, 4]`, labels `[K]`, scores `[K]` in any order',
    boxes: 'corners, px',
    input: 'RGB 0..1, any size',
    load: async () => (await import('./families/torchvision.js')).torchvision,
  },
  {
    name: 'faster-rcnn',
    title: 'the same, of the ONNX Model Zoo',
    boxes: 'corners, px',
    input: 'BGR 0..255 less its mean',
    load: async () => (await import('./families/faster-rcnn.js')).fasterRcnn,
  },
  {
    name: 'detectron2',
    title: 'boxes `[K, 4]`, classes `[K]`, scores `[K]`, size `[2]`',
    boxes: 'corners, px',
    input: 'BGR 0..255, any size',
    load: async () => (await import('./families/detectron2.js')).detectron2,
  },
  {
    name: 'detr',
    title: 'logits `[N, Q, C + 1]`, pred_boxes: softmax with no-object',
    boxes: 'centre and size, 0..1',
    input: 'RGB ImageNet, any size',
    load: async () => (await import('./families/detr.js')).detr,
  },
  {
    name: 'rtdetr',
    title: 'labels, boxes, scores; input `orig_target_sizes`',
    boxes: 'corners, px',
    input: 'RGB 0..1, stretch',
    load: async () => (await import('./families/rtdetr.js')).rtdetr,
  },
  {
    name: 'rtdetr-hf',
    title: 'logits `[N, Q, C]`, pred_boxes: sigmoid',
    boxes: 'centre and size, 0..1',
    input: 'RGB 0..1, stretch',
    load: async () => (await import('./families/rtdetr-hf.js')).rtdetrHf,
  },
  {
    name: 'rtdetr-ultralytics',
    title: '`[N, 300, 4 + C]`',
    boxes: 'centre and size, 0..1',
    input: 'RGB 0..1, stretch',
    load: async () => (await import('./families/rtdetr-ultralytics.js')).rtdetrUltralytics,
  },
  {
    name: 'nanodet',
    title: 'pairs `[cells, C]`, `[cells, 32]` on 3 grids',
    boxes: 'distributions',
    input: "BGR, NanoDet's mean, stretch",
    load: async () => (await import('./families/nanodet.js')).nanodet,
  },
  {
    name: 'nanodet-plus',
    title: '`[N, cells, C + 32]`',
    boxes: 'distributions',
    input: "BGR, NanoDet's mean, stretch",
    load: async () => (await import('./families/nanodet-plus.js')).nanodetPlus,
  },
  {
    name: 'nanodet-planes',
    title: '`[N, C + 32, H, W]` on 3 or 4 grids, or joined',
    boxes: 'distributions',
    input: "BGR, NanoDet's mean, stretch",
    load: async () => (await import('./families/nanodet-planes.js')).nanodetPlanes,
  },
  {
    name: 'picodet',
    title: 'pairs `[N, cells, C]`, `[N, cells, 32]` on 4 grids',
    boxes: 'distributions',
    input: 'RGB ImageNet, stretch',
    load: async () => (await import('./families/picodet.js')).picodet,
  },
  {
    name: 'paddle',
    title: '`[K, 6]`: class, score, box; inputs `scale_factor`, `im_shape`',
    boxes: 'corners, px',
    input: 'RGB ImageNet, stretch',
    load: async () => (await import('./families/paddle.js')).paddle,
  },
  {
    name: 'paddle-raw',
    title: 'boxes `[N, A, 4]`, scores `[N, C, A]`; or `[N, A, 4 + C]`: without NMS',
    boxes: 'corners, px',
    input: "guessed: PP-YOLOE+'s, RGB 0..1, stretch",
    load: async () => (await import('./families/paddle-raw.js')).paddleRaw,
  },
  {
    name: 'efficientdet',
    title: 'boxes `[N, K, 4]`, scores, classes, length',
    boxes: 'y before x, px',
    input: 'RGB ImageNet, letterbox top left',
    load: async () => (await import('./families/efficientdet.js')).efficientdet,
  },
  {
    name: 'efficientdet-raw',
    title: '`[N, H, W, 9 C]`, `[N, H, W, 36]` on 5 levels',
    boxes: 'anchors',
    input: 'RGB ImageNet, letterbox top left',
    load: async () => (await import('./families/efficientdet-raw.js')).efficientdetRaw,
  },
  {
    name: 'ultraface',
    title: 'scores `[N, A, 2]`, boxes `[N, A, 4]`',
    boxes: 'corners, 0..1',
    input: 'RGB, (pixel - 127) / 128',
    load: async () => (await import('./families/ultraface.js')).ultraface,
  },
  {
    name: 'ultraface-raw',
    title: 'scores `[N, A, 2]`, boxes `[N, A, 4]`, before its post-processing',
    boxes: 'prior boxes',
    input: 'RGB, (pixel - 127) / 128',
    load: async () => (await import('./families/ultraface-raw.js')).ultrafaceRaw,
  },
  {
    name: 'retinaface',
    title: 'boxes `[N, A, 4]`, scores `[N, A, 2]`, landmarks `[N, A, 10]`',
    boxes: 'prior boxes, or corners, 0..1',
    input: 'BGR 0..255 less its mean, letterbox on 114',
    load: async () => (await import('./families/retinaface.js')).retinaface,
  },
  {
    name: 'scrfd',
    title: 'scores `[N, A, 1]`, boxes `[N, A, 4]`, perhaps landmarks, on 3 grids',
    boxes: 'distances in strides',
    input: 'RGB, (pixel - 127.5) / 128, letterbox top left on 0',
    load: async () => (await import('./families/scrfd.js')).scrfd,
  },
  {
    name: 'yunet',
    title: 'cls, obj `[N, cells, 1]`, bbox `[N, cells, 4]`, perhaps kps, on 3 grids',
    boxes: 'offsets and sizes',
    input: 'BGR 0..255, letterbox top left on 0',
    load: async () => (await import('./families/yunet.js')).yunet,
  },
  {
    name: 'blazeface',
    title: 'regressors `[N, A, 16]`, classificators `[N, A, 1]`',
    boxes: 'offsets from anchors, px',
    input: 'RGB -1..1, letterbox on 0',
    load: async () => (await import('./families/blazeface.js')).blazeface,
  },
  {
    name: 'boxes-scores',
    title: 'boxes `[N, A, 4]`, scores `[N, A, C]`: YOLO-NAS, DAMO-YOLO',
    boxes: 'from the run',
    input: 'RGB 0..1, letterbox on 114',
    load: async () => (await import('./families/boxes-scores.js')).boxesScores,
  },
  {
    name: 'model-api',
    title: 'boxes `[N, K, 5]`, labels: OpenVINO Training Extensions',
    boxes: 'corners, px',
    input: 'from `model_info`, else BGR 0..255',
    load: async () => (await import('./families/model-api.js')).modelApi,
  },
  {
    name: 'mmdeploy',
    title: 'dets `[N, K, 5]`, labels: RTMDet, Faster R-CNN... of MMDetection',
    boxes: 'corners, px',
    input: "guessed: RTMDet's, BGR, letterbox top left on 114",
    load: async () => (await import('./families/mmdeploy.js')).mmdeploy,
  },
  {
    name: 'rtmdet',
    title: 'pairs `[N, C, H, W]`, `[N, 4, H, W]` on 3 grids',
    boxes: 'distances, px',
    input: 'BGR, its mean, letterbox top left on 114',
    load: async () => (await import('./families/rtmdet.js')).rtmdet,
  },
  {
    name: 'annotations',
    title: 'scores, boxes, box_scores, box_labels, counts: what models in Python answer',
    boxes: 'corners, px',
    input: 'RGB 0..255, NHWC',
    load: async () => (await import('./families/annotations.js')).annotations,
  },
];

/** Names of the built-in interpreters, in the order of the documentation. */
export const interpreterNames: readonly string[] = INTERPRETERS.map(({ name }) => name);

/**
 * A built-in interpreter by name.
 *
 * @throws DatumError (`usage`) for an unknown name, listing the known ones.
 */
export async function loadInterpreter(name: string): Promise<Interpreter> {
  const entry = entryNamed(INTERPRETERS, name);
  if (entry !== undefined) return entry.load();
  throw new DatumError(
    'usage',
    `there is no interpreter "${name}": use one of ${namesOf(INTERPRETERS)}, or the path of a module (.js, .mjs or .ts).`,
    { option: 'interpreter' },
  );
}
