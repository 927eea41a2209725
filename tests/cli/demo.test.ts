import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

it(
  'explains an image and a dataset, with commands that one can type, and says where to look',
  { timeout: 240_000 },
  async () => {
    const out = folder.at('out');
    const { code, stdout } = await datum(['demo', '-o', out]);
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^\$ datum (.+)$/gm)].map(([, command = '']) => command);
    expect(commands.map((command) => command.split(' ')[0])).toEqual(['explain', 'explain', 'explain']);
    expect(stdout).toContain('60 of 60');
    // Where it says to look, that is found which the classifier was made to have.
    const report = /^Look at (.+index\.html)/m.exec(stdout)?.[1] ?? '';
    expect(existsSync(report)).toBe(true);
    const findings = readFileSync(folder.at('out', 'all', 'findings.json'), 'utf8');
    expect(findings).toContain('shared-spot');
    // The map of the first image is highest on the mark, as the demo says.
    const { targets } = JSON.parse(
      readFileSync(folder.at('out', 'duck', 'watermark_on_duck-explanation.json'), 'utf8'),
    ) as {
      targets: { peak: { x: number; y: number } }[];
    };
    expect(targets[0]?.peak.x).toBeLessThan(80);
    expect(targets[0]?.peak.y).toBeGreaterThan(120);
    // The command that it leaves to the reader works, and a second demo does not overwrite the first.
    expect((await datum((commands[2] ?? '').split(' '))).code).toBe(0);
    const again = await datum(['demo', '-o', out]);
    expect(again.code).toBe(1);
    expect(again.stderr).toBe(`datum: ${out} is not empty: delete it, or name another folder with -o.\n`);
  },
);

it('a file in its place is refused in one sentence', async () => {
  const file = folder.at('file');
  writeFileSync(file, '');
  const { code, stderr } = await datum(['demo', '-o', file]);
  expect([code, stderr]).toEqual([1, `datum: ${file} is no folder: name another one with -o.\n`]);
});
