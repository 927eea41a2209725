/** Images of one name that are explained into one folder: neither loses its files, and each finds its own again. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BIN, start } from '../helpers/built.js';
import { datum } from '../helpers/cli.js';
import { paint, toSharp } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { everythingIn, readJson } from '../helpers/stored.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();
let model: string;

/** Images of one name, each of a size of its own, and others whose names look like those of results. */
const IMAGES = {
  'a/photo.jpg': [40, 24],
  'b/photo.jpg': [24, 40],
  'b/photo.png': [32, 32],
  'c/photo-1-class-1-heatmap.png': [28, 36],
  'c/photo-explanation.jpg': [36, 28],
  'c/photo-report.png': [26, 30],
  'c/photo-maps.png': [30, 26],
} as const;
type Image = keyof typeof IMAGES;

beforeAll(async () => {
  model = temp.write('model.onnx', plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 4, width: 12, height: 8 }));
  for (const [name, [width, height]] of Object.entries(IMAGES)) {
    mkdirSync(dirname(temp.at(name)), { recursive: true });
    await toSharp(paint(width, height, (x, y) => [(x * 41) % 256, (y * 67) % 256, width])).toFile(temp.at(name));
  }
});

const METHOD = ['rise', '-s', '16', '--workers', '1'];

async function explain(image: string, out: string, more: readonly string[] = []): Promise<void> {
  const flags = ['-m', model, '-o', out, ...METHOD, ...more, '--', ...CLASSIFIER_FLAGS];
  const { code, stderr } = await datum(['explain', temp.at(image), ...flags]);
  expect(code, stderr).toBe(0);
}

const explanationSchema = z.object({ image: z.object({ path: z.string(), width: z.number(), height: z.number() }) });

/** What the files of each image are called in a folder, by the image's path below the folder of all. */
function basesIn(out: string): Record<string, string> {
  const names = readdirSync(out).filter((name) => name.endsWith('-explanation.json'));
  const found = names.map((name): [string, string] => {
    const { image } = explanationSchema.parse(readJson(`${out}/${name}`));
    return [image.path.slice(temp.path.length + 1), name.slice(0, -'-explanation.json'.length)];
  });
  return Object.fromEntries(found);
}

/** All files of a folder that do not tell the time. */
function timeless(out: string): Record<string, string> {
  return Object.fromEntries(Object.entries(everythingIn(out)).filter(([name]) => /\.(png|npy)$/.test(name)));
}

function hashed(image: string, digits: number): string {
  return createHash('sha256').update(temp.at(image)).digest('hex').slice(0, digits);
}

const pageSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      width: z.number(),
      height: z.number(),
      image: z.string(),
      answers: z.array(z.object({ targets: z.array(z.object({ map: z.object({ bytes: z.string() }) })) })),
    }),
  ),
});

/** What a page shows. */
function pageOf(path: string): z.output<typeof pageSchema>['items'] {
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(path, 'utf8'))?.[1];
  return pageSchema.parse(JSON.parse(data ?? '')).items;
}

describe('images of one name in one folder', () => {
  const out = temp.at('both');
  const alone = (image: Image): string => temp.at('alone', image);
  beforeAll(async () => {
    for (const image of ['a/photo.jpg', 'b/photo.jpg', 'b/photo.png'] as const) {
      await explain(image, out);
      await explain(image, alone(image));
    }
  });

  it('have names of their own, the first the plain one', () => {
    expect(basesIn(out)).toEqual({
      'a/photo.jpg': 'photo',
      'b/photo.jpg': `photo-${hashed('b/photo.jpg', 8)}`,
      'b/photo.png': `photo-${hashed('b/photo.png', 8)}`,
    });
  });

  it('have all their files, the same as in a folder of their own', () => {
    for (const [image, base] of Object.entries(basesIn(out))) {
      const own = timeless(temp.at('alone', image));
      expect(Object.keys(own).length).toBeGreaterThan(2);
      const here = Object.entries(timeless(out)).filter(
        ([name]) => name.replace(/-\d+-class-\d-[a-z]+\.\w+$/, '') === base,
      );
      const renamed = here.map(([name, bytes]) => [name.replace(base, 'photo'), bytes]);
      expect([image, Object.fromEntries(renamed)]).toEqual([image, own]);
    }
  });

  it('have names of their own where all are explained at once', async () => {
    for (let round = 0; round < 3; round++) {
      const together = temp.at(`together-${round}`);
      const images = ['a/photo.jpg', 'b/photo.jpg', 'b/photo.png'];
      await Promise.all(
        images.map(async (image) => {
          const args = ['explain', temp.at(image), '-m', model, '-o', together, ...METHOD, '--', ...CLASSIFIER_FLAGS];
          expect(await start(process.execPath, [BIN, ...args], temp.path).ended).toMatchObject({ code: 0 });
        }),
      );
      const bases = basesIn(together);
      expect(Object.keys(bases).sort()).toEqual(images);
      expect(readdirSync(together)).toHaveLength(readdirSync(out).length);
    }
  });

  it('have pages that show nothing of each other', () => {
    for (const [image, base] of Object.entries(basesIn(out))) {
      const page = pageOf(`${out}/${base}-report.html`);
      expect([image, page]).toEqual([image, pageOf(`${temp.at('alone', image)}/photo-report.html`)]);
      expect(page).toHaveLength(1);
    }
  });

  it.each([
    ['a/photo.jpg', 'b/photo.jpg', 'b/photo.png'],
    ['b/photo.png', 'b/photo.jpg', 'a/photo.jpg'],
    ['b/photo.jpg', 'a/photo.jpg', 'b/photo.png'],
  ] as const)('find their names again: %s, %s, %s', async (...order) => {
    const again = temp.at(`again-${order.join('-').replaceAll('/', '-')}`);
    cpSync(out, again, { recursive: true });
    for (const image of order) await explain(image, again);
    expect(basesIn(again)).toEqual(basesIn(out));
    expect(timeless(again)).toEqual(timeless(out));
    expect(readdirSync(again).sort()).toEqual(readdirSync(out).sort());
  });

  it('find their names again from another current folder', async () => {
    const again = temp.at('elsewhere');
    cpSync(out, again, { recursive: true });
    for (const [cwd, image, folder] of [
      ['b', 'photo.jpg', '../elsewhere'],
      ['.', 'a/photo.jpg', 'elsewhere'],
      ['a', '../b/photo.png', again],
      ['a', './photo.jpg', '../b/../elsewhere'],
    ] as const) {
      const args = ['explain', image, '-m', model, '-o', folder, ...METHOD, '--', ...CLASSIFIER_FLAGS];
      expect(await start(process.execPath, [BIN, ...args], temp.at(cwd)).ended).toMatchObject({ code: 0 });
    }
    expect(basesIn(again)).toEqual(basesIn(out));
    expect(readdirSync(again).sort()).toEqual(readdirSync(out).sort());
    expect(timeless(again)).toEqual(timeless(out));
  });

  it('are all shown by datum report on the folder, each with its own map', async () => {
    const report = temp.at('report');
    cpSync(out, report, { recursive: true });
    expect(await datum(['report', report])).toMatchObject({ code: 0 });
    const items = pageOf(`${report}/index.html`);
    expect(items.map(({ id, width, height }) => [id, width, height]).sort()).toEqual([
      ['a/photo.jpg', 40, 24],
      ['b/photo.jpg', 24, 40],
      ['photo.png', 32, 32],
    ]);
    for (const image of ['a/photo.jpg', 'b/photo.jpg', 'b/photo.png'] as const) {
      const [own] = pageOf(`${alone(image)}/photo-report.html`);
      const [width, height] = IMAGES[image];
      const shown = items.find((item) => item.width === width && item.height === height);
      expect(shown?.answers).toEqual(own?.answers);
      expect(shown?.image.startsWith('data:image/')).toBe(true);
    }
  });
});

describe('images of one name of which heatmaps alone are saved', () => {
  const SAVE = ['--save', 'heatmap'];
  const out = temp.at('heatmaps');
  beforeAll(async () => {
    for (const image of ['a/photo.jpg', 'b/photo.jpg', 'b/photo.png']) await explain(image, out, SAVE);
  });
  const names = (): string[] => [
    'photo-1-class-1-heatmap.png',
    `photo-${hashed('b/photo.jpg', 8)}-1-class-1-heatmap.png`,
    `photo-${hashed('b/photo.png', 8)}-1-class-1-heatmap.png`,
  ];

  it('have names of their own', () => {
    expect(Object.keys(timeless(out)).sort()).toEqual(names().sort());
    expect(new Set(Object.values(timeless(out))).size).toBe(3);
  });

  it('find them again, with the JSON too', async () => {
    const before = timeless(out);
    for (const image of ['b/photo.png', 'a/photo.jpg', 'b/photo.jpg']) await explain(image, out, SAVE);
    expect(timeless(out)).toEqual(before);
    for (const image of ['b/photo.jpg', 'a/photo.jpg']) await explain(image, out, ['--save', 'heatmap,json']);
    expect(timeless(out)).toEqual(before);
    expect(basesIn(out)).toEqual({ 'a/photo.jpg': 'photo', 'b/photo.jpg': `photo-${hashed('b/photo.jpg', 8)}` });
  });

  it('do not take the names of one whose JSON is there', async () => {
    const mixed = temp.at('mixed');
    await explain('b/photo.jpg', mixed);
    await explain('a/photo.jpg', mixed, SAVE);
    await explain('a/photo.jpg', mixed);
    expect(basesIn(mixed)).toEqual({ 'b/photo.jpg': 'photo', 'a/photo.jpg': `photo-${hashed('a/photo.jpg', 8)}` });
  });
});

it('an image that is called like a result of another loses nothing, and takes nothing away', async () => {
  const out = temp.at('alike');
  const images = [
    'c/photo-1-class-1-heatmap.png',
    'a/photo.jpg',
    'c/photo-explanation.jpg',
    'c/photo-report.png',
    'c/photo-maps.png',
  ] as const;
  for (const image of images) await explain(image, out);
  const first = everythingIn(out);
  const files = timeless(out);
  for (const image of [...images].reverse()) {
    await explain(image, out);
    expect(Object.keys(everythingIn(out))).toEqual(Object.keys(first));
  }
  expect(timeless(out)).toEqual(files);
  expect(Object.keys(basesIn(out)).sort()).toEqual([...images].sort());
  expect(Object.keys(first)).toHaveLength(images.length * 5);
});

it('an image that is called as another one’s hash says keeps its files', async () => {
  const out = temp.at('named-by-hash');
  const name = `photo-${hashed('b/photo.jpg', 8)}`;
  cpSync(temp.at('b/photo.png'), temp.at(`c/${name}.png`));
  await explain(`c/${name}.png`, out);
  const before = timeless(out);
  await explain('a/photo.jpg', out);
  await explain('b/photo.jpg', out);
  await explain('b/photo.jpg', out);
  expect(basesIn(out)).toEqual({
    [`c/${name}.png`]: name,
    'a/photo.jpg': 'photo',
    'b/photo.jpg': `photo-${hashed('b/photo.jpg', 16)}`,
  });
  expect(timeless(out)).toMatchObject(before);
});

it('a folder whose file of names is damaged is used as one without', async () => {
  const out = temp.at('damaged');
  await explain('a/photo.jpg', out, ['--save', 'heatmap']);
  writeFileSync(`${out}/.datum-names.json`, '{"photo":');
  await explain('a/photo.jpg', out, ['--save', 'heatmap']);
  expect(Object.keys(timeless(out))).toEqual(['photo-1-class-1-heatmap.png']);
  expect(readJson(`${out}/.datum-names.json`)).toEqual({ photo: temp.at('a/photo.jpg') });
});

it.skipIf(process.platform === 'win32')(
  'names that no file of results can begin with get their results too',
  async () => {
    const out = temp.at('odd-names');
    const names = ['back\\slash.jpg', `${'b'.repeat(247)}.jpg`, `${'猫'.repeat(83)}.jpg`];
    for (const name of names) {
      cpSync(temp.at('a/photo.jpg'), temp.at(name));
      await explain(name, out);
    }
    const bases = readdirSync(out)
      .filter((name) => name.endsWith('-explanation.json'))
      .map((name) => name.slice(0, -'-explanation.json'.length));
    expect(bases.length).toBe(3);
    expect(bases.some((name) => /^back_slash-[0-9a-f]{8}$/.test(name))).toBe(true);
    // Found again under the same names, and not beside them.
    const before = readdirSync(out);
    await explain(names[1]!, out);
    expect(readdirSync(out)).toEqual(before);
  },
);
