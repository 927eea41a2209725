import { z } from 'zod';
import { anchorDecoder, type AnchorCoding } from './anchor-decoder.js';
import { anchorHeads } from './anchor-heads.js';
import { defineInterpreter } from '../contract/define.js';
import { isUltralytics } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { scoresActivatedOption } from '../contract/shared-options.js';
import type { Interpreter } from '../contract/types.js';

const options = z.object({ scoresActivated: scoresActivatedOption });

/** What YOLOv5 and YOLOv7 differ in. */
interface SquareHeads {
  readonly name: string;
  readonly version: string;
  readonly anchors: AnchorCoding['anchors'];
  /** Whether its exporter writes the names of classes into the model. */
  readonly metadata: boolean;
}

/** Interpreters of raw heads `[N, 3, H, W, 5 + classes]` whose sizes are squares of sigmoids. */
export function squareHeads({ name, version, anchors, metadata }: SquareHeads): Interpreter {
  return defineInterpreter({
    name,
    task: 'detection',
    truncated: false,
    nms: 0.45,
    options,
    preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
    recognise: (evidence) => {
      const heads = anchorHeads(evidence, 3);
      if (heads?.layout !== 'anchors-first' || heads.strides.join() !== '8,16,32') return null;
      // Heads that the graph put a sigmoid over have lost the sign of their sizes: nothing here reads them.
      if (heads.centresActivated === true) return null;
      // YOLOv5-face.
      if (heads.landmarks === true) return null;
      if (isUltralytics(evidence) && !metadata) return null;
      return {
        confidence: 'likely',
        reason: `outputs ${heads.text} are raw heads of 3 anchors with 5 + ${heads.classes} numbers, with ${version}'s anchors`,
        options: { scoresActivated: heads.scoresActivated === true },
        needsSample: heads.centresActivated === null,
        classes: { count: heads.classes, numbering: 'zero' },
      };
    },
    create: ({ input }, { scoresActivated }) =>
      anchorDecoder(name, input, {
        anchors,
        centresActivated: false,
        scoresActivated,
        centreScale: () => 2,
        size: 'square',
        classes: 'sigmoid',
      }),
  });
}
