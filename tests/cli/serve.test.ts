import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const animals = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
const model = `${animals}detector.onnx`;

it('begins with the models and images that are named, without a project', async () => {
  const stop = new AbortController();
  let state: unknown;
  const served = datum(
    ['serve', '-p', folder.path, '-m', model, '-m', `${animals}classifier-clean.onnx`, `${animals}images/scene_00.jpg`],
    {
      signal: stop.signal,
      onStderr: (text) => {
        const address = /http:\S+/.exec(text)?.[0];
        if (address === undefined) return;
        // The first event of a page: the whole state.
        void fetch(address.replace(/\/[^/]*\?/, '/api/events?'))
          .then(async (answer) => {
            const first = await answer.body?.getReader().read();
            const bytes: unknown = first?.value;
            if (bytes instanceof Uint8Array) state = new TextDecoder().decode(bytes);
          })
          .finally(() => {
            stop.abort();
          });
      },
    },
  );
  expect((await served).code).toBe(0);
  for (const shown of [model, 'classifier-clean.onnx', 'scene_00.jpg']) expect(state).toContain(shown);
});

it.each([
  [['-m', 'nosuch.onnx'], 'there is no model nosuch.onnx here'],
  [['-m', model, 'nosuch.jpg'], 'nosuch.jpg'],
  [[], 'there is no project in'],
])('serve %j: one sentence', async (args, sentence) => {
  const { code, stderr } = await datum(['serve', '-p', folder.path, ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
