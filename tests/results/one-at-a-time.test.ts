import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { oneAtATime } from '../../src/results/one-at-a-time.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();

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

it('leaves the folder as it was, and says where it cannot be written', async () => {
  await oneAtATime(temp.at('left'), () => Promise.resolve());
  expect(existsSync(temp.at('left'))).toBe(false);
  mkdirSync(temp.at('there'));
  await oneAtATime(temp.at('there'), () => Promise.resolve());
  expect(readdirSync(temp.at('there'))).toEqual([]);
  await expect(oneAtATime('/proc/none', () => Promise.resolve())).rejects.toThrow(
    'the folder /proc/none cannot be made',
  );
});
