/** What the runtime must not do to the process, seen from outside, with a model that takes its time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asset, hasAssets } from '../helpers/assets.js';
import { BIN } from '../helpers/built.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

async function explainCatAndDog(home: string, interpreter: string[]): Promise<{ code: number | null; stderr: string }> {
  const model = asset('onnx/squeezenet1.1.onnx');
  const args = ['explain', asset('photos/catdog.png'), '-m', model, 'rise', '-s', '8', '--', ...interpreter];
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...env, HOME: home, XDG_CACHE_HOME: undefined } });
  let stderr = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

describe.skipIf(!hasAssets)('a command', () => {
  it('ends with its message where one worker fails while another runs the model', async () => {
    for (let i = 0; i < 4; i++) {
      const { code, stderr } = await explainCatAndDog(folder.path, ['-i', 'yolox']);
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^datum: .*"yolox"/m) as unknown,
      });
      expect(stderr).not.toContain('terminate');
    }
  });

  it('leaves nothing in the home of the user', async () => {
    folder.write('home/.keep', '');
    expect((await explainCatAndDog(folder.at('home'), [])).code).toBe(0);
    expect(readdirSync(folder.at('home'))).toEqual(['.keep']);
  });
});
