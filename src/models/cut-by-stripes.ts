import { plainImage, type RgbImage } from '../image/index.js';
import type { Preprocessing } from '../interpreters/contract/types.js';
import type { InputSpec } from './input.js';
import { fitImage } from './preprocess.js';

/** Where stripes begin and end, as shares of the side: in the middle, which every cut leaves. */
const EDGES = [0.22, 0.27, 0.31, 0.36, 0.4, 0.45, 0.55, 0.6, 0.64, 0.69, 0.73, 0.78] as const;
/** What is measured may differ from what waves showed by this share. */
const NEAR = 0.05;

/**
 * The share that a preprocessing keeps of what it scales, as edges show it: other kernels of scaling blur an edge and leave it where it is.
 *
 * @param found what waves showed; returned as it is where edges cannot be found.
 * @param size of the images that are made
 */
export async function cutByStripes(
  found: Preprocessing,
  prepare: (image: RgbImage) => Promise<Float32Array>,
  input: InputSpec,
  size: Pick<RgbImage, 'width' | 'height'>,
): Promise<Preprocessing> {
  const { kept = 1 } = found;
  if (kept >= 1) return found;
  // Scaled to a whole number of pixels is the side that decides; the other follows.
  const [across, down] = [input.width / size.width, input.height / size.height];
  const along = found.resize === 'stretch' || across >= down ? 'x' : 'y';
  const length = along === 'x' ? size.width : size.height;
  const edges = EDGES.map((share) => Math.round(share * length));
  const [one, other] = await Promise.all([false, true].map((turned) => prepare(stripes(size, edges, along, turned))));
  if (one === undefined || other === undefined) return found;
  const profile = profileOf(one, other, input, along);
  const { placement } = fitImage({ ...size, data: new Uint8Array(3 * size.width * size.height) }, input, found);
  const [scale, offset] = along === 'x' ? [placement.scaleX, placement.offsetX] : [placement.scaleY, placement.offsetY];
  const places = edges.map((edge) => crossingNear(profile, edge * scale + offset, 0.018 * length * scale));
  if (!places.every((place) => place !== null)) return found;
  const measured = (along === 'x' ? across : down) / slope(edges, places);
  const side = along === 'x' ? input.width : input.height;
  const exact = side / Math.round(side / measured);
  return Math.abs(exact / kept - 1) < NEAR && exact <= 1 ? { ...found, kept: exact } : found;
}

function stripes(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  edges: readonly number[],
  along: 'x' | 'y',
  turned: boolean,
): RgbImage {
  const image = plainImage(width, height, [32, 32, 32]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = along === 'x' ? x : y;
      const odd = edges.filter((edge) => edge <= at).length % 2 === 1;
      if (odd !== turned) image.data.fill(224, 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return image;
}

/** The difference of both along the middle of the input. */
function profileOf(
  one: Float32Array,
  other: Float32Array,
  { width, height, channels, layout }: InputSpec,
  along: 'x' | 'y',
): number[] {
  return Array.from({ length: along === 'x' ? width : height }, (_, i) => {
    const pixel = along === 'x' ? Math.floor(height / 2) * width + i : i * width + Math.floor(width / 2);
    const at = layout === 'nchw' ? pixel : pixel * channels;
    return one[at]! - other[at]!;
  });
}

/** Where a profile crosses zero next to a place, edges of pixels being whole numbers; null where it does not within `reach`. */
function crossingNear(profile: readonly number[], place: number, reach: number): number | null {
  let nearest: number | null = null;
  for (let i = 0; i + 1 < profile.length; i++) {
    const [a, b] = [profile[i]!, profile[i + 1]!];
    if (a < 0 === b < 0) continue;
    const at = i + 0.5 + a / (a - b);
    if (Math.abs(at - place) <= reach && (nearest === null || Math.abs(at - place) < Math.abs(nearest - place)))
      nearest = at;
  }
  return nearest;
}

/** The slope of the straight line through points, by least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const common = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return common / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}
