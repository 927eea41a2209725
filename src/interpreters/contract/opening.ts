import { z } from 'zod';
import type { Preprocessing } from './types.js';

/** The metadata key under which a launcher tells what its graph does to the image first. */
const KEY = 'datum.opening';

const schema = z.object({
  scale: z.array(z.number()).min(1),
  shift: z.array(z.number()).min(1),
  reversed: z.boolean(),
});

/** How a graph that normalises its input itself wants it. */
export interface OpenedInput {
  readonly color: Preprocessing['color'];
  readonly scale: number;
  /** What the graph does, in words. */
  readonly text: string;
}

/** Means above this are of pixels in 0..255, and so are deviations above the other. */
const PIXEL_MEAN = 2;
const PIXEL_DEVIATION = 20;

/**
 * How a graph wants its input that begins with `input * scale + shift` a channel (`datum.opening`, as JSON): as pixels
 * in 0..255 or 0..1, by the size of the mean it subtracts and of the deviation it divides by; in the order of colors of
 * its means, for red's is the largest in photographs. Null where the graph does not begin so.
 */
export function openedInput(
  metadata: Readonly<Record<string, string>>,
  color: Preprocessing['color'],
): OpenedInput | null {
  const read = schema.safeParse(jsonOf(metadata[KEY]));
  if (!read.success) return null;
  const { scale, shift, reversed } = read.data;
  if (scale.some((factor) => !(factor > 0))) return null;
  const channels = Math.max(scale.length, shift.length);
  const mean = Array.from({ length: channels }, (_, i) => -(shift[i] ?? shift[0] ?? 0) / (scale[i] ?? scale[0] ?? 1));
  const deviation = scale.map((factor) => 1 / factor);
  const pixels = mean.some((value) => value > PIXEL_MEAN) || deviation.some((value) => value > PIXEL_DEVIATION);
  // Turning the channels round and nothing else says nothing of the range.
  if (scale.every((factor) => factor === 1) && shift.every((value) => value === 0)) return null;
  return {
    color: colorOf(mean, reversed, color),
    scale: pixels ? 1 : 1 / 255,
    text: `the model subtracts ${mean.map(short).join(', ')} and divides by ${deviation.map(short).join(', ')} itself`,
  };
}

function colorOf(mean: readonly number[], reversed: boolean, family: Preprocessing['color']): Preprocessing['color'] {
  const [first = 0, , last = first] = mean;
  if (family === 'gray') return family;
  const inside = first > last ? 'rgb' : first < last ? 'bgr' : family;
  if (!reversed) return inside;
  return inside === 'rgb' ? 'bgr' : 'rgb';
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
