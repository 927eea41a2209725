import { cellCount } from './mask-field.js';
import type { Sampler } from './sampler.js';

/**
 * `sum_i weights[i] * M_i` over masks first..first+n-1, as a map `[height, width]`.
 *
 * No pixel is touched per mask: cells are summed by offset (there are as many offsets and cells as pixels), and the
 * stretching, which is the same for all masks of one offset, runs once at the end, along x and then along y.
 */
export function weightedMaskSum(sampler: Sampler, weights: Float64Array, first = 0): Float64Array {
  const { y: axisY, x: axisX } = sampler.field;
  const count = cellCount(sampler.field);
  const cells = new Uint8Array(count);
  const sums = new Float64Array(axisY.offsets * axisX.offsets * count);
  const used = new Uint8Array(axisY.offsets * axisX.offsets);
  for (let i = 0; i < weights.length; i++) {
    const offset = sampler.draw(first + i, cells);
    const phase = offset.y * axisX.offsets + offset.x;
    const weight = weights[i]!;
    used[phase] = 1;
    for (let cell = 0; cell < count; cell++) {
      if (cells[cell] !== 0) sums[phase * count + cell] = sums[phase * count + cell]! + weight;
    }
  }

  const width = axisX.pixels;
  const map = new Float64Array(axisY.pixels * width);
  const rows = new Float64Array(axisY.cells * width);
  for (let offsetY = 0; offsetY < axisY.offsets; offsetY++) {
    rows.fill(0);
    for (let offsetX = 0; offsetX < axisX.offsets; offsetX++) {
      const phase = offsetY * axisX.offsets + offsetX;
      if (used[phase] === 0) continue;
      for (let row = 0; row < axisY.cells; row++) {
        const base = phase * count + row * axisX.cells;
        const out = row * width;
        for (let x = 0; x < width; x++) {
          const q = x + offsetX;
          const weight = axisX.weight[q]!;
          const value = sums[base + axisX.lower[q]!]! * (1 - weight) + sums[base + axisX.upper[q]!]! * weight;
          rows[out + x] = rows[out + x]! + value;
        }
      }
    }
    for (let y = 0; y < axisY.pixels; y++) {
      const q = y + offsetY;
      const weight = axisY.weight[q]!;
      const low = axisY.lower[q]! * width;
      const high = axisY.upper[q]! * width;
      for (let x = 0; x < width; x++) {
        map[y * width + x] = map[y * width + x]! + rows[low + x]! * (1 - weight) + rows[high + x]! * weight;
      }
    }
  }
  return map;
}
