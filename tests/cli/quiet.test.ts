/** `--quiet` leaves results and errors: the same output, and nothing beside it. */
import { cpSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { datum, type CliResult } from '../helpers/cli.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const animals = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
const model = `${animals}classifier-shortcut.onnx`;
const photo = `${animals}images/watermark_on_duck.jpg`;

/** Without what differs from one run to the next, and without the flag in commands to paste. */
function steady(text: string): string {
  return text.replaceAll(/\d+\.\d+ s\b/g, '# s').replaceAll(' --quiet', '');
}

/** The same command with and without `--quiet`: what is said beside the results goes, and nothing else. */
async function bothWays(args: readonly string[], quietArgs: readonly string[] = args): Promise<CliResult> {
  const loud = await datum(args);
  const quiet = await datum([...quietArgs, '--quiet']);
  expect(loud.code).toBe(0);
  expect(loud.stderr).not.toBe('');
  expect(quiet.stderr).toBe('');
  expect(quiet.code).toBe(0);
  return { ...loud, stdout: steady(quiet.stdout) };
}

it('explain: an image', async () => {
  const args = ['explain', photo, '-m', model, '-s', '64', '--workers', '1'];
  const { stdout } = await bothWays(args);
  expect(stdout).toContain('horse');
  expect(stdout).toBe(steady((await datum(args)).stdout));
});

it('explain: a dataset, and its report', async () => {
  const data = folder.at('data');
  cpSync(photo, `${data}/duck/a.jpg`);
  cpSync(`${animals}images/classifier_dog_0.jpg`, `${data}/dog/b.jpg`);
  const args = ['explain', `${data}:imagenet`, '-m', model, '-s', '32', '--workers', '1', '-o'];
  const out = folder.at('out');
  const { stdout } = await bothWays([...args, folder.at('loud')], [...args, out]);
  expect(stdout).toContain('2 of 2 pictures');
  expect(await datum(['report', out, '--quiet'])).toMatchObject({ code: 0, stderr: '' });
  expect((await datum(['report', out, '--quiet'])).stdout).toBe((await datum(['report', out])).stdout);
});

it('check', async () => {
  const map = folder.at('map.npy');
  // Format 1.0 of NumPy's npy: a header of 118 characters, then float32 in rows.
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (8, 8), }".padEnd(117) + '\n';
  const values = Float32Array.from({ length: 64 }, (_, i) => i);
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  writeFileSync(map, Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer)]));
  const { stdout } = await bothWays([
    'check',
    map,
    '--image',
    photo,
    '-m',
    model,
    '--methods',
    'none',
    '--workers',
    '1',
  ]);
  expect(stdout).toContain('map.npy');
});

it('model run: errors stay', async () => {
  const data = folder.at('broken');
  cpSync(photo, `${data}/duck/a.jpg`);
  folder.write('broken/duck/b.jpg', 'no image');
  const args = ['model', 'run', `${data}:imagenet`, '-m', model, '--workers', '1', '-o'];
  const loud = await datum([...args, folder.at('run-loud')]);
  const quiet = await datum([...args, folder.at('run-quiet'), '--quiet']);
  expect(quiet.code).toBe(0);
  expect(quiet.stdout.replace('run-quiet', 'run-loud')).toBe(loud.stdout);
  expect(quiet.stderr).toMatch(/^\S*b(\.jpg)? is left out: .*\n$/);
  expect(loud.stderr.split('\n').length).toBeGreaterThan(2);
});

it('an error is said all the same, and what is to be watched is refused', async () => {
  const args = ['explain', photo, '-m', model, '--quiet'];
  const { code, stderr } = await datum(['explain', folder.at('nosuch.jpg'), '-m', model, '--quiet']);
  expect([code, stderr.split('\n').length]).toEqual([1, 2]);
  for (const watched of ['--progressive', '--display']) {
    const refused = await datum([...args, watched]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${watched} shows a run while it goes on, and --quiet leaves only its results`);
  }
});
