/**
 * Projects that eight releases of Datumaro wrote, and its own test of RISE: the right answers of
 * `assets/datumaro-projects/README.md`, from wherever a project is named, and nothing written to it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { iou } from '../../src/annotations/index.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { Project } from '../../src/project/project.js';
import { readImage } from '../../src/image/files.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { BIN, start } from '../helpers/built.js';
import { datum } from '../helpers/cli.js';
import { explain } from '../helpers/explain.js';
import { densities } from '../helpers/maps.js';
import { pythonWith } from '../helpers/python.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { treeOf } from '../helpers/tree.js';

const python = pythonWith('numpy', 'cv2', 'PIL') ?? '';
const runs = hasAssets && python !== '';
const folder = tempFolder();
const photo = (name: string): string => asset(`photos/${name}`);

const RELEASES = ['0.1.11', '0.2.3', '0.3.1', '1.0.0', '1.2.1', '1.4.1', '1.5.2', '1.11.1'];

/** Where a copied file leads that holds a relative link in place of a model. */
function leadsTo(file: string): string {
  if (!/\.(xml|bin)$/.test(file) || statSync(file).size > 200) return file;
  const text = readFileSync(file, 'utf8');
  return /^[./]+\/ir\/\S+$/.test(text) ? resolve(dirname(file), text.trim()) : file;
}

/** A copy with links followed: the assets themselves may not be written to, and should not have to be. */
function copied(name: string, to: string): string {
  const from = asset(`datumaro-projects/${name}`);
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, file));
    if (entry.isDirectory()) mkdirSync(target, { recursive: true });
    else {
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(leadsTo(file), target);
    }
  }
  return to;
}

const foundSchema = z.object({
  label: z.object({ id: z.number(), name: z.string() }),
  score: z.number(),
  box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
});
const answersSchema = z.record(z.string(), z.union([z.array(foundSchema), z.string()]));
type Answers = z.output<typeof answersSchema>;

/** Every model of a project by name (or those `only`), asked in a process of its own: what it finds in each image, or its error. */
function ask(project: string, cwd: string, only = ''): Answers {
  const from = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);
  const program = folder.write(
    'ask.mjs',
    `import { Project } from ${from('project/project.js')};
    import { openModel } from ${from('models/open.js')};
    import { predict } from ${from('runs/predict.js')};
    import { readImage } from ${from('image/files.js')};
    const [folder, python, only, ...images] = process.argv.slice(2);
    const project = await Project.open(folder);
    const answers = {};
    for (const name of project.modelNames.filter((one) => only === '' || only.split(',').includes(one))) {
      const wanted = images.filter((image) => ({ face: /hopper/, person: /hopper/, squeezenet: /catdog|elephant/ })[name]?.test(image) ?? /catdog/.test(image));
      for (const image of wanted) {
        const key = name + ' ' + image.replace(/.*\\//, '');
        try {
          const model = await openModel({ ...project.model(name), python }, { workers: 1, image: await readImage(image) });
          answers[key] = (await predict(model, await readImage(image), { topK: 3 })).found;
          await model.close();
        } catch (error) {
          answers[key] = error.message;
        }
      }
    }
    console.log(JSON.stringify(answers));`,
  );
  const images = ['catdog.png', 'captum_elephant.jpg', 'coral_grace_hopper.png'].map(photo);
  const text = execFileSync(process.execPath, [program, project, python, only, ...images], { cwd, encoding: 'utf8' });
  return answersSchema.parse(JSON.parse(text));
}

type Wanted = readonly [label: number, score: number, box?: readonly [number, number, number, number]];

/** The README's right answers, read with the releases' own launchers. */
const RIGHT: Readonly<Record<string, readonly Wanted[]>> = {
  'squeezenet catdog.png': [
    [242, 0.491],
    [243, 0.409],
    [180, 0.063],
  ],
  'squeezenet captum_elephant.jpg': [
    [386, 0.833],
    [101, 0.118],
  ],
  'face coral_grace_hopper.png': [[1, 1, [181.3, 129.6, 167.6, 197.2]]],
  'person coral_grace_hopper.png': [
    [1, 0.602, [380, 509, 6.6, 18.3]],
    [1, 0.529, [362.8, 497.7, 10, 29.3]],
    [1, 0.487],
  ],
  'planted catdog.png': [
    [0, 0.5993],
    [1, 0.4007],
  ],
  'tiny catdog.png': [[2, 1]],
};
/** Releases computed in other precisions: .014 between the first and the last of them. */
const TOLERANCE = 0.0105;

function expectRight(answers: Answers, key: string): void {
  const found = answers[key];
  const wanted = RIGHT[key] ?? [];
  if (!Array.isArray(found)) throw new Error(`${key}: ${String(found)}`);
  wanted.forEach(([label, score, box], i) => {
    const one = found[i]!;
    expect(one.label.id, key).toBe(label);
    expect(Math.abs(one.score - score), `${key}: ${one.score} is not ${score}`).toBeLessThan(TOLERANCE);
    if (box === undefined) return;
    const [x, y, width, height] = box;
    expect(iou(one.box!, { x, y, width, height }), `${key}, box ${i}`).toBeGreaterThan(0.9);
  });
}

/** The models of a release's project. */
function namesIn(release: string): string[] {
  const names = ['squeezenet', 'face', 'person', 'planted'];
  if (/^(0|1\.[02])\./.test(release)) names.push('person detector');
  if (!release.startsWith('0.')) names.push('tiny');
  return names;
}

describe.skipIf(!runs).each(RELEASES)('a project of release %s', (release) => {
  let root = '';
  let project = '';
  let before: string[] = [];
  beforeAll(() => {
    root = copied(release, folder.at(release));
    project = join(root, 'project');
    before = treeOf(root);
  });

  const names = namesIn(release);

  it('answers rightly from outside and from inside, the same from both', () => {
    const outside = ask(project, folder.path);
    const keys = Object.keys(RIGHT).filter((key) => names.includes(key.split(' ')[0]!));
    expect(Object.keys(outside).map((key) => key.replace(/ [^ ]+$/, ''))).toEqual(expect.arrayContaining(names));
    for (const key of keys) expectRight(outside, key);
    // Its script wants an array: where layers are chosen, outputs are a dict.
    if (names.includes('person detector')) {
      expect(outside['person detector catdog.png']).toMatch(
        /person detector\/person_interp\.py failed at line \d+ \(.+\): AttributeError: 'dict' object has no attribute 'reshape'; outputs is a dict, since layers were chosen: '.+' \[.+\]/,
      );
    }
    // The others' files lie in .datumaro/models: which ones are taken, from where, is compared below.
    const wholly = release === RELEASES.at(0) || release === RELEASES.at(-1);
    const inside = ask('.', project, wholly ? '' : 'squeezenet,planted');
    expect(Object.keys(inside).length).toBeGreaterThanOrEqual(3);
    expect(outside).toMatchObject(inside);
    if (wholly) expect(inside).toEqual(outside);
    expect(treeOf(root)).toEqual(before);
  });

  it('is the same from inside, by its .datumaro, and upwards from a folder in it', async () => {
    const list = async (cwd: string, ...args: string[]): Promise<unknown> => {
      const { code, stdout } = await start(process.execPath, [BIN, 'model', 'list', '--json', ...args], cwd).ended;
      expect(code).toBe(0);
      return JSON.parse(stdout);
    };
    const models = z.array(z.looseObject({ name: z.string() })).parse(await list(folder.path, '-p', project));
    expect(models.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(await list(folder.path, '-p', join(project, '.datumaro'))).toEqual(models);
    expect(await list(project)).toEqual(models);
    expect(await list(join(project, '.datumaro', 'plugins'))).toEqual(models);
    expect(treeOf(root)).toEqual(before);
  });
});

describe.skipIf(!runs)('a project taken over', () => {
  it.each(['0.1.11', '1.2.1', '1.11.1'])('of release %s works when the other is gone', async (release) => {
    const own = folder.at(`${release}-own`);
    const moved = copied(release, folder.at(`${release}-moved`));
    expect((await datum(['create', '--from', join(moved, 'project'), '-o', own])).code).toBe(0);
    renameSync(moved, `${moved}-away`);
    const answers = ask('.', own);
    for (const key of Object.keys(RIGHT).filter((one) => namesIn(release).includes(one.split(' ')[0]!)))
      expectRight(answers, key);
  });
});

/** What a model of a release's project makes of a photo. */
async function mapsOf(release: string, name: string, image: string, maxSamples: number) {
  const project = await Project.open(join(folder.at(release), 'project'));
  const model = await openModel({ ...project.model(name), python }, { image: await readImage(photo(image)) });
  try {
    const { targets, image: shown } = await explain(model, photo(image), { maxSamples, stopAt: 'off' });
    return targets.map((target) => ({
      target,
      map: { width: shown.mapWidth, height: shown.mapHeight, data: target.renderMap() },
    }));
  } finally {
    await model.close();
  }
}

describe.skipIf(!runs)('maps of models in projects', () => {
  it.each(['0.1.11', '1.11.1'])("%s: the launcher's lies on the left upper quarter", async (release) => {
    const [first, ...more] = await mapsOf(release, 'planted', 'catdog.png', 300);
    expect(more).toEqual([]);
    expect(first!.target.label?.name).toBe('bright corner');
    const { inside, outside } = densities(first!.map, { x: 0, y: 0, width: 112, height: 112 });
    expect(inside).toBeGreaterThan(2 * outside);
  });

  it.each(['0.3.1', '1.5.2'])("%s: the face's lies on the face, and that of its class too", async (release) => {
    const maps = await mapsOf(release, 'face', 'coral_grace_hopper.png', 100);
    expect(maps.map(({ target }) => target.kind)).toEqual(['label', 'bbox']);
    for (const { map } of maps) {
      const { inside, outside } = densities(map, { x: 181, y: 130, width: 168, height: 197 });
      expect(inside).toBeGreaterThan(2 * outside);
    }
  });
});

/** Datumaro's own test of RISE written anew, with the regions of its two models. */
describe.skipIf(!runs)('planted evidence', () => {
  let root = '';
  let before: string[] = [];
  beforeAll(() => {
    root = copied('planted-rise', folder.at('planted-rise'));
    before = treeOf(root);
  });
  afterAll(() => {
    if (runs) expect(treeOf(root)).toEqual(before);
  });

  const CORNERS = ['10,40', '70,90', '5,20', '30,20'];
  const targetsSchema = z.object({
    targets: z.array(
      z.object({
        kind: z.string(),
        label: z.object({ id: z.number() }),
        bbox: z.array(z.number()).nullish(),
        heatmap: z.string(),
      }),
    ),
  });

  /** What `check.py` says of a run: a line for each map. It wants classes by their number, then the regions in their order. */
  function check(run: string): string[] {
    const { targets } = targetsSchema.parse(JSON.parse(readFileSync(join(run, 'white-explanation.json'), 'utf8')));
    const places = targets.map(({ kind, label, bbox, heatmap }) => ({
      heatmap,
      place: kind === 'label' ? label.id : 3 + CORNERS.indexOf((bbox ?? []).slice(0, 2).map(Math.round).join()),
    }));
    mkdirSync(`${run}-maps`);
    places
      .sort((a, b) => a.place - b.place)
      .forEach(({ heatmap }, i) => {
        copyFileSync(join(run, heatmap), join(`${run}-maps`, `white-heatmap-${i}.png`));
      });
    // Its exit status is that of a boolean of numpy, which Python does not take for one: what it prints counts.
    const { stdout, stderr } = spawnSync(python, [join(root, 'check.py'), `${run}-maps`], { encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    return stdout.trim().split('\n');
  }

  const REFERENCE = ['-s', '2401', '--reference'];
  const cases = [
    { model: 'classifier', maps: 1, flags: REFERENCE },
    { model: 'classifier', maps: 1, flags: [] },
    { model: 'detector', maps: 7, flags: REFERENCE },
    { model: 'detector', maps: 7, flags: [...REFERENCE, '--match', 'iou', '--iou', '0.9'] },
    { model: 'detector', maps: 7, flags: [] },
  ];
  it.each(cases)('$model, $flags: every map lies on its regions', async ({ model, maps, flags }) => {
    const out = folder.at(`rise-${model}-${flags.length}`);
    const args = ['explain', join(root, 'white.png'), '-p', join(root, 'project'), '-m', model, '-o', out, 'rise'];
    const { code, stderr } = await datum([...args, ...flags, '--', '--python', python]);
    expect(stderr).not.toContain('datum:');
    expect(code).toBe(0);
    const lines = check(out);
    expect(lines).toHaveLength(maps);
    for (const line of lines) expect(line).toMatch(/^map \d+: inside [\d.]+ outside [\d.]+ ok$/);
  });

  it('from inside of the project', async () => {
    const out = folder.at('rise-inside');
    const args = [
      'explain',
      '../white.png',
      '-m',
      'detector',
      '-o',
      out,
      'rise',
      ...REFERENCE,
      '--',
      '--python',
      python,
    ];
    const { code, stderr } = await start(process.execPath, [BIN, ...args], join(root, 'project')).ended;
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(check(out).filter((line) => line.endsWith(' ok'))).toHaveLength(7);
  });

  it('through the library: the mean within each region is above the mean outside', async () => {
    const project = await Project.open(join(root, 'project'));
    const white = await readImage(join(root, 'white.png'));
    const model: OpenModel = await openModel({ ...project.model('detector'), python }, { image: white });
    try {
      const options = { maxSamples: 2401, reference: true, stopAt: 'off' } as const;
      const { targets, image } = await explain(model, white, options);
      const boxes = targets.filter(({ kind }) => kind === 'bbox');
      expect(boxes).toHaveLength(4);
      for (const target of boxes) {
        const map = { width: image.mapWidth, height: image.mapHeight, data: target.renderMap() };
        const { inside, outside } = densities(map, target.box!);
        expect(inside).toBeGreaterThan(outside);
      }
    } finally {
      await model.close();
    }
  });
});
