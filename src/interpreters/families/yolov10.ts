import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { hasRows, looksLikeDetections, scoresFall, type DetectionColumns } from '../decoding/detections.js';
import { denseOutput } from '../decoding/dense.js';
import { isUltralytics, knownOutputs, shapeFits, type KnownOutput } from '../contract/evidence.js';
import { listDecoder } from '../decoding/list-decoder.js';
import { ENCLOSED } from '../decoding/oriented.js';
import { layoutError, outputWhere, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { unitsOption } from '../contract/shared-options.js';
import type { Evidence } from '../contract/types.js';
import { ultralyticsNotes } from '../contract/ultralytics.js';

const COLUMNS: DetectionColumns = { box: 0, score: 4, label: 5, image: null };
const TURNED: DetectionColumns = { ...COLUMNS, angle: 6 };

const options = z.object({
  units: unitsOption,
  oriented: z.boolean().default(false).describe('boxes are centres and sizes, turned by the angle in a seventh column'),
});

/**
 * YOLOv10, YOLO26 and any Ultralytics model exported with `nms=True`: one output `[N, K, 6]`, K usually 300, of final
 * detections: x1, y1, x2, y2 in input pixels, score, class; behind them mask coefficients or key points in models of
 * those tasks. Oriented boxes are cx, cy, w, h, score, class, angle (radians); their enclosing upright boxes are given.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/ultralytics `ultralytics/nn/modules/head.py` (Detect, Segment, OBB, Pose: postprocess),
 * `engine/exporter.py` (NMSModel), `docs/en/modes/export.md`.
 */
export const yolov10 = defineInterpreter({
  name: 'yolov10',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const final = finalOutput(evidence);
    if (final === null) return null;
    const { output, columns, kind, noted } = final;
    const { sample } = output;
    const shown = sample !== null && hasRows(sample, columns);
    const sure = noted || isUltralytics(evidence);
    const oriented = kind === 'angle';
    const width = output.shape[2] ?? 6;
    return {
      confidence: sure ? 'certain' : shown || (sample === null && width === 6) ? 'likely' : 'possible',
      reason: `output ${shapeText(output.shape)} has rows ${oriented ? 'cx, cy, w, h, score, class, angle' : 'x1, y1, x2, y2, score, class'}${oriented ? `: ${ENCLOSED}` : width > 6 ? ` and ${width - 6} numbers more (${kind}): only the boxes are explained` : ''}`,
      options: { units: shown && sample.data.every((value, at) => at % width > 3 || value <= 2), oriented },
      needsSample: sample === null,
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: ({ input }, { units, oriented }) => {
    const layout = oriented ? TURNED : COLUMNS;
    const read = listDecoder(units ? { ...layout, scaleX: input.width, scaleY: input.height } : layout);
    const least = oriented ? 7 : 6;
    return {
      decode: (outputs, { count }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 2: columns = 0 }) => length === 3 && n === count && columns >= least,
        );
        if (output === null) throw layoutError('yolov10', `one output [${count}, K, ${least}]`, outputs);
        return read(output, count);
      },
    };
  },
});

/** The number of detections that exporters keep, unless told otherwise. */
const MOST_FINAL = 300;

interface FinalOutput {
  readonly output: KnownOutput;
  readonly columns: DetectionColumns;
  /** What stands behind the six columns. */
  readonly kind: 'angle' | 'mask coefficients' | 'key points' | 'further numbers';
  /** Whether the exporter notes that the detections are final. */
  readonly noted: boolean;
}

/** The table of final detections, by the exporter's notes or by its rows in the sample. */
function finalOutput(evidence: Evidence): FinalOutput | null {
  const { task, keyPoints, final: noted } = ultralyticsNotes(evidence);
  const outputs = knownOutputs(evidence);
  const output = outputs.find(({ shape }) => shape.length === 3);
  const width = output?.shape[2] ?? 0;
  if (output === undefined || width < 6 || !shapeFits(output.shape, [null, null, width])) return null;
  // Labels of their own beside the rows are another exporter's.
  if (outputs.some(({ shape }) => shape.length < 3)) return null;
  const extra = width - 6;
  const prototypes = outputs.find(({ shape }) => shape.length === 4)?.shape[1] ?? null;
  const taken =
    task === 'obb' ? 1 : task === 'pose' ? keyPoints : task === 'segment' ? prototypes : task === null ? null : 0;
  if (!noted) {
    // A table with a row for every cell or anchor is not final.
    if ((denseOutput(evidence)?.grid ?? 'other') !== 'other') return null;
    // The columns are those of the task, or the rows alone must tell.
    if (taken !== null && taken !== extra) return null;
    if (taken === null && extra > 0 && output.sample === null) return null;
  }
  const { sample } = output;
  const fits = (columns: DetectionColumns): boolean =>
    sample === null || (looksLikeDetections(sample, columns) && (noted || scoresFall(sample, columns)));
  const told = noted || taken !== null;
  const shown = sample !== null && hasRows(sample, COLUMNS);
  // Nothing found tells nothing of the columns, but longer tables are never final.
  if (extra > 0 && !told && !shown && (output.shape[1] ?? Infinity) > MOST_FINAL) return null;
  if (extra === 1 && (task === 'obb' || task === null)) {
    return fits(TURNED) ? { output, columns: TURNED, kind: 'angle', noted } : null;
  }
  if (!fits(COLUMNS)) return null;
  const kind =
    task === 'pose' || (task === null && prototypes === null && (extra % 3 === 0 || extra % 2 === 0) && extra !== 32)
      ? 'key points'
      : task === 'segment' || extra === 32 || prototypes === extra
        ? 'mask coefficients'
        : 'further numbers';
  return { output, columns: COLUMNS, kind, noted };
}
