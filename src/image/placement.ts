import type { PixelRect } from './types.js';

/** How an image is brought to the model's input size. */
export type ResizeMode = 'stretch' | 'letterbox' | 'letterbox-top-left' | 'center-crop';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * How an image lies in the model's input: input = image * scale + offset, per axis, in continuous coordinates
 * (pixel i covers [i, i + 1)).
 */
export interface Placement {
  readonly image: Size;
  readonly input: Size;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
  /** The part of the input that shows the image; the rest is padding. */
  readonly area: PixelRect;
  /** Size of the whole scaled image; larger than the area after a crop. */
  readonly scaled: Size;
}

/**
 * Computes where an image comes to lie. Scaled sizes are rounded to whole pixels, at least one.
 *
 * @param kept share of its width and height that is kept of what is scaled, in the middle: `stretch` and `center-crop` have one
 */
export function placeImage(image: Size, input: Size, mode: ResizeMode, kept = 1): Placement {
  if (kept < 1 && (mode === 'stretch' || mode === 'center-crop')) {
    const larger = { width: Math.round(input.width / kept), height: Math.round(input.height / kept) };
    const { scaled } = placeImage(image, larger, mode);
    return placedInMiddle(image, input, scaled);
  }
  if (mode === 'stretch') return placed(image, input, input, 0, 0);
  const ratios = [input.width / image.width, input.height / image.height] as const;
  const ratio = mode === 'center-crop' ? Math.max(...ratios) : Math.min(...ratios);
  const fit = (length: number, limit: number): number => {
    const scaled = Math.max(1, Math.round(length * ratio));
    return mode === 'center-crop' ? Math.max(limit, scaled) : Math.min(limit, scaled);
  };
  const scaled = { width: fit(image.width, input.width), height: fit(image.height, input.height) };
  if (mode === 'letterbox-top-left') return placed(image, input, scaled, 0, 0);
  return placedInMiddle(image, input, scaled);
}

function placedInMiddle(image: Size, input: Size, scaled: Size): Placement {
  const [x, y] = [(input.width - scaled.width) / 2, (input.height - scaled.height) / 2];
  return placed(image, input, scaled, Math.floor(x), Math.floor(y));
}

function placed(image: Size, input: Size, scaled: Size, offsetX: number, offsetY: number): Placement {
  return {
    image: { width: image.width, height: image.height },
    input: { width: input.width, height: input.height },
    scaleX: scaled.width / image.width,
    scaleY: scaled.height / image.height,
    offsetX,
    offsetY,
    scaled: { width: scaled.width, height: scaled.height },
    area: {
      x: Math.max(0, offsetX),
      y: Math.max(0, offsetY),
      width: Math.min(input.width, scaled.width),
      height: Math.min(input.height, scaled.height),
    },
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box in input pixels, in image pixels. Not clipped. */
export function boxToImage(box: Box, placement: Placement): Box {
  return {
    x: (box.x - placement.offsetX) / placement.scaleX,
    y: (box.y - placement.offsetY) / placement.scaleY,
    width: box.width / placement.scaleX,
    height: box.height / placement.scaleY,
  };
}

/** The part of a box that lies in an image; without area where none does. */
export function clipBox(box: Box, { width, height }: Size): Box {
  const left = Math.min(width, Math.max(0, box.x));
  const top = Math.min(height, Math.max(0, box.y));
  return {
    x: left,
    y: top,
    width: Math.min(width, Math.max(0, box.x + box.width)) - left,
    height: Math.min(height, Math.max(0, box.y + box.height)) - top,
  };
}

/** A box in image pixels, in input pixels. Not clipped. */
export function boxToInput(box: Box, placement: Placement): Box {
  return {
    x: box.x * placement.scaleX + placement.offsetX,
    y: box.y * placement.scaleY + placement.offsetY,
    width: box.width * placement.scaleX,
    height: box.height * placement.scaleY,
  };
}

/**
 * Brings a map over the area of the input back to the image: bilinear between pixel centres, clamped at the area's
 * border, and 0 where a crop kept the image from the model.
 *
 * @param map `[area.height, area.width]`
 * @param size of the result: the image's, or smaller by one factor
 * @returns `[size.height, size.width]`
 */
export function mapToImage(map: ArrayLike<number>, placement: Placement, size: Size): Float32Array {
  const x = taps(
    size.width,
    placement.image.width,
    placement.scaleX,
    placement.offsetX - placement.area.x,
    placement.area.width,
  );
  const y = taps(
    size.height,
    placement.image.height,
    placement.scaleY,
    placement.offsetY - placement.area.y,
    placement.area.height,
  );
  const width = placement.area.width;
  // A row of the area scaled across, of which the last two are kept: many rows of the image lie between the same two.
  const lines = [0, 1].map(() => ({ row: -1, values: new Float64Array(size.width) }));
  const lineOf = (row: number): Float64Array => {
    const line = lines[row % 2]!;
    if (line.row === row) return line.values;
    line.row = row;
    for (let column = 0; column < size.width; column++) {
      if (x.inside[column] === 0) continue;
      const across = x.weight[column]!;
      const left = map[row * width + x.lower[column]!]!;
      const right = map[row * width + x.upper[column]!]!;
      line.values[column] = left * (1 - across) + right * across;
    }
    return line.values;
  };
  const out = new Float32Array(size.width * size.height);
  for (let row = 0; row < size.height; row++) {
    if (y.inside[row] === 0) continue;
    const above = lineOf(y.lower[row]!);
    const below = lineOf(y.upper[row]!);
    const down = y.weight[row]!;
    const start = row * size.width;
    for (let column = 0; column < size.width; column++) {
      out[start + column] = above[column]! * (1 - down) + below[column]! * down;
    }
  }
  return out;
}

function taps(count: number, imageLength: number, scale: number, offset: number, areaLength: number) {
  const step = imageLength / count;
  const lower = new Int32Array(count);
  const upper = new Int32Array(count);
  const weight = new Float32Array(count);
  const inside = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const centre = (i + 0.5) * step * scale + offset;
    const at = Math.min(areaLength - 1, Math.max(0, centre - 0.5));
    // Half a pixel of tolerance: rounding of the scaled size may push the outermost centres just over the border.
    inside[i] = centre > -0.5 && centre < areaLength + 0.5 ? 1 : 0;
    lower[i] = Math.floor(at);
    upper[i] = Math.min(areaLength - 1, lower[i]! + 1);
    weight[i] = at - lower[i]!;
  }
  return { lower, upper, weight, inside };
}
