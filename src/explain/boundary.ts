/** What a search for a decision boundary is asked. */
export interface BoundarySearch {
  /** Number of pixels in play, > 0. */
  readonly pixels: number;
  /** Numbers of pixels tried first, rising, between 0 and `pixels`; the answer is looked for up to the last of them. */
  readonly grid: readonly number[];
  /** The answer is narrowed down to this many pixels, at least 1. */
  readonly precision: number;
  /** Points tried at once between two bounds: 1 is bisection; models of a fixed batch try a batch for the same price. */
  readonly points: number;
  /** Whether the boundary is crossed at each of the numbers of pixels. */
  readonly crossed: (counts: readonly number[]) => Promise<readonly boolean[]>;
}

/** Where a boundary was found. */
export interface BoundaryPoint {
  /** The smallest number of pixels known to cross it. */
  readonly count: number;
  /** The largest number below that is known not to. */
  readonly below: number;
}

/**
 * The smallest number of pixels that crosses a decision boundary: the grid is tried at once, then the step in which
 * it is first crossed is cut until it is small enough. A boundary that is crossed and crossed back between two
 * neighbours of the grid is not seen.
 *
 * @returns null where no point of the grid crosses it. Where the grid leaves 0 out, 0 is taken not to.
 */
export async function smallestCrossing(search: BoundarySearch): Promise<BoundaryPoint | null> {
  const { grid, precision, points, crossed } = search;
  const answers = await crossed(grid);
  const first = answers.indexOf(true);
  if (first < 0) return null;
  let above = grid[first]!;
  let below = first === 0 ? 0 : grid[first - 1]!;
  if (above === 0) return { count: 0, below: 0 };
  while (above - below > Math.max(1, precision)) {
    const counts = between(below, above, points);
    const found = await crossed(counts);
    const crossing = found.indexOf(true);
    const [low, high] = [below, above];
    above = crossing < 0 ? high : counts[crossing]!;
    below = crossing < 0 ? counts.at(-1)! : crossing === 0 ? low : counts[crossing - 1]!;
  }
  return { count: above, below };
}

/** Up to `points` different whole numbers between two bounds, evenly spread; at least one, where there is one. */
function between(below: number, above: number, points: number): number[] {
  const inner = Math.min(points, above - below - 1);
  return Array.from({ length: inner }, (_, i) => below + Math.round(((i + 1) * (above - below)) / (inner + 1)));
}

/**
 * Numbers of pixels at which the evidence that suffices is looked for: doubling from a 64th part, since what suffices is
 * often little.
 */
export function doublingGrid(pixels: number): number[] {
  const counts = [64, 32, 16, 8, 4, 2].map((part) => Math.ceil(pixels / part)).filter((count) => count < pixels);
  return [...new Set(counts), pixels];
}
