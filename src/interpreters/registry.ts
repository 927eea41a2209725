import { DatumError } from '../errors.js';
import type { Interpreter } from './contract/types.js';

/** The built-in interpreters, each loaded when it is used. */
const interpreters = {
  classification: async () => (await import('./families/classification.js')).classification,
  yolov2: async () => (await import('./families/yolov2.js')).yolov2,
  yolov3: async () => (await import('./families/yolov3.js')).yolov3,
  'yolov3-onnx': async () => (await import('./families/yolov3-onnx.js')).yolov3Onnx,
  yolov4: async () => (await import('./families/yolov4.js')).yolov4,
  'yolov4-boxes': async () => (await import('./families/yolov4-boxes.js')).yolov4Boxes,
  yolov5: async () => (await import('./families/yolov5.js')).yolov5,
  'yolov5-heads': async () => (await import('./families/yolov5-heads.js')).yolov5Heads,
  yolov6: async () => (await import('./families/yolov6.js')).yolov6,
  'yolov7-end2end': async () => (await import('./families/yolov7-end2end.js')).yolov7EndToEnd,
  'yolov7-heads': async () => (await import('./families/yolov7-heads.js')).yolov7Heads,
  'efficient-nms': async () => (await import('./families/efficient-nms.js')).efficientNms,
  yolov8: async () => (await import('./families/yolov8.js')).yolov8,
  yolov10: async () => (await import('./families/yolov10.js')).yolov10,
  yolox: async () => (await import('./families/yolox.js')).yolox,
  ssd: async () => (await import('./families/ssd.js')).ssd,
  'ssd-boxes': async () => (await import('./families/ssd-boxes.js')).ssdBoxes,
  'tf-detection': async () => (await import('./families/tf-detection.js')).tfDetection,
  'tf-detection-raw': async () => (await import('./families/tf-detection-raw.js')).tfDetectionRaw,
  'coco-ssd': async () => (await import('./families/coco-ssd.js')).cocoSsd,
  torchvision: async () => (await import('./families/torchvision.js')).torchvision,
  'faster-rcnn': async () => (await import('./families/faster-rcnn.js')).fasterRcnn,
  detr: async () => (await import('./families/detr.js')).detr,
  rtdetr: async () => (await import('./families/rtdetr.js')).rtdetr,
  'rtdetr-hf': async () => (await import('./families/rtdetr-hf.js')).rtdetrHf,
  'rtdetr-ultralytics': async () => (await import('./families/rtdetr-ultralytics.js')).rtdetrUltralytics,
  nanodet: async () => (await import('./families/nanodet.js')).nanodet,
  'nanodet-plus': async () => (await import('./families/nanodet-plus.js')).nanodetPlus,
  picodet: async () => (await import('./families/picodet.js')).picodet,
  paddle: async () => (await import('./families/paddle.js')).paddle,
  efficientdet: async () => (await import('./families/efficientdet.js')).efficientdet,
  'efficientdet-raw': async () => (await import('./families/efficientdet-raw.js')).efficientdetRaw,
  ultraface: async () => (await import('./families/ultraface.js')).ultraface,
  'boxes-scores': async () => (await import('./families/boxes-scores.js')).boxesScores,
  'model-api': async () => (await import('./families/model-api.js')).modelApi,
} satisfies Record<string, () => Promise<Interpreter>>;

export type InterpreterName = keyof typeof interpreters;

/** Names of the built-in interpreters, in the order of the documentation. */
export const interpreterNames: readonly string[] = Object.keys(interpreters);

function isInterpreterName(name: string): name is InterpreterName {
  return Object.hasOwn(interpreters, name);
}

/**
 * A built-in interpreter by name.
 *
 * @throws DatumError (`usage`) for an unknown name, listing the known ones.
 */
export async function loadInterpreter(name: string): Promise<Interpreter> {
  if (!isInterpreterName(name)) {
    throw new DatumError(
      'usage',
      `there is no interpreter "${name}": use one of ${interpreterNames.join(', ')}, or the path of a script (.js, .mjs or .ts).`,
      { option: 'interpreter' },
    );
  }
  return interpreters[name]();
}
