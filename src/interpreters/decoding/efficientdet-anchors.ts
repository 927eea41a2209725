import type { ShapedOutput } from '../contract/evidence.js';
import type { InputSize } from '../contract/types.js';

/** Levels of the feature pyramid: cells of 2^level pixels. */
const LEVELS = [3, 4, 5, 6, 7];
/** Three octaves times three aspects a cell. */
const OCTAVES = [0, 1 / 3, 2 / 3];
const ASPECTS = [1, 2, 0.5];
const ANCHOR_SCALE = 4;

/** Cells of a level: sizes are halved and rounded up from level to level. */
function levelSize({ width, height }: InputSize, level: number): { readonly rows: number; readonly columns: number } {
  let [rows, columns] = [height, width];
  for (let halved = 0; halved < level; halved++) {
    rows = Math.ceil(rows / 2);
    columns = Math.ceil(columns / 2);
  }
  return { rows, columns };
}

/**
 * EfficientDet's anchors `[anchors, 4]`: y1, x1, y2, x2 in input pixels; level by level, row by row, nine a cell.
 *
 * Source: google/automl `efficientdet/tf2/anchors.py` (aspects 1, 2, 0.5; anchor_scale 4).
 */
export function efficientDetAnchors(input: InputSize): Float32Array {
  const corners: number[] = [];
  for (const level of LEVELS) {
    const { rows, columns } = levelSize(input, level);
    const [strideY, strideX] = [input.height / rows, input.width / columns];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [y, x] = [(row + 0.5) * strideY, (column + 0.5) * strideX];
        for (const octave of OCTAVES) {
          for (const aspect of ASPECTS) {
            const halfHeight = (ANCHOR_SCALE * strideY * 2 ** octave) / Math.sqrt(aspect) / 2;
            const halfWidth = (ANCHOR_SCALE * strideX * 2 ** octave * Math.sqrt(aspect)) / 2;
            corners.push(y - halfHeight, x - halfWidth, y + halfHeight, x + halfWidth);
          }
        }
      }
    }
  }
  return Float32Array.from(corners);
}

/** The two heads of one level. */
export interface EfficientDetLevel<Output> {
  readonly cells: number;
  readonly classes: number;
  readonly channelsFirst: boolean;
  readonly classHead: Output;
  readonly boxHead: Output;
}

/** Ten outputs as the heads of five levels; null where they are not. */
export function efficientDetLevels<Output extends ShapedOutput>(
  outputs: readonly Output[],
  input: InputSize,
): EfficientDetLevel<Output>[] | null {
  if (outputs.length !== 2 * LEVELS.length || outputs.some(({ shape }) => shape.length !== 4)) return null;
  const levels: EfficientDetLevel<Output>[] = [];
  for (const level of LEVELS) {
    const { rows, columns } = levelSize(input, level);
    const pick = (channelsFirst: boolean): Output[] =>
      outputs.filter(({ shape: [, a, b, c] }) =>
        channelsFirst ? b === rows && c === columns : a === rows && b === columns,
      );
    const channelsFirst = pick(false).length !== 2;
    const heads = channelsFirst ? pick(true) : pick(false);
    const channels = ({ shape }: Output): number => shape[channelsFirst ? 1 : 3] ?? 0;
    const boxHead = heads.find((head) => channels(head) === 36 && !/class|cls/i.test(head.name));
    const classHead = heads.find((head) => head !== boxHead);
    if (heads.length !== 2 || boxHead === undefined || classHead === undefined) return null;
    const classes = channels(classHead) / 9;
    if (!Number.isInteger(classes) || classes === 0) return null;
    levels.push({ cells: rows * columns, classes, channelsFirst, classHead, boxHead });
  }
  return levels;
}
