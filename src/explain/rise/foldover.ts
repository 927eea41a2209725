import { stationaryAxis } from './axis.js';
import { cellCount, type MaskField } from './mask-field.js';
import { RandomStream, STREAMS } from './philox.js';
import type { Sampler, SamplerOptions } from './sampler.js';

/**
 * Foldover masks: stationary masks whose cells come from blocks of a Hadamard matrix, each row followed by its
 * complement at the same offset. Within a block of `2 * foldoverOrder(cells)` masks every cell is kept exactly half
 * of the time and every two cells agree exactly half of the time; complements cancel every effect of even order
 * (pairs of cells that count only together) already within two masks.
 *
 * Each block permutes the matrix's columns, flips their signs and shuffles the rows at random, so a single mask is
 * an i.i.d. Bernoulli(1/2) grid, and a map estimates the same quantity as with random masks.
 *
 * Source: Box and Wilson 1951 (foldover); Plackett and Burman 1946 (Hadamard designs).
 */
export function foldoverSampler(options: SamplerOptions): Sampler {
  const field: MaskField = {
    y: stationaryAxis(options.height, options.gridHeight),
    x: stationaryAxis(options.width, options.gridWidth),
  };
  const drawCells = foldoverCells(cellCount(field), options.seed);
  const stream = new RandomStream(options.seed);
  return {
    field,
    probability: 0.5,
    design: 'foldover',
    unit: 2,
    draw(index, cells) {
      drawCells(index, cells);
      stream.at(Math.floor(index / 2), STREAMS.offset);
      return { y: stream.below(field.y.offsets), x: stream.below(field.x.offsets) };
    },
  };
}

/** Draws the cells of such masks, `[count]`, each 0 or 1. */
export function foldoverCells(count: number, seed: number): (index: number, cells: Uint8Array) => void {
  const order = foldoverOrder(count);
  const stream = new RandomStream(seed);
  // Drawing mask by mask touches a block many times in a row: its shuffles are kept until another block is asked for.
  const columns = Int32Array.from({ length: order }, (_, column) => column);
  const rows = new Int32Array(order);
  const flips = new Uint8Array(count);
  let current = -1;

  function enter(block: number): void {
    if (block === current) return;
    current = block;
    stream.at(block, STREAMS.design);
    for (let i = 0; i < order; i++) {
      columns[i] = i;
      rows[i] = i;
    }
    // Column 0 is constant: it is never a cell's.
    stream.shuffle(columns.subarray(1));
    stream.shuffle(rows);
    for (let cell = 0; cell < count; cell++) flips[cell] = stream.bits() & 1;
  }

  return (index, cells) => {
    enter(Math.floor(index / (2 * order)));
    const row = rows[Math.floor(index / 2) % order]!;
    const complement = index % 2;
    for (let cell = 0; cell < count; cell++) {
      cells[cell] = parity(row & columns[cell + 1]!) ^ flips[cell]! ^ complement;
    }
  };
}

/** Order of the Hadamard matrix of a block: the smallest power of two above the number of cells. */
export function foldoverOrder(cells: number): number {
  return 2 ** Math.ceil(Math.log2(cells + 1));
}

/** Number of set bits modulo 2: the entry of Sylvester's Hadamard matrix as 0 (+1) or 1 (-1). */
function parity(bits: number): number {
  let x = bits ^ (bits >>> 16);
  x ^= x >>> 8;
  x ^= x >>> 4;
  x ^= x >>> 2;
  x ^= x >>> 1;
  return x & 1;
}
