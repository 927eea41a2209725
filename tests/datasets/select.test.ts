import fc from 'fast-check';
import { expect, it } from 'vitest';

import { filterItems, parseShard, sampleItems, shardItems } from '../../src/datasets/select.js';
import { collect, itemOf, streamOf } from './samples/world.js';

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 60 });
const idsOf = async (items: AsyncIterable<{ id: string }>): Promise<string[]> =>
  (await collect(items)).map(({ id }) => id);
const stream = (names: readonly string[]) => streamOf(names.map((id) => itemOf(id)));

it('puts every item into exactly one shard', async () => {
  await fc.assert(
    fc.asyncProperty(ids, fc.integer({ min: 1, max: 7 }), async (names, count) => {
      const shards = await Promise.all(
        Array.from({ length: count }, (_, i) => idsOf(shardItems(stream(names), { index: i + 1, count }))),
      );
      expect(shards.flat().sort()).toEqual([...names].sort());
    }),
  );
});

it('makes shards of about equal size', async () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `image ${i}`);
  const sizes = await Promise.all(
    [1, 2, 3, 4].map(async (index) => (await idsOf(shardItems(stream(names), { index, count: 4 }))).length),
  );
  // Binomial with n = 10000, p = 1/4: the standard deviation is 43, and the ids are fixed.
  for (const size of sizes) expect(Math.abs(size - 2500)).toBeLessThan(150);
});

it('samples the same items whatever order they come in', async () => {
  await fc.assert(
    fc.asyncProperty(ids, fc.nat(20), fc.nat(5), fc.nat(), async (names, size, seed, turn) => {
      const at = names.length === 0 ? 0 : turn % names.length;
      const turned = [...names.slice(at), ...names.slice(0, at)].reverse();
      const sample = await idsOf(sampleItems(stream(names), size, seed));
      expect(sample).toHaveLength(Math.min(size, names.length));
      expect(new Set(sample).size).toBe(sample.length);
      for (const id of sample) expect(names).toContain(id);
      expect(await idsOf(sampleItems(stream(turned), size, seed))).toEqual(sample);
    }),
  );
});

it('begins a larger sample with the smaller one, and changes with the seed', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `${i}`);
  const large = await idsOf(sampleItems(stream(names), 50, 3));
  expect(await idsOf(sampleItems(stream(names), 20, 3))).toEqual(large.slice(0, 20));
  expect(await idsOf(sampleItems(stream(names), 50, 4))).not.toEqual(large);
});

it('draws every item equally often', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `${i}`);
  const drawn = new Map<string, number>();
  for (let seed = 0; seed < 400; seed++)
    for (const id of await idsOf(sampleItems(stream(names), 5, seed))) drawn.set(id, (drawn.get(id) ?? 0) + 1);
  // Each is drawn with p = 1/4 in 400 rounds: 100 with a standard deviation of 8.7; the seeds are fixed.
  for (const name of names) expect(Math.abs((drawn.get(name) ?? 0) - 100)).toBeLessThan(35);
});

it('gives the same on every machine and in every version', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  expect(await idsOf(sampleItems(stream(names), 4, 0))).toMatchInlineSnapshot(`
    [
      "e",
      "c",
      "f",
      "a",
    ]
  `);
  expect(await idsOf(shardItems(stream(names), { index: 1, count: 2 }))).toMatchInlineSnapshot(`
    [
      "b",
      "e",
    ]
  `);
});

it('filters as items come, without reading on', async () => {
  let read = 0;
  async function* counting() {
    for (;;) yield await Promise.resolve(itemOf(String(read++)));
  }
  for await (const { id } of filterItems(counting(), ({ id: one }) => one === '3')) {
    expect(id).toBe('3');
    break;
  }
  expect(read).toBe(4);
});

it('reads i/n', () => {
  expect(parseShard(' 2 / 4 ')).toEqual({ index: 2, count: 4 });
  for (const text of ['0/4', '5/4', '1/0', '1', 'a/b', '1/2/3', '-1/2']) {
    expect(() => parseShard(text)).toThrow(`shard takes i/n with i from 1 to n, such as 2/4, not '${text}'.`);
  }
});
