/** What `datum explain -o` leaves in a folder for a single image, and what it says of it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';
import { png, speckled } from '../helpers/images.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
let photo: string;
let model: string;
beforeAll(async () => {
  photo = folder.write('photo.png', await png(speckled(48, 32)));
  model = folder.write('c.onnx', plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 0, width: 12, height: 12 }));
});

function run(image: string, before: string[], method: string[], signal?: AbortSignal) {
  const args = ['explain', image, '-m', model, ...before, 'rise', '--workers', '1', ...method];
  return datum([...args, '--', '-i', 'classification'], signal === undefined ? {} : { signal });
}

describe('an earlier result of the same image', () => {
  const TWO = ['-s', '8', '--top-k', '2'];
  const ONE = ['-s', '8', '--top-k', '1', '--save', 'heatmap,json'];

  it('gives way to a new one, and foreign files stay', async () => {
    const out = folder.at('again');
    await run(photo, ['-o', out], TWO);
    expect(existsSync(`${out}/photo-2-class-0-overlay.png`)).toBe(true);
    const foreign = ['photo-7-cat-heatmap.png', 'other-1-cat-heatmap.png', 'photo-heatmap-7.png', 'photo-notes.txt'];
    for (const name of foreign) writeFileSync(`${out}/${name}`, 'mine');
    const { stdout } = await run(photo, ['-o', out], ONE);
    expect(stdout).toContain(`Files     ${out}/photo-1-class-1-heatmap.png and 1 more\n`);
    // The page would show the earlier one.
    expect(readdirSync(out).sort()).toEqual(
      [...foreign, 'photo-explanation.json', 'photo-1-class-1-heatmap.png'].sort(),
    );
  });

  it('loses only files that are called like results, whatever its JSON names', async () => {
    const out = folder.at('names');
    const kept = folder.write('names-kept.txt', 'mine');
    folder.write('names/mine.png', 'mine');
    folder.write(
      'names/photo-explanation.json',
      JSON.stringify({
        image: { path: photo },
        targets: [{ heatmap: '../names-kept.txt', overlay: 'mine.png', raw: kept, error: 'photo-1-../x-heatmap.png' }],
      }),
    );
    await run(photo, ['-o', out], ONE);
    expect(readFileSync(kept, 'utf8')).toBe('mine');
    expect(existsSync(`${out}/mine.png`)).toBe(true);
  });

  it('stays where it is of another image, or its JSON is not written anew', async () => {
    const out = folder.at('another');
    await run(photo, ['-o', out], TWO);
    await run(photo, ['-o', out], ['-s', '8', '--save', 'heatmap']);
    expect(existsSync(`${out}/photo-2-class-0-overlay.png`)).toBe(true);
    const other = folder.write('deep/photo.png', readFileSync(photo));
    await run(other, ['-o', out], ONE);
    expect(existsSync(`${out}/photo-2-class-0-overlay.png`)).toBe(true);
    // The other image has files of its own, and finds them again.
    const base = `photo-${createHash('sha256').update(other).digest('hex').slice(0, 8)}`;
    const json: unknown = JSON.parse(readFileSync(`${out}/${base}-explanation.json`, 'utf8'));
    expect(json).toMatchObject({ image: { path: other }, targets: [{ heatmap: `${base}-1-class-1-heatmap.png` }] });
    const before = readdirSync(out);
    await run(other, ['-o', out], ONE);
    expect(readdirSync(out)).toEqual(before);
  });

  it('stays when the run ends before it writes', async () => {
    const out = folder.at('ended');
    await run(photo, ['-o', out], TWO);
    const before = readdirSync(out);
    expect((await run(photo, ['-o', out], ONE, AbortSignal.abort())).code).toBe(130);
    expect((await run(photo, ['-o', out], ['-s', '8', '--classes', 'nothing'])).code).toBe(2);
    expect(readdirSync(out)).toEqual(before);
  });
});

describe('what was asked for and is not there', () => {
  it('is said, and nothing is called written', async () => {
    const out = folder.at('nothing');
    const { code, stdout, stderr } = await run(photo, ['-o', out], ['-s', '1', '--save', 'evidence']);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'No evidence: --metrics fast, which takes no more runs than the explanation, needs more than 1 mask: raise --max-samples, or give --metrics full.\n',
    );
    expect(stdout).toContain(', with 1 run in ');
    expect(stdout).toContain(`Files     nothing was written to ${out}\n`);
    expect(existsSync(out)).toBe(false);
  });

  it('is said of figures in the terminal', async () => {
    const few = await run(photo, [], ['-s', '16', '--metrics', 'fast']);
    expect(few.stderr).toMatch(/^No deletion, insertion and decision boundary: .* needs more than 16 masks/m);
    const full = await run(photo, [], ['-s', '16', '--metrics', 'full']);
    expect(full.stderr).not.toContain('No deletion');
    expect(full.stdout).toMatch(/ hidden +shown /);
  });
});

it('--save report writes the page too', async () => {
  const out = folder.at('paged');
  const { stdout } = await run(photo, ['-o', out], ['-s', '8', '--save', 'json,report']);
  expect(readdirSync(out).sort()).toEqual(['photo-explanation.json', 'photo-report.html']);
  expect(stdout).toContain(`Look      ${out}/photo-report.html\n`);
});

it('--full-size is refused where no map is kept', async () => {
  const { code, stderr } = await run(photo, [], ['-s', '8', '--full-size']);
  expect(code).toBe(2);
  expect(stderr).toBe(
    'datum: --full-size is the size of maps that are kept, and none is: give a folder with -o, or leave it out.\n',
  );
  expect((await run(photo, ['--json'], ['-s', '8', '--full-size'])).code).toBe(0);
});

it('a single image is refused the folder of a dataset’s run, before it is explained', async () => {
  folder.write('set/a.png', readFileSync(photo));
  const out = folder.at('set-out');
  expect((await run(folder.at('set'), ['-o', out], ['-s', '4'])).code).toBe(0);
  const { code, stderr } = await run(photo, ['-o', out], ['-s', '4']);
  expect(code).toBe(1);
  expect(stderr).toBe(`datum: ${out} holds a dataset that was explained: choose another folder for a single image.\n`);
});

it('--save report is refused for a dataset, which always ends in its report', async () => {
  folder.write('set/a.png', readFileSync(photo));
  const { code, stderr } = await run(folder.at('set'), ['-o', folder.at('x')], ['-s', '4', '--save', 'json,report']);
  expect(code).toBe(2);
  expect(stderr).toContain('leave report out of --save.\n');
});

it('a dataset without images, and a format that there is not, are named', async () => {
  folder.write('bare/a.json', JSON.stringify({ images: [], annotations: [], categories: [{ id: 1, name: 'a' }] }));
  const bare = await run(folder.at('bare'), ['-o', folder.at('x')], []);
  expect(bare.stderr).toBe(
    `datum: ${folder.at('bare')} has no images: its coco files list none, name another dataset.\n`,
  );
  const unknown = await run(`${folder.at('bare')}:foo`, ['-o', folder.at('x')], []);
  expect(unknown.stderr).toMatch(/^datum: there is no dataset format 'foo': there are coco, /);
});
