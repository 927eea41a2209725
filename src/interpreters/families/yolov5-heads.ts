import { anchorsOf } from '../decoding/anchor-decoder.js';
import { squareHeads } from '../decoding/square-heads.js';

/**
 * YOLOv5's raw heads, exported without the decoding of its detection layer: `[N, 3, H, W, 5 + classes]` for the 8, 16
 * and 32 px grids: `cx = (2 sigmoid(x) - 0.5 + column) * stride`, `w = (2 sigmoid(w))^2 * anchor`.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/yolov5 `models/yolo.py` (Detect), `models/yolov5s.yaml`.
 */
export const yolov5Heads = squareHeads({
  name: 'yolov5-heads',
  version: 'YOLOv5',
  anchors: new Map([
    [8, anchorsOf(10, 13, 16, 30, 33, 23)],
    [16, anchorsOf(30, 61, 62, 45, 59, 119)],
    [32, anchorsOf(116, 90, 156, 198, 373, 326)],
  ]),
  metadata: true,
});
