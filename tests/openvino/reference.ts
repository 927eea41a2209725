/** Plain loops that say what windowed operations should give; slow, and as close to their definition as possible. */

export interface Planes {
  readonly data: readonly number[];
  /** [N, C, H, W] */
  readonly shape: readonly [number, number, number, number];
}

export interface Window {
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly begin?: readonly [number, number];
}

/** A value of an image, or 0 outside it. */
export function at({ data, shape: [, C, H, W] }: Planes, n: number, c: number, y: number, x: number): number {
  return y < 0 || y >= H || x < 0 || x >= W ? 0 : data[((n * C + c) * H + y) * W + x]!;
}

/** Values of a result by its four indices. */
export function fill(
  shape: readonly [number, number, number, number],
  value: (n: number, c: number, y: number, x: number) => number,
): number[] {
  const [N, C, H, W] = shape;
  const out: number[] = [];
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++) for (let y = 0; y < H; y++) for (let x = 0; x < W; x++) out.push(value(n, c, y, x));
  return out;
}

/** Row and column under the number (i, j) of the kernel where the window stands at (y, x). */
function tap(
  { strides = [1, 1], dilations = [1, 1], begin = [0, 0] }: Window,
  y: number,
  x: number,
  i: number,
  j: number,
): readonly [row: number, column: number] {
  return [y * strides[0] + i * dilations[0] - begin[0], x * strides[1] + j * dilations[1] - begin[1]];
}

/** Cross-correlation with weights [O, C / groups, kh, kw]. */
export function convolve(
  input: Planes,
  weights: readonly number[],
  out: readonly [number, number, number, number],
  window: Window,
  groups = 1,
): number[] {
  const [kh, kw] = window.kernel;
  const inner = input.shape[1] / groups;
  const perGroup = out[1] / groups;
  return fill(out, (n, o, y, x) => {
    let sum = 0;
    for (let c = 0; c < inner; c++)
      for (let i = 0; i < kh; i++)
        for (let j = 0; j < kw; j++) {
          const channel = Math.floor(o / perGroup) * inner + c;
          const [row, column] = tap(window, y, x, i, j);
          sum += at(input, n, channel, row, column) * weights[((o * inner + c) * kh + i) * kw + j]!;
        }
    return sum;
  });
}

/** Transposed convolution with weights [C, O / groups, kh, kw]: each input value adds a kernel to the output. */
export function convolveTransposed(
  input: Planes,
  weights: readonly number[],
  out: readonly [number, number, number, number],
  window: Window,
  groups = 1,
): number[] {
  const [kh, kw] = window.kernel;
  const [N, C, H, W] = input.shape;
  const [, O, OH, OW] = out;
  const perGroup = O / groups;
  const result = new Array<number>(N * O * OH * OW).fill(0);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let y = 0; y < H; y++)
        for (let x = 0; x < W; x++)
          for (let o = 0; o < perGroup; o++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const [row, column] = tap(window, y, x, i, j);
                if (row < 0 || row >= OH || column < 0 || column >= OW) continue;
                const channel = Math.floor(c / (C / groups)) * perGroup + o;
                result[((n * O + channel) * OH + row) * OW + column]! +=
                  at(input, n, c, y, x) * weights[((c * perGroup + o) * kh + i) * kw + j]!;
              }
  return result;
}

/** Values under a window: those inside the image, and how many lie in the image with its padding. */
export function under(
  input: Planes,
  n: number,
  c: number,
  y: number,
  x: number,
  window: Window,
  end: readonly [number, number] = [0, 0],
): { values: number[]; padded: number } {
  const [kh, kw] = window.kernel;
  const [, , H, W] = input.shape;
  const values: number[] = [];
  let padded = 0;
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j++) {
      const [row, column] = tap(window, y, x, i, j);
      if (row >= H + end[0] || column >= W + end[1]) continue;
      padded++;
      if (row >= 0 && row < H && column >= 0 && column < W) values.push(at(input, n, c, row, column));
    }
  return { values, padded };
}
