import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { hasRows, looksLikeDetections, type DetectionColumns } from '../decoding/detections.js';
import { denseOutput } from '../decoding/dense.js';
import { isUltralytics, knownOutputs, shapeFits } from '../contract/evidence.js';
import { listDecoder } from '../decoding/list-decoder.js';
import { layoutError, outputWhere, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { unitsOption } from '../contract/shared-options.js';

const COLUMNS: DetectionColumns = { box: 0, score: 4, label: 5, image: null };

const options = z.object({ units: unitsOption });

/**
 * YOLOv10, YOLO26 and any Ultralytics model exported with `nms=True`: one output `[N, K, 6]`, K usually 300, of final
 * detections: x1, y1, x2, y2 in input pixels, score, class; behind them mask coefficients or key points in models of
 * those tasks. Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/ultralytics `ultralytics/nn/modules/head.py` (postprocess), `engine/exporter.py` (NMSModel),
 * `docs/en/modes/export.md`.
 */
export const yolov10 = defineInterpreter({
  name: 'yolov10',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const endToEnd = evidence.signature.metadata['end2end']?.toLowerCase() === 'true';
    const output = knownOutputs(evidence).find(({ shape }) => shape.length === 3);
    const width = output?.shape[2] ?? 0;
    if (output === undefined || width < 6 || (width > 6 && !endToEnd)) return null;
    // A table with a row for every cell or anchor is not final.
    if (!shapeFits(output.shape, [null, null, width]) || (denseOutput(evidence)?.grid ?? 'other') !== 'other')
      return null;
    const { sample } = output;
    if (sample !== null && !looksLikeDetections(sample, COLUMNS)) return null;
    const sure = endToEnd || isUltralytics(evidence);
    const shown = sample !== null && hasRows(sample, COLUMNS);
    return {
      confidence: sure ? 'certain' : shown || sample === null ? 'likely' : 'possible',
      reason: `output ${shapeText(output.shape)} has rows x1, y1, x2, y2, score, class`,
      options: { units: shown && sample.data.every((value, at) => at % width > 3 || value <= 2) },
      needsSample: sample === null,
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: ({ input }, { units }) => {
    const read = listDecoder(units ? { ...COLUMNS, scaleX: input.width, scaleY: input.height } : COLUMNS);
    return {
      decode: (outputs, { count }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 2: columns = 0 }) => length === 3 && n === count && columns > 5,
        );
        if (output === null) throw layoutError('yolov10', `one output [${count}, K, 6]`, outputs);
        return read(output, count);
      },
    };
  },
});
