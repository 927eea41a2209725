import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { explain } from '../helpers/explain.js';
import { datum } from '../helpers/cli.js';
import { png, white } from '../helpers/images.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { halvesIr } from '../openvino/halves.js';
import { IrBuilder } from '../openvino/ir-builder.js';

/** What the model says of itself. */
const INFO = `<rt_info>
  <conversion_parameters><framework value="onnx"/></conversion_parameters>
  <model_info><labels value="left right"/><mean_values value="10 20 30"/><scale_values value="2"/></model_info>
</rt_info>`;

const folder = tempFolder();
const model = folder.at('model.xml');

beforeAll(() => {
  const { xml, bin } = halvesIr(INFO);
  folder.write('model.xml', xml);
  folder.write('model.bin', bin);
});

describe('datum convert', () => {
  it('writes an ONNX file whole and says what it wrote', async () => {
    const out = folder.write('new/out.onnx', 'something old');
    expect(await datum(['convert', model, '-o', out])).toEqual({
      code: 0,
      stderr: '',
      stdout: `Written to ${out}: 1 kB, operator set 20, from OpenVINO IR v11.
input   data float32 [N, 3, 16, 16]
output  prob float32 [N, 2]
`,
    });
    expect(readFileSync(out).subarray(0, 9).toString('latin1')).not.toBe('something');
  });

  it.each([
    ['labels and preprocessing in its metadata', halvesIr(INFO), { mean: [10, 20, 30], std: [2] }],
    // A graph that begins so would else be taken for one that wants RGB.
    ['means in its graph', halvesIr('', [123, 117, 104]), { color: 'bgr', scale: 1, mean: [0] }],
  ])('a model with %s is read and explained as before', async (_, { xml, bin }, preprocessing) => {
    const [given, out] = [folder.write('same.xml', xml), folder.at('same.onnx')];
    folder.write('same.bin', bin);
    expect((await datum(['convert', given, '-o', out])).code).toBe(0);
    const photo = folder.write('photo.png', await png(white(40, 20)));
    const [first, second] = await Promise.all(
      [given, out].map(async (file) => {
        const opened = await openModel(file, { workers: 1 });
        try {
          const { targets } = await explain(opened, photo, { maxSamples: 64, stopAt: 'off', fill: 'blur' });
          const { labels, interpreter, input } = opened.info;
          return {
            info: { labels, interpreter, input, preprocessing: opened.info.preprocessing },
            targets: targets.map(({ label, score, verdict, areaMap }) => ({ label, score, verdict, areaMap })),
          };
        } finally {
          await opened.close();
        }
      }),
    );
    expect(first!.info.labels).toEqual(xml.includes('labels') ? ['left', 'right'] : null);
    expect(first!.info.preprocessing).toMatchObject(preprocessing);
    expect(first!.targets.length).toBeGreaterThan(0);
    expect(second).toEqual(first);
  });

  it('takes weights that lie elsewhere, and outputs by name', async () => {
    const { xml, bin } = halvesIr();
    const apart = folder.write('apart/model.xml', xml);
    const weights = folder.write('weights.bin', bin);
    const out = folder.at('apart.onnx');
    const missing = await datum(['convert', apart, '-o', out]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toBe(
      `datum: there are no weights ${folder.at('apart/model.bin')}: put the .bin beside the .xml, or name it with --weights.\n`,
    );
    const done = await datum(['convert', apart, '-o', out, '-w', weights, '--output-layers', 'prob, Multiply_5']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('output  Multiply_5 float32 [N, 2]');
    const unknown = await datum(['convert', model, '-o', out, '--output-layers', 'nothing']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/nothing/);
  });

  it('says which layer keeps a model to one image a run', async () => {
    const ir = new IrBuilder();
    const x = ir.parameter('data', [1, 3, 8, 8]);
    const [turned] = ir.layer('Roll', [x, ir.constant([1], [1], 'i64'), ir.constant([0], [1], 'i64')], [[1, 3, 8, 8]], {
      name: 'turned',
      opset: 'opset7',
    });
    ir.result(turned!);
    const { xml, bin } = ir.build();
    const file = folder.write('one.xml', xml);
    folder.write('one.bin', bin);
    const { stdout, stderr } = await datum(['convert', file, '-o', folder.at('one.onnx')]);
    expect(stdout).toContain('input   data float32 [1, 3, 8, 8]');
    expect(stderr).toBe('It takes one image a run, because of its Roll layer "turned" (opset7).\n');
  });

  it.each([
    ['an ONNX model', ['model.onnx', '-o', 'x.onnx'], /^datum: model\.onnx is an ONNX model already: name the \.xml/],
    ['no output', [model], /^datum: name the \.onnx file to write with -o\.\n$/],
    ['a folder', [model, '-o', folder.path], /^datum: -o: .* is a folder, name the \.onnx file to write in it\.\n$/],
    ['the model itself', [model, '-o', model], /^datum: -o: .* does not end in \.onnx/],
    ['no model', ['-o', 'x.onnx'], /^datum: missing required argument 'model'/],
  ])('%s is wrong use', async (_, args, message) => {
    const { code, stdout, stderr } = await datum(['convert', ...args]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('what cannot be done is said, and nothing is written', async () => {
    const ir = new IrBuilder();
    const [made] = ir.layer('Loop', [ir.parameter('data', [1, 3, 8, 8])], [[1, 3, 8, 8]], { opset: 'opset5' });
    ir.result(made!);
    const { xml, bin } = ir.build();
    const loop = folder.write('loop.xml', xml);
    folder.write('loop.bin', bin);
    const image = folder.write('image.xml', '<svg/>');
    mkdirSync(folder.at('folder.xml'));
    for (const [file, message] of [
      [loop, /operations that cannot be translated to ONNX:\n {2}Loop layer "Loop_1" \(opset5\)/],
      [image, /image\.xml is XML, but not an OpenVINO model/],
      [folder.at('none.xml'), /there is no model .*none\.xml: check the path\./],
      [folder.at('folder.xml'), /folder\.xml cannot be read/],
    ] as const) {
      const { code, stdout, stderr } = await datum(['convert', file, '-o', folder.at('never.onnx')]);
      expect(stderr).toMatch(message);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
    expect(existsSync(folder.at('never.onnx'))).toBe(false);
    const refused = await datum(['convert', model, '-o', '/proc/none/out.onnx']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^datum: the folder \/proc\/none cannot be made/);
  });
});
