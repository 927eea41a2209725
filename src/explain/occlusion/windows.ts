/** Windows that slide over an area; plain data, the same in every thread. */
export interface WindowDrawing {
  readonly sampler: 'windows';
  /** Size of the masked area in pixels. */
  readonly width: number;
  readonly height: number;
  /** Side of the window, in pixels; along an axis that is shorter it is as long as that. */
  readonly window: number;
  /** From one window to the next, in pixels, at most the window's side: every pixel lies in one. */
  readonly stride: number;
}

/** The windows along one axis. */
interface WindowAxis {
  readonly length: number;
  readonly side: number;
  /** Where windows begin, rising; the last one ends where the axis does. */
  readonly starts: readonly number[];
  /** For every pixel the first window that it lies in, and the first one behind it that it does not. */
  readonly first: Int32Array;
  readonly end: Int32Array;
}

function windowAxis(length: number, window: number, stride: number): WindowAxis {
  const side = Math.min(window, length);
  const starts: number[] = [];
  for (let at = 0; at < length - side; at += stride) starts.push(at);
  starts.push(length - side);
  const first = new Int32Array(length).fill(starts.length);
  const end = new Int32Array(length);
  for (const [index, start] of starts.entries()) {
    for (let pixel = start; pixel < start + side; pixel++) {
      first[pixel] = Math.min(first[pixel]!, index);
      end[pixel] = index + 1;
    }
  }
  return { length, side, starts, first, end };
}

/** All windows, row by row. */
export class Windows {
  readonly #x: WindowAxis;
  readonly #y: WindowAxis;

  constructor({ width, height, window, stride }: WindowDrawing) {
    this.#x = windowAxis(width, window, stride);
    this.#y = windowAxis(height, window, stride);
  }

  get count(): number {
    return this.#x.starts.length * this.#y.starts.length;
  }

  /** Writes the mask of a window: 0 in it, 1 around it, `[height, width]`. */
  draw(index: number, out: Float32Array): void {
    const { starts, side, length: width } = this.#x;
    const left = starts[index % starts.length]!;
    const top = this.#y.starts[Math.floor(index / starts.length)]!;
    out.fill(1);
    for (let y = top; y < top + this.#y.side; y++) out.fill(0, y * width + left, y * width + left + side);
  }

  /**
   * The mean over the windows that cover a pixel, `[height, width]`; 0 where none of those given does.
   *
   * @param values of the first windows
   */
  meanOver(values: Float64Array): Float32Array {
    const [sums, counts] = [
      this.#summed((index) => values[index] ?? 0),
      this.#summed((i) => (i < values.length ? 1 : 0)),
    ];
    const columns = this.#x.starts.length + 1;
    const width = this.#x.length;
    const out = new Float32Array(this.#y.length * width);
    for (let y = 0; y < this.#y.length; y++) {
      const above = this.#y.first[y]! * columns;
      const below = this.#y.end[y]! * columns;
      for (let x = 0; x < width; x++) {
        const left = this.#x.first[x]!;
        const right = this.#x.end[x]!;
        const over = (table: Float64Array): number =>
          table[below + right]! - table[below + left]! - table[above + right]! + table[above + left]!;
        const count = over(counts);
        out[y * width + x] = count > 0 ? over(sums) / count : 0;
      }
    }
    return out;
  }

  /** Sums over all windows above and to the left, `[rows + 1, columns + 1]`: of any rectangle of windows in four terms. */
  #summed(valueOf: (index: number) => number): Float64Array {
    const [rows, columns] = [this.#y.starts.length, this.#x.starts.length];
    const table = new Float64Array((rows + 1) * (columns + 1));
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) {
        sum += valueOf(row * columns + column);
        const at = (row + 1) * (columns + 1) + column + 1;
        table[at] = table[at - columns - 1]! + sum;
      }
    }
    return table;
  }
}

/** Draws the masks of windows by their numbers. */
export function windowDrawer(drawing: WindowDrawing): (index: number, out: Float32Array) => void {
  const windows = new Windows(drawing);
  return (index, out) => {
    windows.draw(index, out);
  };
}
