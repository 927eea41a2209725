import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';
import { png, white } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const project = folder.at('project');
const region = { x: 30, y: 4, width: 12, height: 8 };
let model: string;
let photo: string;
beforeAll(async () => {
  model = folder.write('planted.onnx', plantedClassifier({ width: 48, height: 32 }, region));
  photo = folder.write('photo.png', await png(white(48, 32)));
  await datum(['create', '-o', project]);
});

/** A `datum model` command on the project. */
function models(...args: string[]) {
  const separator = args.indexOf('--');
  const at = separator < 0 ? args.length : separator;
  return datum(['model', ...args.slice(0, at), '-p', project, ...args.slice(at)]);
}

describe('datum create', () => {
  it('makes a project and says where', async () => {
    const { code, stdout, stderr } = await datum(['create', '-o', folder.at('other')]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `Made a project in ${folder.at('other')}.\n`,
      stderr: '',
    });
    expect(existsSync(folder.at('other', '.datum', 'config.json'))).toBe(true);
  });

  it('refuses to make it twice', async () => {
    const again = await datum(['project', 'create', '-o', project]);
    expect(again).toEqual({
      code: 1,
      stdout: '',
      stderr: `datum: there is a project in ${project} already: use --overwrite to replace it.\n`,
    });
    expect((await datum(['create', '-o', folder.at('other'), '--overwrite'])).code).toBe(0);
  });
});

describe('datum model', () => {
  it('add loads the model once and reports what it is', async () => {
    const { code, stdout, stderr } = await models(
      'add',
      'planted',
      '-l',
      'onnx',
      '--',
      '-d',
      model,
      ...CLASSIFIER_FLAGS,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('input   image float32 [N, 3, 32, 48]');
    expect(stdout).toContain('output  scores float32 [N, 2]');
    expect(stdout).toContain('classification');
    // The flags that were given, not what the interpreter would have done.
    expect(stdout).toContain('preprocessing: RGB, 0..1, stretch, NCHW');
    expect(stdout).toContain('Added the model planted.\n');
  });

  it('add without a name takes model-0, model-1, and the launcher from the file’s ending', async () => {
    expect((await models('add', '--no-check', '--', '-d', model)).stdout).toBe('Added the model model-0.\n');
    expect((await models('add', '--no-check', '--', '-d', model)).stdout).toBe('Added the model model-1.\n');
    expect((await models('add', '-n', 'named', '--no-check', '--', '-d', model)).stdout).toBe(
      'Added the model named.\n',
    );
  });

  it('add refuses a name that is taken, before it loads anything', async () => {
    const { code, stderr } = await models('add', 'planted', '--', '-d', folder.at('missing.onnx'));
    expect(code).toBe(1);
    expect(stderr).toBe("datum: there is a model 'planted' already: remove it first, or choose another name.\n");
  });

  it('add registers nothing that does not load, unless told not to look', async () => {
    const broken = folder.write('broken.onnx', 'no model at all');
    const refused = await models('add', 'broken', '--', '-d', broken);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`datum: ${broken} is not an ONNX model`);
    expect((await models('list')).stdout).not.toContain('broken');
    expect((await models('add', 'broken', '--no-check', '--', '-d', broken)).code).toBe(0);
    expect((await models('list')).stdout).toContain('broken  onnx');
  });

  it('add --copy explains even after the original is gone', async () => {
    const bytes = readFileSync(model);
    const original = folder.write('export/original.onnx', bytes);
    expect((await models('add', 'copied', '--copy', '--', '-d', original, ...CLASSIFIER_FLAGS)).code).toBe(0);
    folder.write('export/original.onnx', '');
    const explained = await datum([
      'explain',
      photo,
      '-m',
      'copied',
      '-p',
      project,
      'rise',
      '-s',
      '4',
      '--workers',
      '1',
    ]);
    expect({ code: explained.code, stderr: explained.stderr }).toMatchObject({ code: 0 });
  });

  it('list shows every model, -v its settings, --json the same for programs', async () => {
    const plain = await models('list');
    expect(plain.stdout.split('\n')).toContain(`planted  onnx  classification  ${model}`);
    const verbose = await models('list', '-v');
    expect(verbose.stdout).toContain('    scale: 0.00392');
    const listed: unknown = JSON.parse((await models('list', '--json')).stdout);
    expect(listed).toContainEqual(
      expect.objectContaining({ name: 'planted', launcher: 'onnx', description: model, mean: [0], std: [1] }),
    );
  });

  it('list says when there is nothing to list, and gives programs an empty list', async () => {
    const empty = folder.at('empty');
    await datum(['create', '-o', empty]);
    const plain = await datum(['model', 'list', '-p', empty]);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).toContain('has no models');
    expect((await datum(['model', 'list', '--json', '-p', empty])).stdout).toBe('[]\n');
  });

  it('remove takes one out, and only one that there is', async () => {
    expect((await models('remove', 'named')).stdout).toBe('Removed the model named.\n');
    const again = await models('remove', 'named');
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^datum: there is no model 'named' in .*: it has .*planted.*\.\n$/);
  });

  it('a damaged project is refused, its line named, and left as it is', async () => {
    const text = '{\n  "version": 1,\n  "models": [],\n  "sources": {}\n}\n';
    const file = folder.write('damaged/.datum/config.json', text);
    for (const args of [
      ['model', 'list'],
      ['model', 'add', 'x', '--no-check'],
      ['model', 'remove', 'x'],
    ]) {
      const after = args[1] === 'add' ? ['--', '-d', model] : [];
      const { code, stderr } = await datum([...args, '-p', folder.at('damaged'), ...after]);
      expect(code).toBe(1);
      expect(stderr).toContain(`the project file ${file} is damaged in line 3 (models must be an object`);
      expect(stderr).toContain("make the project anew with --overwrite. See 'datum create --help'.\n");
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
