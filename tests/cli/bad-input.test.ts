/** Everything that a user can hand in and that does not work: one sentence, exit code 1, nothing written. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';
import { GraphBuilder } from '../helpers/onnx-graph.js';
import { png, white } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const shape = { width: 48, height: 32 };
const region = { x: 30, y: 4, width: 12, height: 8 };
let photo: string;
let model: string;
beforeAll(async () => {
  photo = folder.write('photo.png', await png(white(48, 32)));
  model = folder.write('planted.onnx', plantedClassifier(shape, region));
});

interface Attempt {
  readonly target?: string;
  readonly model?: string;
  readonly out?: string;
  readonly method?: readonly string[];
  readonly launcher?: readonly string[];
}

let attempts = 0;

/** Runs an explanation that must fail, and checks what every failure has in common. Returns what was said. */
async function refusal(attempt: Attempt): Promise<string> {
  const out = attempt.out ?? folder.at(`out-${attempts++}`);
  const { target = photo, method = [], launcher = CLASSIFIER_FLAGS } = attempt;
  const args = ['explain', target, '-m', attempt.model ?? model, '-o', out, 'rise', '-s', '20', '--workers', '1'];
  const { code, stdout, stderr } = await datum([...args, ...method, '--', ...launcher]);
  const said = stderr.split('\n').filter((line) => line.startsWith('datum: '));
  expect({ code, stdout, said: said.length }).toEqual({ code: 1, stdout: '', said: 1 });
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(said[0]).toMatch(/\.$/);
  if (attempt.out === undefined) expect(existsSync(out)).toBe(false);
  return said[0]!.slice('datum: '.length);
}

describe('an image that cannot be read', () => {
  it('is missing, empty, a text, or cut off', async () => {
    const missing = folder.at('none.jpg');
    expect(await refusal({ target: missing })).toContain(missing);
    const empty = folder.write('empty.jpg', '');
    expect(await refusal({ target: empty })).toBe(`the image ${empty} is empty (0 bytes): get it again.`);
    const text = folder.write('text.jpg', 'Dear diary,');
    expect(await refusal({ target: text })).toContain('text.jpg is not an image in a format that can be read');
    const cut = folder.write('cut.png', (await png(white(300, 300))).subarray(0, 400));
    expect(await refusal({ target: cut })).toContain(`the image ${cut} is damaged or truncated`);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe into which nobody writes', () => {
  function pipe(name: string): string {
    execFileSync('mkfifo', [folder.at(name)]);
    return folder.at(name);
  }

  it('does not keep anyone waiting: as image, model, labels, script', async () => {
    const image = pipe('pipe.jpg');
    expect(await refusal({ target: image })).toBe(
      `the image ${image} cannot be read (it is a pipe into which nothing is written).`,
    );
    for (const name of ['pipe.onnx', 'pipe.xml', 'pipe.py']) {
      expect(await refusal({ model: pipe(name) })).toMatch(/cannot be read(: | \()it is a pipe, and has to be a file/);
    }
    expect(await refusal({ launcher: ['--labels', pipe('pipe.txt')] })).toContain('it is a pipe into which nothing');
    for (const name of ['script.mjs', 'script.py']) {
      expect(await refusal({ launcher: ['-i', pipe(name)] })).toContain('it is a pipe, and has to be a file');
    }
  });
});

describe('a model that cannot be used', () => {
  it('is missing: the path is named, project or not', async () => {
    const missing = folder.at('none.onnx');
    expect(await refusal({ model: missing })).toContain(`there is no model ${missing}`);
    expect(await refusal({ model: 'no-such-name' })).toMatch(
      /^'no-such-name' is no model file, and there is no project in .*: make one, or name the folder of one with --project\. See 'datum create --help'\.$/,
    );
    expect(await refusal({ model: photo })).toContain(`'${photo}' is no model file`);
  });

  it('is not ONNX, or only the beginning of one', async () => {
    const text = folder.write('text.onnx', 'Dear diary,');
    expect(await refusal({ model: text })).toContain(`${text} is not an ONNX model`);
    const empty = folder.write('empty.onnx', '');
    expect(await refusal({ model: empty })).toContain(empty);
    const bytes = readFileSync(model);
    for (const share of [0.1, 0.5, 0.9]) {
      const cut = folder.write('cut.onnx', bytes.subarray(0, Math.floor(bytes.length * share)));
      expect(await refusal({ model: cut })).toContain(cut);
    }
  });

  it('takes several images', async () => {
    const g = new GraphBuilder();
    const left = g.input('left', 'float32', [1, 3, 32, 48]);
    const right = g.input('right', 'float32', [1, 3, 32, 48]);
    const mean = g.node('ReduceMean', [g.node('Sub', [left, right]), g.ints([2, 3])], { keepdims: 0 });
    g.output(mean, 'scores', 'float32', [1, 3]);
    const file = folder.write('two.onnx', g.encode());
    expect(await refusal({ model: file })).toBe(
      `${file} takes several images (left, right), and one is explained at a time: export the model with one image input.`,
    );
  });

  it('takes none', async () => {
    const g = new GraphBuilder();
    g.output(g.node('Relu', [g.input('text', 'float32', [1, 77])]), 'scores', 'float32', [1, 77]);
    const file = folder.write('text-model.onnx', g.encode());
    expect(await refusal({ model: file })).toContain('has no input that takes an image');
  });

  it('has an input beside the image that nothing is known of', async () => {
    const g = new GraphBuilder();
    const image = g.input('image', 'float32', [1, 3, 32, 48]);
    const bias = g.input('temperature', 'float32', [1, 3]);
    const mean = g.node('ReduceMean', [image, g.ints([2, 3])], { keepdims: 0 });
    g.output(g.node('Mul', [mean, bias]), 'scores', 'float32', [1, 3]);
    const file = folder.write('extra.onnx', g.encode());
    expect(await refusal({ model: file })).toContain('"temperature"');
  });

  it('leaves its size open', async () => {
    const file = folder.write('open.onnx', plantedClassifier({ ...shape, openSize: true }, region));
    const said = await refusal({ model: file });
    expect(said).toContain(file);
    expect(said).toContain('--input-size, width x height');
  });

  it('has another size than --input-size says', async () => {
    expect(await refusal({ launcher: [...CLASSIFIER_FLAGS, '--input-size', '64x64'] }).catch(String)).toContain(
      '48x32',
    );
  });

  it('has no such output', async () => {
    const said = await refusal({ launcher: [...CLASSIFIER_FLAGS, '--output-layers', 'logits'] });
    expect(said).toContain("has no output 'logits': --output-layers takes names from scores.");
  });

  it('cannot run on the device', async () => {
    expect(await refusal({ launcher: ['--device', 'abacus'] })).toContain('--device abacus cannot be used');
  });
});

/** A classifier whose scores are its brightness, divided by it where `nan`: 0/0 under a black mask or image. */
function undefinedModel(where: 'whole' | 'masked'): Uint8Array {
  const g = new GraphBuilder();
  const image = g.input('image', 'float32', ['N', 3, 32, 48]);
  const mean = g.node('ReduceMean', [image, g.ints([1, 2, 3])], { keepdims: 0 });
  // Whole: log of a negative number. Masked: log of the brightness less 0.9, which is negative under masks alone.
  const value = g.node('Log', [g.node('Sub', [mean, g.float(where === 'whole' ? 2 : 0.9)])]);
  const column = g.node('Unsqueeze', [value, g.ints([1])]);
  g.output(g.node('Concat', [column, column], { axis: 1 }), 'scores', 'float32', ['N', 2]);
  return g.encode();
}

describe('scores that are no numbers', () => {
  it('for the whole image', async () => {
    const file = folder.write('nan.onnx', undefinedModel('whole'));
    expect(await refusal({ model: file })).toMatch(
      /nan\.onnx answers NaN for the whole image, its outputs being infinite or no numbers: check its preprocessing/,
    );
  });

  it('under masks alone', async () => {
    const file = folder.write('nan-masked.onnx', undefinedModel('masked'));
    expect(await refusal({ model: file })).toMatch(/answers NaN .*: check its preprocessing/);
  });
});

describe('a script that does not do its part', () => {
  it.each([
    [
      'throws.mjs',
      'export const processOutputs = () => { throw new Error("no such layer"); };',
      'failed: no such layer, in line 1.',
    ],
    [
      'later.mjs',
      'let n = 0; export const processOutputs = () => { if (++n > 3) throw new Error("tired"); return [[{ id: 0 }]]; };',
      'failed: tired, in line 1.',
    ],
    [
      'shape.mjs',
      'export const processOutputs = () => [[{ id: 0 }], [{ id: 0 }], [{ id: 0 }]];',
      'returned 3 results for',
    ],
    ['nan.mjs', 'export const processOutputs = () => [[{ id: 0, score: NaN }]];', 'NaN as the score of annotation 0'],
    ['none.mjs', 'export const other = 1;', 'does not export a function processOutputs'],
    ['syntax.mjs', 'const a = 1;\nexport const processOutputs = (;', 'in line 2.'],
    [
      'image.mjs',
      'export const processOutputs = () => [[{ id: 0 }]]; export const preprocess = (image) => ({ data: [1], shape: [1, 1, 1] });',
      'returned the shape [1, 1, 1]',
    ],
  ])('%s', async (name, source, message) => {
    const script = folder.write(name, source);
    const said = await refusal({ launcher: ['-i', script], method: ['--batch-size', '1'] });
    expect(said).toContain(script);
    expect(said).toContain(message);
  });

  it('has all its boxes outside the image: nothing is found', async () => {
    const source = 'export const processOutputs = () => [[{ x: 900, y: 900, width: 5, height: 5, score: 0.9 }]];';
    const said = await refusal({ launcher: ['-i', folder.write('outside.mjs', source)] });
    expect(said).toContain(`in ${photo}`);
    expect(said).toMatch(/finds nothing .*lie outside the image/);
  });

  it('is not there', async () => {
    const script = folder.at('none.ts');
    expect(await refusal({ launcher: ['-i', script] })).toContain(`there is no readable file ${script}`);
  });
});

it('a box partly outside the image is cut to it', async () => {
  const source =
    'export const processOutputs = (_, o) => [[{ x: -5, y: 20, width: 20, height: 40, score: o.data[0] }]];';
  const script = folder.write('partly.mjs', source);
  const args = ['explain', photo, '-m', model, '--json', 'rise', '-s', '8', '-b', '1', '--workers', '1'];
  const { code, stdout } = await datum([...args, '--', '-i', script, '--scale', '1/255', '--mean', '0', '--std', '1']);
  expect(code).toBe(0);
  expect(stdout.replaceAll(/\s/g, '')).toContain('"bbox":[0,20,15,12]');
});

describe('labels that cannot be read', () => {
  it('are missing, empty or broken', async () => {
    const missing = folder.at('none.txt');
    expect(await refusal({ launcher: ['--labels', missing] })).toContain(missing);
    const empty = folder.write('empty.txt', '\n');
    expect(await refusal({ launcher: ['--labels', empty] })).toContain(`the labels ${empty} are empty`);
    const broken = folder.write('broken.json', '["cat",\n"dog"');
    expect(await refusal({ launcher: ['--labels', broken] })).toContain(`the labels ${broken} are not valid JSON`);
  });
});

describe('a folder that cannot be written', () => {
  it('lies under a file', async () => {
    const out = folder.at('photo.png', 'out');
    expect(await refusal({ out })).toMatch(
      /^nothing can be written to .*photo\.png\/out: a part of the path is a file, choose another folder\.$/,
    );
  });

  it('is a file', async () => {
    expect(await refusal({ out: photo })).toBe(
      `nothing can be written to ${photo}: a part of the path is a file, choose another folder.`,
    );
  });

  it('has a folder where a file should be, and keeps no scraps', async () => {
    folder.write('taken/photo-1-class-0-heatmap.png/inside', '');
    const said = await refusal({ out: folder.at('taken') });
    expect(said).toContain('photo-1-class-0-heatmap.png cannot be written: there is a folder of that name');
    expect(readdirSync(folder.at('taken'))).toEqual(['photo-1-class-0-heatmap.png']);
  });
});
