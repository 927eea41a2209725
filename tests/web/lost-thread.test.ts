/** The page goes on with a fresh thread after a script has taken one along. */
import { readFileSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { ANIMALS, modelSource, serveBench } from '../helpers/live.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
const flag = temp.write('flag', '');
const script = temp.write(
  'greedy.mjs',
  `import { existsSync } from 'node:fs';
export const getCategories = () => Array.from({ length: 10 }, (_, i) => 'class ' + i);
export function processOutputs(inputs, outputs) {
  if (existsSync(${JSON.stringify(flag)})) { const all = []; for (;;) all.push(new Array(1e6).fill(1)); }
  const [batch, classes] = outputs.shape;
  return Array.from({ length: batch }, (_, i) =>
    Array.from({ length: classes }, (_, label) => ({ label, score: outputs.data[i * classes + label] })));
}
`,
);
const { ask, bench } = await serveBench(
  {},
  {
    models: ['greedy'],
    openModel: (name) =>
      openModel({ description: modelSource('clean').description, interpreter: script }, { workers: 1, name }),
  },
);
const phase = (): string | undefined => bench.state.panes[0]?.prediction?.phase;

it('says what happened, and answers the same question when the script is mended', async () => {
  const body = readFileSync(`${ANIMALS}images/scene_00.jpg`);
  expect((await ask('/api/upload?name=a.jpg', { method: 'POST', body })).status).toBe(200);
  await expect.poll(phase, { timeout: 100_000 }).toBe('failed');
  expect(JSON.stringify(bench.state.panes[0]?.prediction)).toMatch(/a thread of the model ended.*more than 1024 MB/);
  expect(JSON.stringify(bench.state)).not.toContain('a bug');
  rmSync(flag);
  expect((await ask('/api/upload?name=a.jpg', { method: 'POST', body })).status).toBe(200);
  await expect.poll(phase, { timeout: 100_000 }).toBe('done');
  const sent = { pane: 0, options: { maxSamples: 16 }, metrics: 'none' };
  expect((await ask('/api/explain', { method: 'POST', body: JSON.stringify(sent) })).status).toBe(200);
  await expect.poll(() => bench.state.panes[0]?.job?.phase, { timeout: 100_000 }).toBe('done');
});
