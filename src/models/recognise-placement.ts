import { DatumError, option } from '../errors.js';
import { plainImage, type RgbImage } from '../image/index.js';
import { preprocessingOf } from '../interpreters/contract/preprocessing.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import { cutByStripes } from './cut-by-stripes.js';
import type { InputSpec } from './input.js';
import { fitImage, toPixels } from './preprocess.js';

const MODES: readonly Preprocessing['resize'][] = ['stretch', 'letterbox-top-left', 'letterbox', 'center-crop'];
/** Those that may keep the middle alone, and how much longer at most the scaled image may be than what is kept. */
const CUT: readonly Preprocessing['resize'][] = ['stretch', 'center-crop'];
const LONGEST = 1.6;
const COLORS = ['bgr', 'rgb'] as const;

/** What is left unexplained may be this share of the values' variance: other kernels of scaling, and their rounding. */
const LEFT = 0.01;
/** Below, nothing is left but rounding: no cut need be looked for. */
const NOTHING = 0.0001;

/** No way to lay the image explains what a preprocessing makes of it, so that masks cannot be laid over its results. */
export class UnknownPlacement extends DatumError {}

/** How one way to lay and color the image explains what a script made of it. */
interface Fit {
  readonly preprocessing: Preprocessing;
  /** Share of the variance that is not explained. */
  readonly left: number;
}

/**
 * Finds out where a script's or a model's own preprocessing lets the image lie, and what it makes of colors: masks are laid over its result, so
 * that it need not be called for every one. A smooth image is given to it and compared with what each of our own ways makes.
 *
 * @param prepare the script's preprocessing, in the input's layout.
 * @param called how sentences name the script or model.
 * @throws UnknownPlacement (`interpreter`) where none of them explains what it makes.
 */
export async function recognisePlacement(
  prepare: (image: RgbImage) => Promise<Float32Array>,
  input: InputSpec,
  called: string,
): Promise<Preprocessing> {
  const { image, made } = await tryOut(prepare, input);
  const fits = MODES.flatMap((resize) => COLORS.map((color) => fitOf(made, image, input, { resize, color })));
  const whole = best(fits);
  if (whole.left <= NOTHING) return withExactValues(whole.preprocessing, prepare, input);
  const { color } = whole.preprocessing;
  const cuts = CUT.map((resize) => bestCut((kept) => fitOf(made, image, input, { resize, color, kept }), input.width));
  const laid = best([whole, ...cuts]);
  if (laid.left <= LEFT) {
    const exact = await cutByStripes(laid.preprocessing, prepare, input, image);
    return withExactValues(exact, prepare, input);
  }
  throw unknownPlacement(called);
}

function unknownPlacement(called: string): UnknownPlacement {
  return new UnknownPlacement(
    'interpreter',
    `the preprocessing of ${called} does something else with the image than to scale it to the model's input, to exchange colors, to subtract and to divide, so that masks cannot be laid over it: leave it out, and say ${option('resize')}, ${option('color')}, ${option('mean')} and ${option('std')} instead.`,
  );
}

/** Parts of an image that are hidden to see where they come to lie: left, top, right, bottom, as shares. */
const HIDDEN = [
  [0.12, 0.18, 0.45, 0.48],
  [0.58, 0.55, 0.85, 0.9],
] as const;
/** Pixels of the input around a hidden part that scaling blurs. */
const BLUR = 3;
/** What may differ from what was expected, as a share of what hiding the whole image changes. */
const DIFFERS = 0.1;

/**
 * Checks on the image itself that it lies where a smooth one did: a preprocessing may cut by what an image shows, or by its shape. Two parts
 * of it are hidden, and must be found where they are expected.
 *
 * @throws UnknownPlacement (`interpreter`) where they are not.
 */
export async function checkPlacement(
  prepare: (image: RgbImage) => Promise<Float32Array>,
  image: RgbImage,
  input: InputSpec,
  preprocessing: Preprocessing,
  called: string,
): Promise<void> {
  const { placement } = fitImage(image, input, preprocessing);
  const parts = HIDDEN.map(([left, top, right, bottom]) => ({
    left: Math.round(left * image.width),
    top: Math.round(top * image.height),
    right: Math.round(right * image.width),
    bottom: Math.round(bottom * image.height),
  }));
  const gray = plainImage(image.width, image.height, [128, 128, 128]);
  const covered = { ...image, data: Uint8Array.from(image.data) };
  for (const { left, top, right, bottom } of parts) {
    for (let y = top; y < bottom; y++)
      covered.data.fill(128, 3 * (y * image.width + left), 3 * (y * image.width + right));
  }
  const shown = await prepare(image);
  const hidden = await prepare(gray);
  const seen = await prepare(covered);
  const { area } = placement;
  const { channels, width, height, layout } = input;
  let [wrong, all] = [0, 0];
  for (let row = area.y + 1; row < area.y + area.height - 1; row++) {
    for (let column = area.x + 1; column < area.x + area.width - 1; column++) {
      const x = (column + 0.5 - placement.offsetX) / placement.scaleX;
      const y = (row + 0.5 - placement.offsetY) / placement.scaleY;
      const [marginX, marginY] = [BLUR * Math.max(1, 1 / placement.scaleX), BLUR * Math.max(1, 1 / placement.scaleY)];
      const depth = Math.max(
        ...parts.map(({ left, top, right, bottom }) =>
          Math.min((x - left) / marginX, (right - x) / marginX, (y - top) / marginY, (bottom - y) / marginY),
        ),
      );
      // At the edges of parts both show.
      if (Math.abs(depth) < 1) continue;
      for (let channel = 0; channel < channels; channel++) {
        const pixel = row * width + column;
        const at = layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel;
        const expected = depth > 0 ? hidden[at]! : shown[at]!;
        wrong += Math.abs(seen[at]! - expected);
        all += Math.abs(shown[at]! - hidden[at]!);
      }
    }
  }
  if (wrong > DIFFERS * all) throw unknownPlacement(called);
}

/** Values of plain images by which means and deviations are measured. */
const GRAYS = [64, 192] as const;
/** Those of plain images are taken where they are this near to what waves showed, in parts of a deviation. */
const NEAR = 0.05;

/**
 * Means and deviations as plain images show them: no kernel of scaling changes those. What is found for waves stays where plain images show
 * something else, as they do where contrast is stretched.
 */
async function withExactValues(
  found: Preprocessing,
  prepare: (image: RgbImage) => Promise<Float32Array>,
  input: InputSpec,
): Promise<Preprocessing> {
  const { channels, width, height, layout } = input;
  const [dark, bright] = await Promise.all(
    GRAYS.map((gray) => prepare(plainImage(width, height, [gray, gray, gray])).catch(() => null)),
  );
  if (dark == null || bright == null) return found;
  const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
  const values = Array.from({ length: channels }, (_, channel) => {
    const at = layout === 'nchw' ? channel * width * height + middle : middle * channels + channel;
    const std = (GRAYS[1] - GRAYS[0]) / (bright[at]! - dark[at]!);
    return { mean: GRAYS[0] - dark[at]! * std, std };
  });
  const near = values.every(({ mean, std }, channel) => {
    const [waveMean, waveStd] = [found.mean[channel]!, found.std[channel]!];
    return Math.abs(std / waveStd - 1) < NEAR && Math.abs(mean - waveMean) < NEAR * Math.abs(waveStd);
  });
  // Values are of float32.
  const digits = (value: number): number => Number(value.toFixed(4)) + 0;
  return near
    ? { ...found, mean: values.map(({ mean }) => digits(mean)), std: values.map(({ std }) => digits(std)) }
    : found;
}

function best(fits: readonly Fit[]): Fit {
  return fits.reduce((a, b) => (b.left < a.left ? b : a));
}

/** The best of all whole sizes from which `length` pixels may be cut; the further from it, the worse a size explains a smooth image. */
function bestCut(fit: (kept: number) => Fit, length: number): Fit {
  const fits = new Map<number, Fit>();
  const at = (scaled: number): Fit => {
    const found = fits.get(scaled) ?? fit(length / scaled);
    fits.set(scaled, found);
    return found;
  };
  let [low, high] = [length, Math.ceil(length * LONGEST)];
  while (high - low > 2) {
    const third = Math.max(1, Math.floor((high - low) / 3));
    if (at(low + third).left <= at(high - third).left) high -= third;
    else low += third;
  }
  for (let scaled = low; scaled <= high; scaled++) at(scaled);
  return best([...fits.values()]);
}

/** An image and what the script makes of it: one that is neither square nor of the input's shape, so that the ways differ. */
async function tryOut(
  prepare: (image: RgbImage) => Promise<Float32Array>,
  input: InputSpec,
): Promise<{ readonly image: RgbImage; readonly made: Float32Array }> {
  const odd = waves(3 * input.height + 40, 2 * input.width + 30);
  try {
    return { image: odd, made: await prepare(odd) };
  } catch (error) {
    // It may leave the size as it is, and is right for images of the model's size alone.
    const fitting = waves(input.width, input.height);
    const made = await prepare(fitting).catch(() => null);
    if (made === null) throw error;
    return { image: fitting, made };
  }
}

function fitOf(
  made: Float32Array,
  image: RgbImage,
  input: InputSpec,
  way: Pick<Preprocessing, 'resize' | 'color' | 'kept'>,
): Fit {
  const placed = fitImage(image, input, way);
  const { area } = placed.placement;
  const { channels, width, height, layout } = input;
  const pixels = toPixels(placed, { ...preprocessingOf(way), pad: 0 }, channels);
  const mean: number[] = [];
  const std: number[] = [];
  let unexplained = 0;
  let all = 0;
  for (let channel = 0; channel < channels; channel++) {
    const sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
    for (let row = area.y + 1; row < area.y + area.height - 1; row++) {
      for (let column = area.x + 1; column < area.x + area.width - 1; column++) {
        const pixel = row * width + column;
        const x = pixels[pixel * channels + channel]!;
        const y = made[layout === 'nchw' ? channel * width * height + pixel : pixel * channels + channel]!;
        sums.n += 1;
        sums.x += x;
        sums.y += y;
        sums.xx += x * x;
        sums.xy += x * y;
        sums.yy += y * y;
      }
    }
    const spread = sums.xx - (sums.x * sums.x) / sums.n;
    const common = sums.xy - (sums.x * sums.y) / sums.n;
    const total = sums.yy - (sums.y * sums.y) / sums.n;
    const slope = common / spread;
    unexplained += total === 0 ? 1 : (total - common * slope) / total;
    all += 1;
    // y = slope * x + shift is (x - mean) / std.
    const zero = -(sums.y - slope * sums.x) / sums.n / slope;
    mean.push(Math.abs(zero) < 1 ? 0 : rounded(zero, 0.5));
    std.push(rounded(1 / slope, 0.1));
  }
  const left = Number.isFinite(unexplained) ? unexplained / all : Infinity;
  return { preprocessing: { ...preprocessingOf(way), layout, scale: 1, mean, std, pad: 0 }, left };
}

/** Scaling by another kernel blurs the last digits: means and deviations of trained models are not finer than these. */
function rounded(value: number, step: number): number {
  const near = Math.round(value / step) * step;
  return Math.abs(value - near) < step / 4 ? Number(near.toPrecision(6)) + 0 : Number(value.toPrecision(4));
}

/** Slow waves of color, another pattern in each channel and no symmetry. */
function waves(width: number, height: number): RgbImage {
  const { data } = plainImage(width, height, [0, 0, 0]);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [u, v] = [x / width, y / height];
      data[at] = Math.round(128 + 100 * Math.sin(5 * u + 2 * v + 1));
      data[at + 1] = Math.round(128 + 100 * Math.sin(3 * v - 4 * u));
      data[at + 2] = Math.round(128 + 100 * Math.cos(6 * u * v + 2 * v));
    }
  }
  return { width, height, data };
}
