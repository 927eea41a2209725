import { constantsOf, readGraph, type Node } from './graph.js';

/** What a graph does to each channel of an input before anything else: `output = input * scale + shift`. */
export interface Opening {
  /** One number, or one a channel. */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  /** Whether the channels are turned round before that. */
  readonly reversed: boolean;
}

/** Operations that leave every value as it is, up to its type and place. */
const NEUTRAL = ['Identity', 'Cast', 'Transpose', 'Unsqueeze', 'Squeeze'];

/**
 * Reads what an ONNX graph does to an input before its first layer: sums and products with constants, and a turning of
 * the channels. Null where it does nothing of the kind, or the bytes are not a model.
 */
export function readOpening(file: Uint8Array, input: string): Opening | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  const { node: nodes } = graph;
  const constants = constantsOf(graph);
  let opening: Opening = { scale: [1], shift: [0], reversed: false };
  let value = input;
  for (;;) {
    const users = nodes.filter(({ input: inputs, opType }) => inputs.includes(value) && opType !== 'Shape');
    const [user] = users;
    if (user === undefined || users.length > 1) break;
    const measured = user.opType === 'BatchNormalization' ? afterStatistics(opening, user, value, constants) : null;
    if (measured !== null) return measured;
    const next = afterNode(opening, user, value, constants);
    const [output] = user.output;
    if (next === null || output === undefined) break;
    opening = next;
    value = output;
  }
  const idle = opening.scale.every((scale) => scale === 1) && opening.shift.every((shift) => shift === 0);
  return idle && !opening.reversed ? null : opening;
}

/** Means and deviations of photographs, as pixels of 0..255. */
const PHOTO = { mean: [50, 180], deviation: [25, 115] } as const;

/**
 * The opening with a batch normalisation of the image: its mean and deviation are those of the images that the model was
 * trained on, and what it multiplies by and adds after them is learned. Null where they are not those of photographs in
 * 0..255 or 0..1: then the images were normalised before.
 */
function afterStatistics(
  { scale, shift, reversed }: Opening,
  { input }: Node,
  value: string,
  constants: (name: string) => number[] | null,
): Opening | null {
  const [first, , , meanName = '', varianceName = ''] = input;
  const [mean, variance] = [constants(meanName), constants(varianceName)];
  if (first !== value || mean === null || variance?.length !== mean.length || ![1, 3].includes(mean.length))
    return null;
  const deviation = variance.map(Math.sqrt);
  const isOf = (range: number): boolean =>
    mean.every((one) => isBetween(one * range, PHOTO.mean)) &&
    deviation.every((one) => isBetween(one * range, PHOTO.deviation));
  if (!isOf(1) && !isOf(255)) return null;
  return {
    scale: combine(scale, deviation, (a, b) => a / b),
    shift: combine(
      combine(shift, mean, (a, b) => a - b),
      deviation,
      (a, b) => a / b,
    ),
    reversed,
  };
}

function isBetween(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}

/** The opening with one more node; null where the node is none of it. */
function afterNode(
  { scale, shift, reversed }: Opening,
  { opType, input }: Node,
  value: string,
  constants: (name: string) => number[] | null,
): Opening | null {
  if (NEUTRAL.includes(opType)) return { scale, shift, reversed };
  const [first, second] = input;
  const other = first === value ? second : first;
  const values = other === undefined ? null : constants(other);
  if (values === null || input.length !== 2) return null;
  if (opType === 'Gather') {
    // Later constants are in the turned order, earlier ones would have to be turned too.
    const plain = scale.length === 1 && shift.length === 1 && !reversed;
    return first === value && plain && values.join() === '2,1,0' ? { scale, shift, reversed: true } : null;
  }
  if (values.length !== 1 && values.length !== 3) return null;
  switch (opType) {
    case 'Add':
      return { scale, shift: combine(shift, values, (a, b) => a + b), reversed };
    case 'Sub':
      if (first !== value) return null;
      return { scale, shift: combine(shift, values, (a, b) => a - b), reversed };
    case 'Mul':
      return {
        scale: combine(scale, values, (a, b) => a * b),
        shift: combine(shift, values, (a, b) => a * b),
        reversed,
      };
    case 'Div':
      if (first !== value) return null;
      return {
        scale: combine(scale, values, (a, b) => a / b),
        shift: combine(shift, values, (a, b) => a / b),
        reversed,
      };
    default:
      return null;
  }
}

/** Channel by channel; one number goes with every channel. */
function combine(a: readonly number[], b: readonly number[], operation: (a: number, b: number) => number): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, channel) =>
    operation(a[channel] ?? a[0] ?? 0, b[channel] ?? b[0] ?? 0),
  );
}
