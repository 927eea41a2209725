import { anchorsOf } from '../decoding/anchor-decoder.js';
import { squareHeads } from '../decoding/square-heads.js';

/**
 * YOLOv7's raw heads, as its exporter writes them without `--grid`: `[N, 3, H, W, 5 + classes]` for the 8, 16 and 32 px
 * grids, coded as YOLOv5's, with anchors of their own. Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: WongKinYiu/yolov7 `export.py`, `models/yolo.py` (Detect), `cfg/deploy/yolov7.yaml`.
 */
export const yolov7Heads = squareHeads({
  name: 'yolov7-heads',
  version: 'YOLOv7',
  anchors: new Map([
    [8, anchorsOf(12, 16, 19, 36, 40, 28)],
    [16, anchorsOf(36, 75, 76, 55, 72, 146)],
    [32, anchorsOf(142, 110, 192, 243, 459, 401)],
  ]),
  metadata: false,
});
