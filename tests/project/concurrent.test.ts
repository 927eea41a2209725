/** Several processes that change one project at once lose nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelConfigSchema } from '../../src/models/config.js';
import { Project } from '../../src/project/project.js';
import { built } from '../helpers/built.js';
import { writeBrightAndDark } from '../helpers/datasets.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const temp = tempFolder();

it('every import and every model of ten commands at once is there, under a name of its own', async () => {
  const root = temp.at('busy');
  await Project.create(root, false);
  await writeBrightAndDark(temp.at('data'), 2);
  const model = temp.write(
    'm.onnx',
    plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }),
  );
  const commands = Array.from({ length: 5 }, () => [
    ['import', `${temp.at('data')}:imagenet`, '-p', root],
    ['model', 'add', '-l', 'onnx', '--copy', '--no-check', '-p', root, '--', '-d', model],
  ]).flat();
  const ended = await Promise.all(commands.map((args) => built(...args)));
  expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(commands.map(() => '0 '));
  const project = await Project.open(root);
  expect(project.sourceNames).toEqual([0, 1, 2, 3, 4].map((i) => `source-${i}`));
  expect(project.modelNames).toEqual([0, 1, 2, 3, 4].map((i) => `model-${i}`));
  for (const name of project.modelNames) expect(existsSync(project.model(name).description)).toBe(true);
  expect(readdirSync(join(root, '.datum')).sort()).toEqual(['config.json', 'models']);
});

it('one of two that want one name gets it, and the other is told', async () => {
  const { root } = await Project.create(temp.at('one-name'), false);
  const both = await Promise.all([Project.open(root), Project.open(root)]);
  const done = await Promise.allSettled(both.map((project) => project.addSource('a', '/data', 'coco')));
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await Project.open(root)).sourceNames).toEqual(['a']);
});

describe('a project whose file names a model', () => {
  const models = (name: string): string =>
    JSON.stringify({ version: 1, models: { [name]: { launcher: 'onnx', description: 'm.onnx' } }, sources: {} });

  it('by a path does not lose what lies there when the model is removed', async () => {
    const { root } = await Project.create(temp.at('path'), false);
    writeFileSync(join(root, 'note.txt'), 'mine');
    writeFileSync(join(root, '.datum', 'config.json'), models('../..'));
    await expect((await Project.open(root)).removeModel('../..')).rejects.toMatchObject({ kind: 'usage' });
    expect(readFileSync(join(root, 'note.txt'), 'utf8')).toBe('mine');
  });

  it('whose folder is a link elsewhere does not lose what lies there', async () => {
    const { root } = await Project.create(temp.at('link'), false);
    temp.write('precious/a/letter.txt', 'mine');
    writeFileSync(join(root, '.datum', 'config.json'), models('a'));
    symlinkSync(temp.at('precious'), join(root, '.datum', 'models'));
    await expect((await Project.open(root)).removeModel('a')).rejects.toThrow('is a link that leads out of it');
    expect(readFileSync(temp.at('precious', 'a', 'letter.txt'), 'utf8')).toBe('mine');
  });

  it('keeps files that lay where copies were to go when these cannot be made', async () => {
    const { root } = await Project.create(temp.at('own'), false);
    mkdirSync(join(root, '.datum', 'models', 'a'), { recursive: true });
    const own = join(root, '.datum', 'models', 'a', 'm.onnx');
    writeFileSync(own, 'mine');
    const config = modelConfigSchema.parse({ launcher: 'onnx', description: own });
    await expect((await Project.open(root)).addModel('a', config, [own, temp.at('none.bin')])).rejects.toThrow(
      'none.bin',
    );
    expect(readFileSync(own, 'utf8')).toBe('mine');
  });
});
