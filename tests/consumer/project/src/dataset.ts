/** A run over a dataset that is stopped and goes on ends with what a run in one go ends with. */
import assert from 'node:assert/strict';
import { explainDataset, openDataset, openExplained, openModel } from 'datum-explain';
import { brightModel } from './bright-model.js';

await using model = await openModel(brightModel('inputs/bright.onnx'), { workers: 1 });
const dataset = await openDataset('inputs/images');
const options = { maxSamples: 60, stopAt: 'off', metrics: 'none' } as const;

const whole = await explainDataset(model, dataset, { out: 'out/whole', ...options });
assert.equal(whole.interrupted, false);

const first = explainDataset(model, dataset, { out: 'out/parts', ...options });
const seen: string[] = [];
for await (const item of first) {
  seen.push(item.id);
  if (seen.length === 2) first.stop();
}
assert.equal((await first).interrupted, true);
assert.ok(seen.length >= 2);

const second = explainDataset(model, dataset, { out: 'out/parts', ...options });
const rest: string[] = [];
for await (const item of second) rest.push(item.id);
const parts = await second;
assert.equal(parts.interrupted, false);
// No item is explained twice, and none is left out.
assert.equal(new Set([...seen, ...rest]).size, seen.length + rest.length);
assert.deepEqual(await mapsIn('out/parts'), await mapsIn('out/whole'));
assert.equal((await mapsIn('out/whole')).length, 10);
assert.deepEqual(parts.summary.overall, whole.summary.overall);

/** Each item of a folder with its classes, scores and maps. */
async function mapsIn(folder: string): Promise<unknown[]> {
  const { items } = await openExplained(folder);
  return Promise.all(
    items.map(async ({ id, targets }) => [
      id,
      await Promise.all(
        targets.map(async (target) => [target.label?.name, target.score, [...((await target.readMap())?.data ?? [])]]),
      ),
    ]),
  );
}
