import { symlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { oneAtATime } from '../../src/results/one-at-a-time.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The most that were at work at once, each on its folder. */
async function mostAtOnce(folders: readonly string[]): Promise<number> {
  let [now, most] = [0, 0];
  const work = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await setTimeout(5);
    now--;
  };
  await Promise.all(folders.map((folder) => oneAtATime(folder, work)));
  return most;
}

it('lets one at a time work on a folder, there or not, by whatever name', async () => {
  symlinkSync(temp.path, `${temp.path}/link`);
  expect(await mostAtOnce([temp.at('new'), temp.at('new'), `${temp.path}/link/new`, temp.at('other/../new')])).toBe(1);
});

it('passes on after an error', async () => {
  const fails = oneAtATime(temp.at('failed'), () => Promise.reject(new Error('mine')));
  await expect(fails).rejects.toThrow('mine');
  expect(await oneAtATime(temp.at('failed'), () => Promise.resolve(3))).toBe(3);
});

it('does not wait where the system’s temporary files cannot be written', async () => {
  vi.stubEnv('TMPDIR', '/proc/none');
  expect(await oneAtATime(temp.at('anyhow'), () => Promise.resolve(3))).toBe(3);
});
