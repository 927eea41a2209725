import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { SAMPLES } from '../datasets/samples/all.js';
import { BIN, start } from '../helpers/built.js';
import { writeBrightAndDark } from '../helpers/datasets.js';
import { png, speckled } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import type { Chance } from './chance.js';
import { mutateBytes, mutateProtobuf, mutateText } from './mutate.js';

/** A kind of input that a fuzzed command reads. */
export interface Subject {
  readonly name: string;
  /** Makes what is sound, once, in an empty folder. */
  readonly prepare: (folder: string) => Promise<void>;
  /** Damages a copy of it, and says which command reads it. */
  readonly damage: (chance: Chance, folder: string) => string[];
}

const ANIMALS = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
const SIZE = { width: 24, height: 16 };
const RISE = ['rise', '-s', '8', '--workers', '1'];

async function photoAndModel(folder: string): Promise<void> {
  writeFileSync(join(folder, 'photo.png'), await png(speckled(SIZE.width, SIZE.height)));
  writeFileSync(join(folder, 'model.onnx'), plantedClassifier(SIZE, { x: 0, y: 0, width: 12, height: 16 }));
}

function explaining(photo: string, model: string, ...launcher: string[]): string[] {
  return ['explain', photo, '-m', model, '--json', ...RISE, '--', ...launcher];
}

/** All files below a folder that are not larger than a model. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size < 4e6)
    .sort();
}

/** Damages one file, and now and then a second. */
export function damageOne(chance: Chance, files: readonly string[]): void {
  const count = chance.is(0.2) ? 2 : 1;
  for (let i = 0; i < count; i++) {
    const path = chance.of(files);
    const bytes = readFileSync(path);
    const isText = !bytes.subarray(0, 400).includes(0) && !/\.(png|jpe?g|onnx|npy|bin)$/.test(path);
    writeFileSync(path, isText ? mutateText(chance, bytes.toString('utf8')) : mutateBytes(chance, bytes));
  }
}

/** Sound images of every format that is decoded, by their names. */
export async function soundImages(): Promise<Map<string, Uint8Array>> {
  const image = sharp(await png(speckled(48, 32)));
  const all = new Map<string, Uint8Array>();
  for (const format of ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const) {
    all.set(`a.${format}`, await image.clone().toFormat(format).toBuffer());
  }
  const turned = image.clone().withMetadata({ orientation: 6 });
  all.set('exif.jpeg', await turned.jpeg({ progressive: true }).toBuffer());
  all.set('gray16.png', await image.clone().toColourspace('grey16').png().toBuffer());
  all.set('a.bmp', bitmap(9, 7));
  return all;
}

const images: Subject = {
  name: 'images',
  async prepare(folder) {
    await photoAndModel(folder);
    mkdirSync(join(folder, 'images'));
    for (const [name, bytes] of await soundImages()) writeFileSync(join(folder, 'images', name), bytes);
  },
  damage(chance, folder) {
    const path = chance.of(filesOf(join(folder, 'images')));
    writeFileSync(path, mutateBytes(chance, readFileSync(path)));
    return explaining(path, 'model.onnx', ...CLASSIFIER_FLAGS);
  },
};

/** An uncompressed BMP of 24 bits. */
function bitmap(width: number, height: number): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * height, 90);
  bytes.fill(0, 0, 54);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

const models: Subject = {
  name: 'onnx',
  async prepare(folder) {
    await photoAndModel(folder);
    mkdirSync(join(folder, 'models'));
    cpSync(join(folder, 'model.onnx'), join(folder, 'models', 'planted.onnx'));
    cpSync(join(ANIMALS, 'detector.onnx'), join(folder, 'models', 'detector.onnx'));
    cpSync(join(ANIMALS, 'classifier-clean.onnx'), join(folder, 'models', 'classifier.onnx'));
  },
  damage(chance, folder) {
    const path = chance.of(filesOf(join(folder, 'models')));
    const bytes = readFileSync(path);
    writeFileSync(path, chance.is(0.8) ? mutateProtobuf(chance, bytes) : mutateBytes(chance, bytes));
    return explaining('photo.png', path, ...(chance.is(0.5) ? CLASSIFIER_FLAGS : []));
  },
};

export const IR = `<?xml version="1.0"?>
<net name="m" version="11">
  <layers>
    <layer id="0" name="image" type="Parameter" version="opset1"><data shape="1,3,16,24" element_type="f32"/><output><port id="0" precision="FP32" names="image"><dim>1</dim><dim>3</dim><dim>16</dim><dim>24</dim></port></output></layer>
    <layer id="1" name="axes" type="Const" version="opset1"><data element_type="i64" shape="2" offset="0" size="16"/><output><port id="0" precision="I64"><dim>2</dim></port></output></layer>
    <layer id="2" name="mean" type="ReduceMean" version="opset1"><data keep_dims="false"/><input><port id="0"><dim>1</dim><dim>3</dim><dim>16</dim><dim>24</dim></port><port id="1"><dim>2</dim></port></input><output><port id="2" precision="FP32"><dim>1</dim><dim>3</dim></port></output></layer>
    <layer id="3" name="soft" type="SoftMax" version="opset8"><data axis="1"/><input><port id="0"><dim>1</dim><dim>3</dim></port></input><output><port id="1" precision="FP32" names="scores"><dim>1</dim><dim>3</dim></port></output></layer>
    <layer id="4" name="result" type="Result" version="opset1"><input><port id="0"><dim>1</dim><dim>3</dim></port></input></layer>
  </layers>
  <edges>
    <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
    <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
    <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
    <edge from-layer="3" from-port="1" to-layer="4" to-port="0"/>
  </edges>
  <rt_info><model_info><labels value="cat dog bird"/><scale_values value="255"/><resize_type value="standard"/></model_info></rt_info>
</net>
`;

/** The axes 2 and 3. */
export function irWeights(): Uint8Array {
  const weights = Buffer.alloc(16);
  weights.writeBigInt64LE(2n, 0);
  weights.writeBigInt64LE(3n, 8);
  return weights;
}

const ir: Subject = {
  name: 'ir',
  async prepare(folder) {
    await photoAndModel(folder);
    mkdirSync(join(folder, 'ir'));
    writeFileSync(join(folder, 'ir', 'm.xml'), IR);
    writeFileSync(join(folder, 'ir', 'm.bin'), irWeights());
  },
  damage(chance, folder) {
    const xml = join(folder, 'ir', 'm.xml');
    if (chance.is(0.9)) writeFileSync(xml, mutateText(chance, readFileSync(xml, 'utf8')));
    else damageOne(chance, [join(folder, 'ir', 'm.bin')]);
    return chance.is(0.5)
      ? ['convert', xml, '-o', join(folder, 'm.onnx')]
      : explaining('photo.png', xml, '--layout', 'nchw');
  },
};

const datasets: Subject = {
  name: 'datasets',
  async prepare(folder) {
    await photoAndModel(folder);
    for (const [i, sample] of SAMPLES.entries()) {
      const root = join(folder, 'sets', `${i}-${sample.format}`);
      mkdirSync(root, { recursive: true });
      await sample.make(root);
    }
    mkdirSync(join(folder, '.datum'));
    writeFileSync(join(folder, '.datum', 'config.json'), '{"version":1,"models":{},"sources":{}}');
  },
  damage(chance, folder) {
    const set = chance.of(readdirSync(join(folder, 'sets')).sort());
    const root = join(folder, 'sets', set);
    damageOne(chance, filesOf(root));
    const format = set.replace(/^\d+-/, '');
    return ['import', chance.is(0.7) ? `${root}:${format}` : root, '-p', folder];
  },
};

const SCRIPT = `
export const getCategories = () => ['bright', 'dark'];
export const preprocess = undefined;
export function processOutputs(inputs, outputs) {
  const { data, shape } = outputs;
  return Array.from({ length: shape[0] }, (_, i) => [
    { label: 0, score: data[2 * i] },
    { label: 1, score: data[2 * i + 1], bbox: { x: 1, y: 2, w: 3, h: 4 } },
  ]);
}
`;

const scripts: Subject = {
  name: 'scripts',
  async prepare(folder) {
    await photoAndModel(folder);
    writeFileSync(join(folder, 's.mjs'), SCRIPT);
  },
  damage(chance, folder) {
    // A name of its own: a module is read once in a process.
    const path = join(folder, `s-${chance.below(2 ** 30)}.mjs`);
    writeFileSync(path, mutateText(chance, SCRIPT));
    return explaining('photo.png', 'model.onnx', '-i', path, '--timeout', '2');
  },
};

const config: Subject = {
  name: 'config',
  async prepare(folder) {
    await photoAndModel(folder);
    await writeBrightAndDark(join(folder, 'data'), 2);
    mkdirSync(join(folder, '.datum'));
    const model = {
      launcher: 'onnx',
      description: 'model.onnx',
      device: 'cpu',
      interpreter: 'classification',
      interpreterOptions: { heads: [{ name: 'scores', activation: 'none' }] },
      layout: 'nchw',
      scale: 255,
      mean: [0, 0, 0],
      labels: 'labels.txt',
    };
    const sources = { data: { path: 'data', format: 'imagenet' } };
    writeFileSync(
      join(folder, '.datum', 'config.json'),
      JSON.stringify({ version: 1, models: { a: model }, sources }, null, 2),
    );
    writeFileSync(join(folder, 'labels.txt'), 'bright\ndark\n');
  },
  damage(chance, folder) {
    damageOne(chance, [chance.is(0.9) ? join(folder, '.datum', 'config.json') : join(folder, 'labels.txt')]);
    return chance.of([
      ['model', 'list', '-p', folder],
      ['source', 'list', '-p', folder],
      ['explain', 'photo.png', '-p', folder, '-m', 'a', '--json', ...RISE],
      ['explain', 'data', '-p', folder, '-m', 'a', '-o', join(folder, 'out'), ...RISE],
    ]);
  },
};

const results: Subject = {
  name: 'results',
  async prepare(folder) {
    await photoAndModel(folder);
    await writeBrightAndDark(join(folder, 'data'), 4);
    writeFileSync(join(folder, 'labels.txt'), 'bright\ndark\n');
    for (const [out, ...more] of [['whole'], ['first', '--shard', '1/2'], ['second', '--shard', '2/2']]) {
      const args = datasetRun(out ?? '', ...more);
      const { code, stderr } = await start(process.execPath, [BIN, ...args], folder).ended;
      if (code !== 0) throw new Error(`nothing could be explained: ${stderr}`);
    }
  },
  damage(chance, folder) {
    const which = chance.of(['whole', 'first']);
    damageOne(chance, filesOf(join(folder, which)));
    if (which === 'first') {
      return chance.is(0.7) ? ['merge', 'first', 'second', '-o', 'merged'] : datasetRun('first', '--shard', '1/2');
    }
    return chance.of([
      ['report', 'whole'],
      ['report', 'whole', 'second', '-o', 'page'],
      datasetRun('whole'),
      ['import', 'whole', '-p', '.'],
    ]);
  },
};

function datasetRun(out: string, ...more: string[]): string[] {
  return [
    'explain',
    'data:imagenet',
    '-m',
    'model.onnx',
    '-o',
    out,
    ...more,
    ...RISE,
    '--',
    ...CLASSIFIER_FLAGS,
    '--labels',
    'labels.txt',
  ];
}

export const SUBJECTS: readonly Subject[] = [images, models, ir, datasets, scripts, config, results];
