import { chmodSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelConfigSchema } from '../../src/models/config.js';
import { Project } from '../../src/project/project.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
let count = 0;

/** A new project in a folder of its own. */
async function project(): Promise<Project> {
  return Project.create(folder.at(`project-${count++}`), false);
}

const config = (description: string, more: object = {}) =>
  modelConfigSchema.parse({ launcher: 'onnx', description, ...more });

describe('a project', () => {
  it('is made in a folder that need not be there, beside files that are not touched', async () => {
    const note = folder.write('mine/note.txt', 'keep me');
    await Project.create(folder.at('mine'), false);
    expect(readFileSync(note, 'utf8')).toBe('keep me');
    expect(readdirSync(folder.at('mine', '.datum'))).toEqual(['config.json']);
    expect((await Project.open(folder.at('mine'))).modelNames).toEqual([]);
  });

  it('is not replaced unless that is asked for', async () => {
    const { root } = await project();
    const opened = await Project.open(root);
    await opened.addModel('a', config('/m.onnx'));
    await expect(Project.create(root, false)).rejects.toThrow(
      `there is a project in ${root} already: use overwrite to replace it.`,
    );
    expect((await Project.open(root)).modelNames).toEqual(['a']);
    await Project.create(root, true);
    expect((await Project.open(root)).modelNames).toEqual([]);
  });

  it('is not found where there is none', async () => {
    await expect(Project.open(folder.at('nowhere'))).rejects.toThrow(
      `there is no project in ${folder.at('nowhere')}: make one, or name the folder of one with project.`,
    );
  });

  it('cannot be made under a file', async () => {
    folder.write('file', '');
    await expect(Project.create(folder.at('file', 'p'), false)).rejects.toThrow(
      'cannot be made: a part of the path is a file, choose another folder.',
    );
  });
});

describe('a registered model', () => {
  it('is found again, its paths whole', async () => {
    const { root } = await project();
    const inside = folder.write(join(root.slice(folder.path.length + 1), 'in.onnx'), 'm');
    await (await Project.open(root)).addModel('in', config(inside, { labels: '/elsewhere/labels.txt' }));
    const text = readFileSync(join(root, '.datum', 'config.json'), 'utf8');
    expect(text).toContain('"description": "in.onnx"');
    const model = (await Project.open(root)).model('in');
    expect(model).toMatchObject({ description: inside, labels: '/elsewhere/labels.txt', device: 'cpu' });
  });

  it('moves with its project', async () => {
    const { root } = await project();
    const inside = folder.write(join(root.slice(folder.path.length + 1), 'in.onnx'), 'm');
    await (await Project.open(root)).addModel('in', config(inside));
    renameSync(root, `${root}-moved`);
    expect((await Project.open(`${root}-moved`)).model('in').description).toBe(join(`${root}-moved`, 'in.onnx'));
  });

  it.each(['../up', 'a/b', '', ' a', '-x', 'a:b', '__proto__', 'é'.repeat(101)])('is not called %j', async (name) => {
    await expect((await project()).addModel(name, config('/m.onnx'))).rejects.toMatchObject({ kind: 'usage' });
  });

  it.each(['rise', 'model-0', 'my model', 'été', 'v1.2', 'constructor', 'é'.repeat(100)])(
    'may be called %j',
    async (name) => {
      const { root } = await project();
      await (await Project.open(root)).addModel(name, config('/m.onnx'));
      expect((await Project.open(root)).model(name).description).toBe('/m.onnx');
    },
  );

  it('keeps its name to itself', async () => {
    const one = await project();
    await one.addModel('a', config('/m.onnx'));
    await expect(one.addModel('a', config('/n.onnx'))).rejects.toThrow(
      "there is a model 'a' already: remove it first, or choose another name.",
    );
    expect(one.model('a').description).toBe('/m.onnx');
    expect(one.freeModelName()).toBe('model-0');
    await one.addModel('model-0', config('/m.onnx'));
    expect(one.freeModelName()).toBe('model-1');
  });

  it('is removed with the copies of its files, and not with the files', async () => {
    const one = await project();
    const file = folder.write('outside.onnx', 'm');
    await one.addModel('a', config(file), [file]);
    const copy = one.model('a').description;
    expect(copy).toBe(join(one.root, '.datum', 'models', 'a', 'outside.onnx'));
    expect(readFileSync(copy, 'utf8')).toBe('m');
    await one.removeModel('a');
    expect([existsSync(copy), existsSync(file)]).toEqual([false, true]);
    await expect(one.removeModel('a')).rejects.toThrow("there is no model 'a'");
    await expect(one.removeModel('toString')).rejects.toThrow("there is no model 'toString'");
  });

  it('is copied with files in folders beside it, each in its place', async () => {
    const one = await project();
    const file = folder.write('export/model.onnx', 'm');
    const weights = folder.write('export/data/weights.bin', 'w');
    const labels = folder.write('labels.txt', 'cat');
    await one.addModel('a', config(file, { labels }), [file, weights, labels]);
    const copies = join(one.root, '.datum', 'models', 'a');
    expect(readFileSync(join(copies, 'data', 'weights.bin'), 'utf8')).toBe('w');
    expect(one.model('a').labels).toBe(join(copies, 'labels.txt'));
  });

  it('leaves no copy where one of its files cannot be copied', async () => {
    const one = await project();
    const file = folder.write('half.onnx', 'm');
    await expect(one.addModel('a', config(file), [file, folder.at('missing.bin')])).rejects.toThrow('missing.bin');
    expect(existsSync(join(one.root, '.datum', 'models', 'a'))).toBe(false);
    expect((await Project.open(one.root)).modelNames).toEqual([]);
  });
});

/** Runs as another user where this process may do anything. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

it('a project in a folder that may not be written is refused, saying so', async () => {
  const locked = folder.at('locked');
  await Project.create(locked, false);
  chmodSync(folder.path, 0o755);
  chmodSync(join(locked, '.datum'), 0o555);
  chmodSync(locked, 0o555);
  await expect(unprivileged(() => Project.create(locked, true))).rejects.toThrow(
    /\.datum cannot be written: there is no permission, choose another folder\.$/,
  );
  await expect(unprivileged(() => Project.create(join(locked, 'new'), false))).rejects.toThrow(
    /there is no permission/,
  );
  chmodSync(locked, 0o755);
  expect(readdirSync(join(locked, '.datum'))).toEqual(['config.json']);
});
