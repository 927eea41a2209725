/** A launcher, an interpreter and a format of one's own: by value and by the path of a module, with the same answers. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain, openDataset, openModel, type Model } from 'datum-explain';
import { format } from './plugins/format.js';
import readScores from './plugins/interpreter.js';
import { launcher } from './plugins/launcher.js';

const moduleOf = (name: string): string => fileURLToPath(new URL(`./plugins/${name}.js`, import.meta.url));
writeFileSync('inputs/model.bright', JSON.stringify({ width: 24, height: 16, gain: 0.5 }));

const config = { description: 'inputs/model.bright', labels: ['bright', 'dark'], scale: 1 / 255, mean: [0], std: [1] };
await using byValue = await openModel({ ...config, launcher, interpreter: readScores });
await using byPath = await openModel({
  ...config,
  launcher: moduleOf('launcher'),
  interpreter: moduleOf('interpreter'),
});
assert.equal(byValue.info.launcher, 'brightness');
assert.equal(byPath.info.launcher, 'brightness');

const [value, path] = [await explained(byValue), await explained(byPath)];
assert.deepEqual(value, path);
assert.equal(value.labels[0], 'dark');
assert.ok(value.map.some((saliency) => saliency !== 0));

writeFileSync('inputs/images/list.txt', 'bright/image 000.png\tbright\ndark/image 001.png\tdark\n');
for (const one of [format, moduleOf('format')]) {
  const dataset = await openDataset('inputs/images', { format: one });
  assert.deepEqual(dataset.labelNames, ['bright', 'dark']);
  const items = [];
  for await (const item of dataset.items()) items.push(item);
  assert.equal(items.length, 2);
}

async function explained(model: Model): Promise<{ labels: (string | undefined)[]; map: number[] }> {
  const image = join('inputs', 'images', 'bright', 'image 000.png');
  const { targets } = await explain(model, image, { maxSamples: 40, stopAt: 'off', topK: 2 });
  return { labels: targets.map(({ label }) => label?.name), map: [...(targets[0]?.map.data ?? [])] };
}
