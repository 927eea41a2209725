import type { ShapedOutput } from '../contract/evidence.js';
import type { InputSize } from '../contract/types.js';
import { shapeText } from './outputs.js';

/** The outputs of one grid, by the numbers that they give for each proposal: 1 for scores, 4 for boxes. */
export interface StrideLevel<Output> {
  /** Pixels between cells. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  /** Outputs `[N, proposals, 1]` or `[proposals, 1]`, in the model's order. */
  readonly scores: readonly Output[];
  /** The output `[N, proposals, 4]` or `[proposals, 4]`. */
  readonly boxes: Output;
}

/** How many outputs a family gives for each grid: scores, boxes and perhaps the ten numbers of five landmarks. */
export interface LevelKinds {
  readonly strides: readonly number[];
  /** Proposals a cell. */
  readonly anchors: number;
  /** Outputs of scores a grid. */
  readonly scores: number;
}

/** Names that exporters give outputs whose last size is left open: `score_8`, `cls_8`, `obj_8`, `bbox_8`, `kps_8`. */
const NAMED: readonly (readonly [RegExp, number])[] = [
  [/^(?:score|cls|obj)_\d+$/, 1],
  [/^bbox_\d+$/, 4],
  [/^kps_\d+$/, 10],
];

/** Numbers a proposal: the last size, or what the name says where that is open. */
function widthOf({ name, shape }: ShapedOutput): number | null {
  return shape.at(-1) ?? NAMED.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Whether outputs have the numbers a proposal, and as many of each, as the family's grids need. */
export function hasLevelKinds(outputs: readonly ShapedOutput[], { strides, scores }: LevelKinds): boolean {
  if (outputs.some(({ shape }) => shape.length !== outputs[0]?.shape.length)) return false;
  if (outputs.some(({ shape }) => shape.length !== 3 && shape.length !== 2)) return false;
  const count = (width: number): number => outputs.filter((output) => widthOf(output) === width).length;
  const points = count(10);
  return (
    count(1) === scores * strides.length &&
    count(4) === strides.length &&
    (points === 0 || points === strides.length) &&
    outputs.length === count(1) + count(4) + points
  );
}

/** Groups outputs by grid, told by their number of proposals; null where they do not fit the input. */
export function strideLevels<Output extends ShapedOutput>(
  outputs: readonly Output[],
  { width, height }: InputSize,
  kinds: LevelKinds,
): StrideLevel<Output>[] | null {
  if (!hasLevelKinds(outputs, kinds)) return null;
  const levels: StrideLevel<Output>[] = [];
  for (const stride of kinds.strides) {
    const [columns, rows] = [Math.floor(width / stride), Math.floor(height / stride)];
    const here = outputs.filter(({ shape }) => shape.at(-2) === rows * columns * kinds.anchors);
    const scores = here.filter((output) => widthOf(output) === 1);
    const [boxes, ...others] = here.filter((output) => widthOf(output) === 4);
    if (scores.length !== kinds.scores || boxes === undefined || others.length > 0) return null;
    levels.push({ stride, rows, columns, scores, boxes });
  }
  return levels;
}

/** The outputs in words: how many, the first and the last. */
export function levelsText(outputs: readonly ShapedOutput[]): string {
  const [first, last] = [outputs[0], outputs.at(-1)];
  return `${outputs.length} outputs ${first?.name ?? ''} ${shapeText(first?.shape ?? [])} to ${last?.name ?? ''} ${shapeText(last?.shape ?? [])}`;
}
