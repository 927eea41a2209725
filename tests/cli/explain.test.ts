import { existsSync, readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openModel } from '../../src/models/open.js';
import { explain } from '../helpers/explain.js';
import { datum } from '../helpers/cli.js';
import { readNpy } from '../helpers/maps.js';
import { png, speckled } from '../helpers/images.js';
import { jittered, plantedYolox, yoloxConfig } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const size = { width: 96, height: 64 };
const objects = [
  {
    box: { x: 8, y: 6, width: 24, height: 18 },
    label: 1,
    evidence: { x: 12, y: 8, width: 12, height: 12 },
    height: 1.4,
  },
  {
    box: { x: 60, y: 30, width: 28, height: 24 },
    label: 2,
    evidence: { x: 68, y: 36, width: 14, height: 12 },
    height: 1.2,
  },
];
const FLAGS = ['-i', 'yolox', '--resize', 'stretch', '--scale', '1/255'];
let photo: string;
let model: string;
beforeAll(async () => {
  // Twice the input's size, so that boxes and peaks must come back to the image's pixels.
  photo = folder.write('my.photo.png', await png(speckled(192, 128)));
  model = folder.write('yolox.onnx', plantedYolox(size, 3, [...objects, ...jittered(objects, objects[0]!.box)]));
  folder.write('labels.txt', 'cat\ndog\nhorse\n');
});

/** `datum explain` on the photo; arguments before `rise`, of the method, of the launcher. */
function run(before: string[], method: string[] = ['-s', '24'], launcher: string[] = []) {
  const labels = ['--labels', folder.at('labels.txt')];
  const args = ['explain', ...before, '-m', model, 'rise', '--workers', '1', ...method];
  return datum([...args, '--', ...FLAGS, ...labels, ...launcher]);
}

/** What programs may rely on: the contract of version 1. */
const contract = z.looseObject({
  version: z.literal(1),
  image: z.strictObject({ path: z.string(), width: z.number(), height: z.number(), mapScale: z.number() }),
  model: z.looseObject({
    name: z.string(),
    path: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    launcher: z.literal('onnx'),
    interpreter: z.string(),
    input: z.strictObject({ width: z.number(), height: z.number() }),
  }),
  method: z.strictObject({ name: z.literal('rise'), options: z.record(z.string(), z.unknown()) }),
  run: z.looseObject({
    samples: z.number(),
    forwards: z.number(),
    seconds: z.number(),
    workers: z.number(),
    stopped: z.enum(['reliability', 'max-samples', 'interrupted', 'time-budget']),
  }),
  targets: z.array(
    z.looseObject({
      index: z.number(),
      kind: z.enum(['label', 'bbox']),
      label: z.strictObject({ id: z.number(), name: z.string() }).nullable(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
      score: z.number(),
      heatmap: z.string().nullable(),
      overlay: z.string().nullable(),
      raw: z.string().nullable(),
      range: z.strictObject({ min: z.number(), max: z.number() }),
      peak: z.strictObject({ x: z.number(), y: z.number() }),
    }),
  ),
});

function readJson(text: string) {
  return contract.parse(JSON.parse(text));
}

describe('datum explain -o', () => {
  it('writes what the contract says, and the JSON names it all', async () => {
    const out = folder.at('out', 'deep');
    const { code, stdout } = await run([photo, '-o', out]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `Look      ${out}/my.photo-report.html\nFiles     ${out}/my.photo-1-dog-overlay.png and 12 more\n`,
    );
    const json = readJson(readFileSync(`${out}/my.photo-explanation.json`, 'utf8'));
    expect(json.image).toEqual({ path: photo, width: 192, height: 128, mapScale: 1 });
    expect(json.run).toMatchObject({ samples: 24, workers: 1, stopped: 'max-samples' });
    // The whole image, the fill alone, and what metrics take.
    expect(json.run.forwards).toBeGreaterThanOrEqual(26);
    expect(json.method.options).toMatchObject({ maxSamples: 24, prob: 0.5, maskWidth: 6, seed: 0, match: 'd-rise' });
    expect(json.targets.map(({ kind, label }) => `${kind} ${label?.name ?? ''}`)).toEqual([
      'label dog',
      'label horse',
      'bbox dog',
      'bbox horse',
    ]);
    // Boxes in pixels of the image, twice those of the input.
    const [, , dog] = json.targets;
    expect(dog!.bbox!.map(Math.round)).toEqual([16, 12, 48, 36]);
    const named = ['my.photo-1-dog', 'my.photo-2-horse', 'my.photo-3-dog', 'my.photo-4-horse'];
    const expected = named.flatMap((name) => [`${name}-heatmap.npy`, `${name}-heatmap.png`, `${name}-overlay.png`]);
    expect(readdirSync(out).sort()).toEqual([...expected, 'my.photo-explanation.json', 'my.photo-report.html'].sort());
    for (const { index, heatmap, overlay, raw, range, peak } of json.targets) {
      expect([heatmap, overlay, raw]).toEqual([
        `${named[index]}-heatmap.png`,
        `${named[index]}-overlay.png`,
        `${named[index]}-heatmap.npy`,
      ]);
      const map = readNpy(`${out}/${raw!}`);
      expect(map.shape).toEqual([128, 192]);
      expect(range.min).toBe(Math.min(...map.data));
      expect(range.max).toBe(Math.max(...map.data));
      expect(map.data[peak.y * 192 + peak.x]).toBe(range.max);
      expect(await sharp(`${out}/${heatmap!}`).metadata()).toMatchObject({ width: 192, height: 128, channels: 1 });
      expect(await sharp(`${out}/${overlay!}`).metadata()).toMatchObject({ width: 192, height: 128, channels: 3 });
    }
  });

  it('colors the overlay where saliency is high, and leaves the image nearly gray elsewhere', async () => {
    const out = folder.at('colored');
    await run([photo, '-o', out], ['-s', '200', '--classes', 'dog', '--save', 'raw,overlay']);
    const { data: map } = readNpy(`${out}/my.photo-1-dog-heatmap.npy`);
    const pixels = await sharp(`${out}/my.photo-1-dog-overlay.png`).raw().toBuffer();
    const sorted = Array.from(map.keys()).sort((a, b) => map[a]! - map[b]!);
    const redness = (some: number[]): number =>
      some.reduce((sum, i) => sum + (pixels[i * 3]! - pixels[i * 3 + 2]!) / some.length, 0);
    const twentieth = Math.floor(map.length / 20);
    expect(redness(sorted.slice(-twentieth))).toBeGreaterThan(redness(sorted.slice(0, twentieth)) + 60);
  });

  it('gives the library’s maps, to the byte', async () => {
    const out = folder.at('same');
    await run([photo, '-o', out], ['-s', '40', '--seed', '5', '--save', 'raw', '--metrics', 'none']);
    // Without the JSON, a hidden file says whose names these are.
    expect(readdirSync(out).filter((name) => !name.endsWith('.npy'))).toEqual(['.datum-names.json']);
    const opened = await openModel({ ...yoloxConfig(model), labels: folder.at('labels.txt') }, { workers: 2 });
    try {
      const { targets } = await explain(opened, photo, { maxSamples: 40, seed: 5 });
      for (const target of targets) {
        const name = `my.photo-${target.index + 1}-${target.label!.name}-heatmap.npy`;
        expect(target.renderMap()).toEqual(readNpy(`${out}/${name}`).data);
      }
    } finally {
      await opened.close();
    }
  });

  it('writes only what --save names, and replaces what was there', async () => {
    const out = folder.at('saved');
    folder.write('saved/my.photo-1-dog-heatmap.png', 'old');
    await run([photo, '-o', out], ['-s', '8', '--save', 'heatmap,json', '--classes', 'dog']);
    expect(readdirSync(out).sort()).toEqual([
      'my.photo-1-dog-heatmap.png',
      'my.photo-2-dog-heatmap.png',
      'my.photo-explanation.json',
    ]);
    expect(await sharp(`${out}/my.photo-1-dog-heatmap.png`).metadata()).toMatchObject({ format: 'png', width: 192 });
    const json = readJson(readFileSync(`${out}/my.photo-explanation.json`, 'utf8'));
    expect(json.targets[0]).toMatchObject({ overlay: null, raw: null, heatmap: 'my.photo-1-dog-heatmap.png' });
  });
});

describe('datum explain without -o', () => {
  it('prints a table and writes nothing', async () => {
    const before = readdirSync(folder.path);
    const { code, stdout, stderr } = await run([photo]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^3 {2}dog \d+ %: /m);
    expect(stdout).toMatch(/16,12,48,36/);
    expect(stdout).toMatch(/with 24 runs in \d+\.\d s by 1 worker\./);
    // What was decided about the model goes to stderr, and no progress where that is no terminal.
    expect(stderr).toContain('yolox');
    expect(stderr).not.toContain('\x1b');
    expect(readdirSync(folder.path)).toEqual(before);
  });

  it('--json prints the JSON alone, with no files in it', async () => {
    const { code, stdout } = await run([photo, '--json']);
    expect(code).toBe(0);
    const json = readJson(stdout);
    expect(json.targets).toHaveLength(4);
    for (const { heatmap, overlay, raw } of json.targets) expect([heatmap, overlay, raw]).toEqual([null, null, null]);
  });
});

describe('the target', () => {
  it('is the same with -t', async () => {
    const positional = readJson((await run([photo, '--json'])).stdout);
    const named = readJson((await run(['-t', photo, '--json'])).stdout);
    expect(named.targets).toEqual(positional.targets);
    expect((await run([photo, '-t', photo, '--json'])).code).toBe(0);
  });

  it('may be called like a method', async () => {
    folder.write('rise', readFileSync(photo));
    const cwd = process.cwd();
    process.chdir(folder.path);
    try {
      const { code, stdout } = await run(['rise', '--json']);
      expect(code).toBe(0);
      expect(readJson(stdout).image.path).toBe(folder.at('rise'));
    } finally {
      process.chdir(cwd);
    }
  });

  it('keeps its name without the ending in the files, whatever dots it has', async () => {
    folder.write('.hidden', readFileSync(photo));
    const out = folder.at('dots');
    await run([folder.at('.hidden'), '-o', out], ['-s', '4', '--save', 'json']);
    expect(existsSync(`${out}/.hidden-explanation.json`)).toBe(true);
  });
});

it('--progressive prints a line a snapshot where stderr is no terminal', async () => {
  const { code, stderr } = await run([photo], ['-s', '3000', '--stop-at', 'off', '--progressive', '--batch-size', '1']);
  expect(code).toBe(0);
  expect(stderr).not.toContain('\x1b');
  // How many depends on the machine; each is one line.
  for (const line of stderr.split('\n').filter((text) => text.includes('masks'))) {
    expect(line).toMatch(/^\d+ of 3000 masks/);
  }
});

it('an interrupted run writes the maps so far, says so, and exits 130', async () => {
  const stop = new AbortController();
  const out = folder.at('stopped');
  const args = [
    'explain',
    photo,
    '-m',
    model,
    '-o',
    out,
    'rise',
    '-s',
    '100000000',
    '--stop-at',
    'off',
    '--progressive',
    '--workers',
    '1',
  ];
  const running = datum([...args, '--', ...FLAGS], {
    signal: stop.signal,
    onStderr: (text) => {
      if (text.includes('masks')) stop.abort();
    },
  });
  const { code, stdout } = await running;
  expect(code).toBe(130);
  expect(stdout).toContain('interrupted');
  const json = readJson(readFileSync(`${out}/my.photo-explanation.json`, 'utf8'));
  expect(json.run.stopped).toBe('interrupted');
  expect(json.run.samples).toBeGreaterThan(0);
  const [map] = json.targets;
  expect(readNpy(`${out}/${map!.raw!}`).data.some((value) => value !== 0)).toBe(true);
});

it('interrupted before the first mask, it writes nothing', async () => {
  const out = folder.at('never');
  const args = ['explain', photo, '-m', model, '-o', out, 'rise', '--workers', '1', '--', ...FLAGS];
  const { code, stdout, stderr } = await datum(args, { signal: AbortSignal.abort() });
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toMatch(/^datum: interrupted .*: nothing was written\.\n$/m);
  expect(existsSync(out)).toBe(false);
});
