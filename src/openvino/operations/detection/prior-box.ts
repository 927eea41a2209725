import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation } from '../../translate/operation.js';

/** A box around a point: half its width and height, in pixels of the image, and how far it lies off the point. */
interface BoxShape {
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Boxes of fixed size end at the border of the image. */
  readonly clipped: boolean;
}

/** Sizes that prior boxes are laid out by: of the map, in cells, and of the image, in pixels. */
export interface PriorSizes {
  readonly map: readonly [height: number, width: number];
  readonly image: readonly [height: number, width: number];
}

/** Boxes of one cell after another, `[rows * columns * shapes, 4]` in 0..1: x1, y1, x2, y2. */
function layOut(
  { map: [rows, columns], image: [height, width] }: PriorSizes,
  centre: (cell: number, axis: 'x' | 'y') => number,
  shapes: readonly BoxShape[],
): Float32Array {
  const boxes = new Float32Array(rows * columns * shapes.length * 4);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const { halfWidth, halfHeight, shiftX, shiftY, clipped } of shapes) {
        const x = centre(column, 'x') + shiftX;
        const y = centre(row, 'y') + shiftY;
        const box = [
          (x - halfWidth) / width,
          (y - halfHeight) / height,
          (x + halfWidth) / width,
          (y + halfHeight) / height,
        ];
        for (const [corner, value] of box.entries()) {
          boxes[next++] = !clipped ? value : corner < 2 ? Math.max(value, 0) : Math.min(value, 1);
        }
      }
    }
  }
  return boxes;
}

/** Boxes and, behind them, their variances, `[2, boxes * 4]`. */
function withVariances(scope: LayerScope, boxes: Float32Array, clip: boolean, shape: readonly number[]): Value {
  const variance = scope.attributes.floats('variance', []);
  if (![0, 1, 4].includes(variance.length)) throw scope.error(`has ${variance.length} variances; 1 or 4 are possible`);
  const four = variance.length === 4 ? variance : new Array<number>(4).fill(variance[0] ?? 0.1);
  const values = new Float32Array(boxes.length * 2);
  for (const [index, value] of boxes.entries()) values[index] = clip ? Math.min(Math.max(value, 0), 1) : value;
  for (let index = 0; index < boxes.length; index++) values[boxes.length + index] = four[index % 4] ?? 0.1;
  return scope.graph.constant(values, [...shape, boxes.length]);
}

/**
 * Prior boxes of an SSD head, computed here since they depend on sizes alone.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/prior-box-8.html
 *
 * @param shape leading dimensions of the result, before its number of values.
 */
export function emitPriorBox(scope: LayerScope, sizes: PriorSizes, shape: readonly number[]): Value {
  const { attributes } = scope;
  const [rows, columns] = sizes.map;
  const [height, width] = sizes.image;
  const scaleAll = attributes.flag('scale_all_sizes', true);
  const declared = attributes.float('step', 0);
  // MXNet gives sizes and steps as shares of the image's height.
  const step = scaleAll ? declared : declared === -1 ? height / rows : declared * height;
  const offset = attributes.float('offset', 0.5);
  const stepX = step === 0 ? width / columns : step;
  const stepY = step === 0 ? height / rows : step;
  const shift = step === 0 ? 0.5 : offset;
  const shapes = [...fixedShapes(scope), ...sizedShapes(scope, scaleAll ? 1 : height)];
  const boxes = layOut(sizes, (cell, axis) => (cell + shift) * (axis === 'x' ? stepX : stepY), shapes);
  return withVariances(scope, boxes, attributes.flag('clip', false), shape);
}

/** 1 and each further ratio, with its inverse where boxes are flipped; those that were there before are left out. */
function aspectRatios(scope: LayerScope): number[] {
  const flip = scope.attributes.flag('flip', false);
  const ratios = [1];
  for (const ratio of scope.attributes.floats('aspect_ratio', [])) {
    if (ratios.some((known) => Math.abs(known - ratio) < 1e-6)) continue;
    ratios.push(ratio);
    if (flip) ratios.push(1 / ratio);
  }
  return ratios;
}

function centred(width: number, height: number): BoxShape {
  return { halfWidth: width / 2, halfHeight: height / 2, shiftX: 0, shiftY: 0, clipped: false };
}

/** Boxes given by their least and largest size. */
function sizedShapes(scope: LayerScope, scale: number): BoxShape[] {
  const { attributes } = scope;
  const smallest = attributes.floats('min_size', []).map((size) => size * scale);
  const largest = attributes.floats('max_size', []);
  const scaleAll = attributes.flag('scale_all_sizes', true);
  const largeFirst = attributes.flag('min_max_aspect_ratios_order', true);
  const others = aspectRatios(scope).filter((ratio) => Math.abs(ratio - 1) >= 1e-6);
  return smallest.flatMap((size, index) => {
    const base = scaleAll ? size : (smallest[0] ?? size);
    const last = index === smallest.length - 1;
    const shaped = others.map((ratio) => centred(base * Math.sqrt(ratio), base / Math.sqrt(ratio)));
    const ratioed = scaleAll || last ? shaped : [];
    const large = largest[index];
    const between = large === undefined ? [] : [centred(Math.sqrt(size * large), Math.sqrt(size * large))];
    return [centred(size, size), ...(largeFirst ? [...between, ...ratioed] : [...ratioed, ...between])];
  });
}

/** Boxes of fixed size, several to a cell where it is densely laid out. */
function fixedShapes(scope: LayerScope): BoxShape[] {
  const { attributes } = scope;
  const sizes = attributes.floats('fixed_size', []);
  const ratios = attributes.floats('fixed_ratio', []);
  const densities = attributes.floats('density', []);
  return sizes.flatMap((size, index) => {
    const whole = Math.trunc(size);
    const density = Math.trunc(densities[index] ?? 1);
    const grid = (halfWidth: number, halfHeight: number): BoxShape[] => {
      const distance = Math.trunc(size / density);
      const at = (cell: number): number => -Math.trunc(whole / 2) + distance / 2 + cell * distance;
      return Array.from({ length: density * density }, (_, cell) => ({
        halfWidth,
        halfHeight,
        shiftX: at(cell % density),
        shiftY: at(Math.floor(cell / density)),
        clipped: true,
      }));
    };
    const ofRatio = (ratio: number): BoxShape[] => grid((size / 2) * Math.sqrt(ratio), size / 2 / Math.sqrt(ratio));
    if (ratios.length > 0) return ratios.flatMap(ofRatio);
    const square = densities.length === 0 ? [] : grid(whole / 2, whole / 2);
    const others = aspectRatios(scope).filter((ratio) => Math.abs(ratio - 1) >= 1e-6);
    return [...square, ...others.flatMap(ofRatio)];
  });
}

/**
 * Prior boxes of given widths and heights around each cell.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/prior-box-clustered-1.html
 */
export function emitPriorBoxClustered(scope: LayerScope, sizes: PriorSizes, shape: readonly number[]): Value {
  const { attributes } = scope;
  const [rows, columns] = sizes.map;
  const [height, width] = sizes.image;
  const common = attributes.float('step', 0);
  let stepX = attributes.float('step_w', 0) || common;
  let stepY = attributes.float('step_h', 0) || common;
  if (stepX === 0 && stepY === 0) {
    stepX = width / columns;
    stepY = height / rows;
  }
  const offset = attributes.float('offset', 0.5);
  const widths = attributes.floats('width');
  const heights = attributes.floats('height');
  const shapes = widths.map((boxWidth, index) => centred(boxWidth, heights[index] ?? boxWidth));
  const boxes = layOut(sizes, (cell, axis) => (cell + offset) * (axis === 'x' ? stepX : stepY), shapes);
  return withVariances(scope, boxes, attributes.flag('clip', false), shape);
}

/** Sizes from the two inputs, each a list of height and width. */
function sizesFromInputs(scope: LayerScope): PriorSizes {
  const pair = (index: number, what: string): readonly [number, number] => {
    const [height, width] = scope.numbers(index, what);
    if (height === undefined || width === undefined) throw scope.error(`needs height and width as its ${what}`);
    return [height, width];
  };
  return { map: pair(0, 'map size'), image: pair(1, 'image size') };
}

/** Prior boxes of opset 1 and 8, `[2, boxes * 4]`. */
export const priorBoxes: Readonly<Record<'PriorBox' | 'PriorBoxClustered', Operation>> = {
  PriorBox: { translate: (scope) => emitPriorBox(scope, sizesFromInputs(scope), [2]) },
  PriorBoxClustered: { translate: (scope) => emitPriorBoxClustered(scope, sizesFromInputs(scope), [2]) },
};
