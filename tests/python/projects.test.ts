/** Projects of Datumaro with launchers of their own: both layouts, every form of plug-in, what is imported, and what is said where something is missing. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DatumError } from '../../src/errors.js';
import type { RgbImage } from '../../src/image/index.js';
import { openModel } from '../../src/models/open.js';
import { Project } from '../../src/project/project.js';
import { predict } from '../../src/runs/predict.js';
import { BIN, start } from '../helpers/built.js';
import { datum } from '../helpers/cli.js';
import { explain } from '../helpers/explain.js';
import { paint } from '../helpers/images.js';
import { pythonWith } from '../helpers/python.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { treeOf } from '../helpers/tree.js';

const python = pythonWith('numpy');
const folder = tempFolder();

/** Red everywhere but for the left upper quarter, which is white; 60 wide and 40 high. */
const IMAGE = paint(60, 40, (x, y) => (x < 30 && y < 20 ? [255, 255, 255] : [200, 0, 0]));

let count = 0;

interface Layout {
  /** Release 0.1, or 0.2 and later. */
  readonly early?: boolean;
  /** The file of models, below the version. */
  readonly models: string;
  /** Other files of the project, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A project as Datumaro wrote them; returns its folder. */
function projectOf({ early = false, models, files = {} }: Layout): string {
  const name = `project-${++count}`;
  const head = early ? 'format_version: 1\nproject_name: proj\nsources: {}\n' : 'format_version: 2\n';
  folder.write(`${name}/.datumaro/config.${early ? 'yaml' : 'yml'}`, `${head}${models}`);
  for (const [file, text] of Object.entries(files)) folder.write(`${name}/${file}`, text);
  return folder.at(name);
}

/** The entry of one model that a plug-in runs. */
function model(launcher: string, options = '{}'): string {
  return `models:\n  mine:\n    launcher: ${launcher}\n    options: ${options}\n`;
}

/** What a model of a project answers, the best first; scores rounded. */
async function answer(root: string, name = 'mine', image: RgbImage = IMAGE) {
  const opened = await openModel({ ...(await Project.open(root)).model(name), python: python ?? undefined }, { image });
  try {
    const { found } = await predict(opened, image);
    return found.map(({ label, score, box }) => ({ label: label.name, score: Number(score.toFixed(3)), box }));
  } finally {
    await opened.close();
  }
}

async function failure(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof DatumError) return error.message;
    throw error;
  }
  throw new Error('it did not fail');
}

const IMPORTS = `import numpy as np
from datumaro.components.annotation import AnnotationType, Bbox, Label, LabelCategories
from datumaro.components.cli_plugin import CliPlugin
from datumaro.components.launcher import Launcher
`;

/** A launcher of releases 0.1 to 1.3: class 0 by the green of the left upper quarter; its first image must be whole. */
const PLANTED = `${IMPORTS}
class PlantedLauncher(CliPlugin, Launcher):
    @classmethod
    def build_cmdline_parser(cls, **kwargs):
        parser = super().build_cmdline_parser(**kwargs)
        parser.add_argument("--threshold", type=float, default=0.25)
        parser.add_argument("--deep", action="store_true")
        return parser

    def __init__(self, threshold=0.25, deep=False, model_dir=None):
        self.threshold, self.first = threshold, True

    def launch(self, inputs):
        assert isinstance(inputs, np.ndarray) and inputs.dtype == np.float32 and inputs.ndim == 4, inputs
        for image in inputs:
            assert image.shape == (40, 60, 3), image.shape
            if self.first:
                assert image[0, 0].tolist() == [255, 255, 255] and image[39, 59].tolist() == [0, 0, 200], "blue first, and whole"
            self.first = False
            p = float(image[:20, :30, 1].mean()) / 255
            yield (Label(i, attributes={"score": s}) for i, s in enumerate([p, 1 - p]) if s > self.threshold)

    def categories(self):
        return {AnnotationType.label: LabelCategories.from_iterable(["bright", "dark"])}
`;

const RIGHT = [{ label: 'bright', score: 1, box: null }];

describe.skipIf(python === null)('launchers of projects', () => {
  it.each([true, false])('one that takes arrays, in the layout of 0.1: %s', async (early) => {
    const root = projectOf({
      early,
      models: model('planted', '{threshold: 0.3}'),
      files: { '.datumaro/plugins/planted_launcher.py': PLANTED },
    });
    const before = treeOf(root);
    expect(await answer(root)).toMatchObject(RIGHT);
    expect(await answer(join(root, '.datumaro'))).toMatchObject(RIGHT);
    expect(treeOf(root)).toEqual(before);
  });

  it('masks are laid over images of their own size, in one process that saw the whole image first', async () => {
    const root = projectOf({ models: model('planted'), files: { '.datumaro/plugins/a.py': PLANTED } });
    const config = (await Project.open(root)).model('mine');
    const opened = await openModel({ ...config, python: python ?? undefined }, { image: IMAGE });
    try {
      expect(opened.workers).toBe(1);
      const { targets } = await explain(opened, IMAGE, { maxSamples: 300, stopAt: 'off' });
      const map = targets[0]!.renderMap();
      const mean = (inside: boolean): number => {
        const values = [...map].filter((_, i) => (i % 60 < 30 && i < 60 * 20) === inside);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      expect(map).toHaveLength(60 * 40);
      expect(mean(true)).toBeGreaterThan(0.02);
      expect(mean(true)).toBeGreaterThan(5 * mean(false));
    } finally {
      await opened.close();
    }
  });

  const items = `${IMPORTS}from datumaro.components.media import Image
class ItemsLauncher(Launcher):
    def launch(self, batch):
        return [[Bbox(3, 4, 30, 20, label=1, attributes={"score": float(item.media_as(Image).data[0, 0, 0]) / 255})] for item in batch]
`;
  const parts = (argument: string, image: string): string => `${IMPORTS}from datumaro.components.media import Image
class ItemsLauncher(Launcher):
    def preprocess(self, ${argument}):
        image = ${image}
        assert image.dtype == np.uint8 and image[39, 59].tolist() == [0, 0, 200], image
        return image[::2, ::2], {"scale": 2}
    def infer(self, inputs):
        assert inputs.shape == (1, 20, 30, 3), inputs.shape
        return [{"quarter": image[:10, :15].mean() / 255} for image in inputs]
    def postprocess(self, pred, info):
        return [Bbox(1.5 * info["scale"], 2 * info["scale"], 30, 20, label=1, attributes={"score": pred["quarter"]})]
`;
  it.each([
    ['launch(items), of 1.4 and later', items],
    ['preprocess(array)', parts('img', 'img')],
    ['preprocess(image), of 1.4', parts('img', 'img.data')],
    ['preprocess(item), of 1.5 and later', parts('inp', 'inp.media_as(Image).data')],
  ])('one with %s', async (_name, source) => {
    const root = projectOf({ models: model('items'), files: { '.datumaro/plugins/items.py': source } });
    expect(await answer(root)).toEqual([{ label: 'class 1', score: 1, box: { x: 3, y: 4, width: 30, height: 20 } }]);
  });

  const answering = (name: string, base = 'Launcher', inside = ''): string => `${IMPORTS}
class ${name}(${base}):
    ${inside}
    def launch(self, inputs):
        return [[Label(0, attributes={"score": 0.5})] for _ in inputs]
`;
  const HALF = [{ label: 'class 0', score: 0.5, box: null }];
  it.each<[string, string, Record<string, string>]>([
    ['NAME', 'My Own', { 'x.py': answering('Whatever', 'Launcher', 'NAME = "My Own"') }],
    ['the snake case of early releases', 'h_t_m_l', { 'x.py': answering('HTMLLauncher') }],
    ['that of later ones', 'htmllauncher', { 'x.py': answering('HTMLLauncher') }],
    ['exports', 'chosen', { 'x.py': `${answering('_Hidden', 'Launcher', 'NAME = "chosen"')}\nexports = [_Hidden]\n` }],
    // Defined where no plug-in is looked for, so that the import alone shows it.
    [
      'an import',
      'half',
      { 'pack/__init__.py': 'from .deep.one import HalfLauncher\n', 'pack/deep/one.py': answering('HalfLauncher') },
    ],
    ['a branch', 'half', { 'x.py': `if True:\n${answering('HalfLauncher').replaceAll(/^(?=.)/gm, '    ')}` }],
    [
      'a package',
      'half',
      {
        'pack/half.py': `from .base import *\n${answering('HalfLauncher', 'Base')}`,
        'pack/base.py': `${IMPORTS}class Base(Launcher): pass\n`,
      },
    ],
    ['the __init__ of a package', 'half', { 'pack/__init__.py': answering('HalfLauncher') }],
  ])('is found by %s', async (_how, launcher, sources) => {
    const files = Object.fromEntries(
      Object.entries(sources).map(([name, text]) => [`.datumaro/plugins/${name}`, text]),
    );
    const root = projectOf({ models: model(`"${launcher}"`), files });
    expect(await answer(root)).toEqual(HALF);
  });

  it('no plug-in is imported but the one that is named', async () => {
    const spying = (name: string): string => `open(${JSON.stringify(folder.at('imported'))}, "a").write("${name} ")\n`;
    const root = projectOf({
      models: model('half'),
      files: {
        '.datumaro/plugins/a_other.py': `${spying('a')}${answering('OtherLauncher')}`,
        '.datumaro/plugins/half.py': `${spying('half')}${answering('HalfLauncher')}`,
        '.datumaro/plugins/pack/__init__.py': spying('pack'),
        '.datumaro/plugins/z.py': `${spying('z')}${IMPORTS}class Half: pass\n`,
        '.datumaro/plugins/broken.py': 'class HalfLauncher(\n',
      },
    });
    const project = await Project.open(root);
    expect(project.modelNames).toEqual(['mine']);
    expect(project.model('mine').launcher).toBe('python');
    expect(existsSync(folder.at('imported'))).toBe(false);
    expect(await answer(root)).toEqual(HALF);
    expect(readFileSync(folder.at('imported'), 'utf8')).toBe('half ');
  });

  it.each([
    [true, true, '/.datumaro/models/mine'],
    [true, false, '/.datumaro/models/mine'],
    [false, true, '/.datumaro/models/mine'],
    [false, false, 'None'],
  ])('options come as they are, and the folder of its files (0.1: %s; is there: %s)', async (early, there, wanted) => {
    const source = `${IMPORTS}import os
class TypedLauncher(Launcher):
    def __init__(self, number, flag, nothing, words, model_dir):
        assert number == 0.3 and flag is True and nothing is None and words == ["a", {"b": 1}], (number, flag, nothing, words)
        assert str(model_dir).endswith(${JSON.stringify(wanted)}), model_dir
        assert os.path.exists(".datumaro"), "the project's folder is the current one"
    def launch(self, inputs):
        return [[Label(0, attributes={"score": 0.5})]]
`;
    const root = projectOf({
      early,
      models: model('typed', '{number: 0.3, flag: true, nothing: null, words: [a, {b: 1}]}'),
      files: { '.datumaro/plugins/t.py': source, ...(there ? { '.datumaro/models/mine/w.txt': 'w' } : {}) },
    });
    expect(await answer(root)).toEqual(HALF);
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      'no such plug-in',
      'mine',
      { 'x.py': answering('OtherLauncher'), 'y.py': 'x = [\n' },
      /no launcher 'mine' among the plug-ins in .+plugins: it has .*other.*; .+y\.py cannot be read \(/,
    ],
    [
      'no plug-ins',
      'mine',
      {},
      /is run by the launcher 'mine', a plug-in in Python, and there is no folder .+\.datumaro\/plugins: put the plug-in there\.$/,
    ],
    [
      'two of them',
      'half',
      { 'x.py': answering('HalfLauncher'), 'y.py': answering('HalfLauncher') },
      /several launchers 'half', in .+x\.py and in .+y\.py: leave one/,
    ],
    [
      'no Launcher',
      'half',
      { 'x.py': 'class HalfLauncher: pass\n' },
      /x\.py has no launcher 'half': the class of that name must derive from Datumaro's Launcher/,
    ],
    [
      'a module that is missing',
      'half',
      { 'x.py': `import no_such_module\n${answering('HalfLauncher')}` },
      /the launcher 'half' of .+plugins needs the Python module 'no_such_module'/,
    ],
    [
      'a mistake in it',
      'half',
      { 'x.py': answering('HalfLauncher').replace('return', 'return 1 / 0 #') },
      /failed at line \d+ of .+x\.py \(return 1 \/ 0.*ZeroDivisionError/,
    ],
    [
      'a part of Datumaro',
      'half',
      {
        'x.py': `from datumaro.plugins.openvino_plugin.launcher import OpenvinoLauncher\n${answering('HalfLauncher', 'OpenvinoLauncher')}`,
      },
      /serves scripts and launchers of Datumaro, not OpenvinoLauncher/,
    ],
    [
      'too many results',
      'half',
      { 'x.py': answering('HalfLauncher').replace('for _ in inputs', 'for _ in range(3)') },
      /launch\(\) of the launcher 'half' gives 3 results for 1 image: return a list/,
    ],
    [
      'a class that there cannot be',
      'half',
      { 'x.py': answering('HalfLauncher').replace('Label(0', 'Label(-1') },
      /answers -1 as the number of a class: they are counted from 0\.$/,
    ],
    [
      'what has no map',
      'half',
      {
        'x.py': answering('HalfLauncher')
          .replace('Label(0, attributes={"score": 0.5})', 'Mask(None)')
          .replace('import AnnotationType', 'import Mask, AnnotationType'),
      },
      /answers a Mask, of which no map can be made/,
    ],
  ])('says what is wrong: %s', async (_name, launcher, sources, says) => {
    const files = Object.fromEntries(
      Object.entries(sources).map(([name, text]) => [`.datumaro/plugins/${name}`, text]),
    );
    const message = await failure(() => answer(projectOf({ models: model(launcher), files })));
    expect(message).toMatch(says);
    expect(message).not.toContain('\n');
  });

  it('an option that the class does not take', async () => {
    const files = { '.datumaro/plugins/a.py': PLANTED };
    const message = await failure(() => answer(projectOf({ models: model('planted', '{shape: 3}'), files })));
    expect(message).toMatch(/the launcher 'planted' of .+: TypeError: .*unexpected keyword argument 'shape'\.$/);
  });
});

describe('files of projects', () => {
  it.each([
    ['early', true, 'models: [\n'],
    ['later', false, 'models: 3\n'],
  ])('a damaged one is named: %s', async (_name, early, models) => {
    expect(await failure(() => Project.open(projectOf({ early, models })))).toMatch(
      /the project file .+\.datumaro\/config\.ya?ml is damaged \(.+\)\.$/,
    );
  });

  it('a damaged model is no other model’s fault', async () => {
    const models = `${model('open_vino', '{description: m.xml, weights: m.bin}').trimEnd()}\n  broken: 3\n`;
    const project = await Project.open(projectOf({ models }));
    expect(project.modelNames).toContain('mine');
    const message = await failure(() => Promise.resolve().then(() => project.model('broken')));
    expect(message).toMatch(
      /^the model 'broken' of .+ is damaged, since it has no launcher and options: add it anew\.$/,
    );
  });

  it('files of a model that are not there are named with all places', async () => {
    const root = projectOf({ models: model('open_vino', '{description: ../models/m.xml, weights: m.bin}') });
    const project = await Project.open(root);
    expect(project.modelNames).toEqual(['mine']);
    const message = await failure(() => Promise.resolve().then(() => project.model('mine')));
    expect(message).toMatch(/the file \.\.\/models\/m\.xml of the model 'mine' is not found: it was looked for as/);
    for (const place of ['.datumaro/models/mine/m.xml', join(root, 'm.xml'), join(process.cwd(), 'm.xml')]) {
      expect(message).toContain(place);
    }
  });

  it('the project is found from a folder in it, and nothing else is', async () => {
    const root = projectOf({
      models: model('planted'),
      files: { '.datumaro/plugins/a.py': PLANTED, 'deep/er/x.txt': '' },
    });
    const list = (cwd: string) => start(process.execPath, [BIN, 'model', 'list'], cwd).ended;
    for (const cwd of [root, join(root, 'deep/er')]) {
      const { code, stdout } = await list(cwd);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^mine {2}python /)]);
    }
    expect((await list(folder.path)).stderr).toContain('there is no project');
  });
});

describe.skipIf(python === null)('a project made from one of Datumaro', () => {
  it('works when that one is gone, and takes models that its plug-ins run', async () => {
    const root = projectOf({
      early: true,
      models: model('planted', '{threshold: 0.3}'),
      files: {
        '.datumaro/plugins/pack/a.py': PLANTED.replace('return {Ann', 'open(self.words)\n        return {Ann').replace(
          'self.threshold, self.first =',
          'self.words = model_dir + "/words.txt"\n        self.threshold, self.first =',
        ),
        '.datumaro/models/mine/words.txt': 'words',
      },
    });
    const own = folder.at(`own-${count}`);
    expect(await datum(['create', '--from', root, '-o', own])).toMatchObject({ code: 0 });
    renameSync(root, `${root}-moved`);
    expect(await answer(own)).toMatchObject(RIGHT);
    const add = (name: string, ...args: string[]) =>
      datum(['model', 'add', name, '-l', 'planted', '-p', own, '--no-check', '--', ...args, '--python', python!]);
    expect(await add('strict', '--threshold', '0.75', '--deep')).toMatchObject({ code: 0 });
    expect((await Project.open(own)).model('strict').plugin).toEqual({
      name: 'planted',
      options: { threshold: 0.75, deep: true },
    });
    expect((await add('bad', '--threshold', 'high')).stderr).toMatch(
      /the launcher 'planted' refuses its arguments: argument --threshold: invalid float value: 'high'\./,
    );
    expect((await add('bad', '--width', '3')).stderr).toContain("'--width'");
    expect((await Project.open(own)).modelNames).toEqual(['mine', 'strict']);
  });

  it("takes the manual's own command line, with the launcher's name of any release", async () => {
    const own = folder.at('manual');
    await datum(['create', '-o', own]);
    for (const launcher of ['openvino', 'open_vino']) {
      const model = ['-d', 'm.xml', '-w', 'm.bin', '-i', 'interp.py', '--device', 'CPU', '--output-layers', 'a,b'];
      const args = ['-n', launcher, '-l', launcher, '-p', own, '--no-check', '--', ...model];
      expect(await datum(['model', 'add', ...args])).toMatchObject({ code: 0 });
      expect((await Project.open(own)).model(launcher)).toMatchObject({
        launcher: 'openvino',
        interpreter: join(process.cwd(), 'interp.py'),
        outputLayers: ['a', 'b'],
      });
    }
  });

  it('one of Datumaro is not added to', async () => {
    const root = projectOf({ models: model('planted'), files: { '.datumaro/plugins/a.py': PLANTED } });
    const before = treeOf(root);
    const { code, stderr } = await datum([
      'model',
      'add',
      'more',
      '-l',
      'planted',
      '-p',
      root,
      '--',
      '--threshold',
      '0.3',
    ]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/is one of Datumaro, which is read and never written/);
    expect(treeOf(root)).toEqual(before);
  });
});
