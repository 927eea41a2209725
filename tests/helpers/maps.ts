import { readFileSync } from 'node:fs';

/** A map `[height, width]`, row-major. */
export interface PlainMap {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Mean positive saliency a pixel inside and outside a region. Negative saliency (pixels that speak against the target)
 * counts as none: it is not evidence for it.
 */
export function densities(
  { width, height: height, data }: PlainMap,
  region: Region,
): { inside: number; outside: number } {
  const sums = { inside: 0, outside: 0 };
  const counts = { inside: 0, outside: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // A pixel belongs to the region that its centre lies in.
      const within =
        x + 0.5 >= region.x &&
        x + 0.5 < region.x + region.width &&
        y + 0.5 >= region.y &&
        y + 0.5 < region.y + region.height;
      const side = within ? 'inside' : 'outside';
      sums[side] += Math.max(0, data[y * width + x]!);
      counts[side] += 1;
    }
  }
  return { inside: sums.inside / counts.inside, outside: sums.outside / counts.outside };
}

/** Where the largest value stands. */
export function peakOf({ width, data }: PlainMap): { x: number; y: number } {
  let peak = 0;
  for (let i = 1; i < data.length; i++) if (data[i]! > data[peak]!) peak = i;
  return { x: peak % width, y: Math.floor(peak / width) };
}

/** Largest absolute difference of two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length} differ`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** Reads a float32 NPY file, by the format's description rather than by the code that wrote it. */
export function readNpy(path: string): { readonly shape: readonly number[]; readonly data: Float32Array } {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error(`${path} is no NPY file`);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '';
  if (!header.includes("'descr': '<f4'") || !header.includes("'fortran_order': False")) throw new Error(header);
  const data = new Float32Array((bytes.length - start) / 4);
  for (let i = 0; i < data.length; i++) data[i] = bytes.readFloatLE(start + i * 4);
  return {
    shape: shape
      .split(',')
      .filter((part) => part.trim() !== '')
      .map(Number),
    data,
  };
}

/** The share of all positive saliency that lies in a region. */
export function shareWithin(map: PlainMap, region: Region): number {
  let within = 0;
  let all = 0;
  for (const [at, value] of Array.from(map.data).entries()) {
    if (!(value > 0)) continue;
    const [x, y] = [(at % map.width) + 0.5, Math.floor(at / map.width) + 0.5];
    all += value;
    if (x >= region.x && x < region.x + region.width && y >= region.y && y < region.y + region.height) within += value;
  }
  return within / all;
}
