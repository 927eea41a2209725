import { sharedMemory } from '../../shared-memory.js';

/**
 * Pixels in falling order of saliency; equal ones in reading order, so that the order is a function of the map alone.
 *
 * @param map saliency, any shape, no NaN
 * @returns indices into `map`, in memory that worker threads can read
 */
export function orderBySaliency(map: Float32Array): Uint32Array {
  const keys = fallingKeys(map);
  const first = new Uint32Array(map.length);
  const order = new Uint32Array(sharedMemory(map.length * 4));
  // Two stable passes of a radix sort: comparing 170,000 floats through a callback takes a hundred times as long.
  scatter(keys, 0, null, first);
  scatter(keys, 16, first, order);
  return order;
}

/** Unsigned integers that rise where the floats fall. */
function fallingKeys(map: Float32Array): Uint32Array {
  // Adding 0 makes -0 and 0 the same.
  const bits = new Uint32Array(map.map((value) => value + 0).buffer);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    // Positive floats sort as their bits do, negative ones the other way round and below.
    const rising = (value & 0x8000_0000) === 0 ? value | 0x8000_0000 : ~value;
    bits[i] = ~rising >>> 0;
  }
  return bits;
}

/** One counting pass over 16 bits of the keys; `from` null stands for 0, 1, 2... */
function scatter(keys: Uint32Array, shift: number, from: Uint32Array | null, to: Uint32Array): void {
  const starts = new Uint32Array(0x1_0001);
  for (const key of keys) {
    const digit = (key >>> shift) & 0xffff;
    starts[digit + 1] = starts[digit + 1]! + 1;
  }
  for (let digit = 0; digit < 0x1_0000; digit++) starts[digit + 1] = starts[digit + 1]! + starts[digit]!;
  for (let i = 0; i < keys.length; i++) {
    const index = from === null ? i : from[i]!;
    const digit = (keys[index]! >>> shift) & 0xffff;
    to[starts[digit]!] = index;
    starts[digit] = starts[digit]! + 1;
  }
}
