import { sharedMemory } from '../../shared-memory.js';

/** An image cut into regions: every pixel lies in one, and each is in one piece. */
export interface Regions {
  /** Number of regions. */
  readonly count: number;
  /** Which one each pixel lies in, `[height, width]`, in memory that threads share; numbered as they are met row by row. */
  readonly of: Uint16Array;
}

/**
 * Makes regions of clusters of pixels: pieces that are not joined become regions of their own, and the smallest is joined
 * with the neighbor that it has the longest border with, until none is smaller than `least`. Neighbors that would become
 * larger than `most` are spared as long as there is another, so that none swallows all pieces of a noisy image.
 *
 * Source: Achanta et al. 2012, section 3 (the clean-up of what k-means leaves unconnected).
 *
 * @param clusters of pixels, `[height, width]`
 * @param limits pixels of a region
 */
export function connectedRegions(
  clusters: Int32Array,
  width: number,
  height: number,
  { least, most }: { readonly least: number; readonly most: number },
): Regions {
  const { pieces, sizes } = piecesOf(clusters, width, height);
  const borders = bordersOf(pieces, sizes.length, width, height);
  const into = Int32Array.from(sizes, (_, piece) => piece);
  const queue = new PieceQueue();
  for (const [piece, size] of sizes.entries()) if (size < least) queue.push(size, piece);
  for (;;) {
    const next = queue.pop();
    if (next === null) break;
    const { size, piece } = next;
    // It has been joined with another since, or has grown.
    if (into[piece] !== piece || sizes[piece] !== size) continue;
    const neighbor = neighborFor(borders[piece]!, sizes, most - size);
    if (neighbor === null) continue;
    into[piece] = neighbor;
    sizes[neighbor]! += size;
    join(borders, piece, neighbor);
    if (sizes[neighbor]! < least) queue.push(sizes[neighbor]!, neighbor);
  }
  return numbered(pieces, into);
}

/** Pieces of pixels of one cluster that are joined along their sides. */
function piecesOf(clusters: Int32Array, width: number, height: number): { pieces: Int32Array; sizes: number[] } {
  const pieces = new Int32Array(clusters.length).fill(-1);
  const sizes: number[] = [];
  const stack = new Int32Array(clusters.length);
  for (let start = 0; start < clusters.length; start++) {
    if (pieces[start] !== -1) continue;
    const piece = sizes.length;
    const cluster = clusters[start]!;
    let [size, top] = [0, 0];
    const visit = (pixel: number): void => {
      if (pieces[pixel] !== -1 || clusters[pixel] !== cluster) return;
      pieces[pixel] = piece;
      stack[top++] = pixel;
    };
    visit(start);
    while (top > 0) {
      const pixel = stack[--top]!;
      size++;
      const x = pixel % width;
      if (x > 0) visit(pixel - 1);
      if (x < width - 1) visit(pixel + 1);
      if (pixel >= width) visit(pixel - width);
      if (pixel < width * (height - 1)) visit(pixel + width);
    }
    sizes.push(size);
  }
  return { pieces, sizes };
}

/** Lengths of borders, for each piece by neighbor. */
type Borders = Map<number, number>[];

function bordersOf(pieces: Int32Array, count: number, width: number, height: number): Borders {
  const borders: Borders = Array.from({ length: count }, () => new Map<number, number>());
  const touch = (pixel: number, other: number): void => {
    const [a, b] = [pieces[pixel]!, pieces[other]!];
    if (a === b) return;
    borders[a]!.set(b, (borders[a]!.get(b) ?? 0) + 1);
    borders[b]!.set(a, (borders[b]!.get(a) ?? 0) + 1);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (x < width - 1) touch(pixel, pixel + 1);
      if (y < height - 1) touch(pixel, pixel + width);
    }
  }
  return borders;
}

/**
 * The neighbor of the longest border among those of no more than `most` pixels, else the smallest; of equal ones that of the
 * lower number. Null where there is none: the piece is the whole image.
 */
function neighborFor(borders: ReadonlyMap<number, number>, sizes: readonly number[], most: number): number | null {
  let best: number | null = null;
  let bestWorth = -Infinity;
  for (const [neighbor, length] of borders) {
    const size = sizes[neighbor]!;
    const worth = size <= most ? length : -size;
    if (worth < bestWorth || (worth === bestWorth && best !== null && neighbor > best)) continue;
    [best, bestWorth] = [neighbor, worth];
  }
  return best;
}

/** Gives the borders of a piece to the one that it is joined with. */
function join(borders: Borders, piece: number, neighbor: number): void {
  const kept = borders[neighbor]!;
  for (const [other, length] of borders[piece]!) {
    const others = borders[other]!;
    others.delete(piece);
    if (other === neighbor) continue;
    kept.set(other, (kept.get(other) ?? 0) + length);
    others.set(neighbor, (others.get(neighbor) ?? 0) + length);
  }
  borders[piece]!.clear();
}

function numbered(pieces: Int32Array, into: Int32Array): Regions {
  const numbers = new Map<number, number>();
  const of = new Uint16Array(sharedMemory(pieces.length * 2));
  for (const [pixel, piece] of pieces.entries()) {
    let last = piece;
    while (into[last] !== last) last = into[last]!;
    // So that no chain is walked twice.
    into[piece] = last;
    const number = numbers.get(last) ?? numbers.size;
    numbers.set(last, number);
    of[pixel] = number;
  }
  return { count: numbers.size, of };
}

/** Pieces, the smallest first, of equal ones that of the lower number: a binary heap. */
class PieceQueue {
  readonly #items: { readonly size: number; readonly piece: number }[] = [];

  push(size: number, piece: number): void {
    const items = this.#items;
    items.push({ size, piece });
    for (let at = items.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(items[at]!, items[parent]!)) break;
      [items[at], items[parent]] = [items[parent]!, items[at]!];
      at = parent;
    }
  }

  pop(): { readonly size: number; readonly piece: number } | null {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (first === undefined || last === undefined) return null;
    if (items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < items.length && isBefore(items[left]!, items[least]!)) least = left;
      if (right < items.length && isBefore(items[right]!, items[least]!)) least = right;
      if (least === at) return first;
      [items[at], items[least]] = [items[least]!, items[at]!];
      at = least;
    }
  }
}

function isBefore(
  a: { readonly size: number; readonly piece: number },
  b: { readonly size: number; readonly piece: number },
): boolean {
  return a.size < b.size || (a.size === b.size && a.piece < b.piece);
}
