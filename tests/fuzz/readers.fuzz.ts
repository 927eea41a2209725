/** `npm run fuzz`: the readers by themselves, thousands of cases in one process. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/index.js';
import { DatumError } from '../../src/errors.js';
import { decodeImage } from '../../src/image/files.js';
import { readModelHeader } from '../../src/onnx/index.js';
import { convertModel } from '../../src/openvino/index.js';
import { parseProjectConfig } from '../../src/project/config.js';
import { readRun } from '../../src/results/read-run.js';
import { SAMPLES } from '../datasets/samples/all.js';
import { writeExplainedFolder } from '../helpers/explained-folder.js';
import { Chance } from './chance.js';
import { LIMITS } from './commands.js';
import { mutateBytes, mutateProtobuf, mutateText } from './mutate.js';
import { SETTINGS } from './settings.js';
import { damageOne, filesOf, IR, irWeights, soundImages } from './subjects.js';

const ANIMALS = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
const CONFIG = JSON.stringify(
  {
    version: 1,
    models: {
      a: {
        launcher: 'onnx',
        description: 'm.onnx',
        device: 'cpu',
        scale: 255,
        mean: [1, 2, 3],
        interpreter: 'classification',
        interpreterOptions: { heads: [{ name: 'scores', activation: 'none' }] },
      },
    },
    sources: { data: { path: 'data', format: 'coco' } },
  },
  null,
  2,
);

let root: string;
let images: [string, Uint8Array][];
const models = ['detector.onnx', 'classifier-clean.onnx'].map((name) => readFileSync(join(ANIMALS, name)));

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'datum-fuzz-readers-'));
  images = [...(await soundImages())];
  for (const [i, sample] of SAMPLES.entries()) {
    const folder = join(root, 'sets', String(i));
    mkdirSync(folder, { recursive: true });
    await sample.make(folder);
  }
  await writeExplainedFolder(join(root, 'run'), { seed: 1, perClass: 1, classes: ['cat', 'dog'] });
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A folder of its own for a case. */
function copied(name: string): string {
  const folder = join(root, 'case');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, name), folder, { recursive: true });
  return folder;
}

/** Damages an input and reads it, by the name of what is read. */
const READERS: Readonly<Record<string, (chance: Chance) => Promise<unknown>>> = {
  'read-images': (chance) => {
    const [name, bytes] = chance.of(images);
    return decodeImage(mutateBytes(chance, bytes), name);
  },
  'read-onnx': (chance) => {
    const bytes = chance.of(models);
    return Promise.resolve(
      readModelHeader(chance.is(0.8) ? mutateProtobuf(chance, bytes) : mutateBytes(chance, bytes)),
    );
  },
  'read-ir': (chance) => {
    const weights = chance.is(0.8) ? irWeights() : mutateBytes(chance, irWeights());
    return Promise.resolve(convertModel(mutateText(chance, IR), weights));
  },
  'read-datasets': async (chance) => {
    const number = chance.below(SAMPLES.length);
    const folder = copied(join('sets', String(number)));
    damageOne(chance, filesOf(folder));
    const format = chance.is(0.7) ? `:${SAMPLES[number]?.format ?? ''}` : '';
    const dataset = await openDataset(`${folder}${format}`);
    for await (const item of dataset.items()) JSON.stringify(item);
  },
  'read-config': (chance) => Promise.resolve(parseProjectConfig(mutateText(chance, CONFIG), 'config.json')),
  'read-results': async (chance) => {
    const folder = copied('run');
    damageOne(chance, filesOf(folder));
    return readRun(folder, { details: true });
  },
};

const wanted = Object.entries(READERS).filter(([name]) => SETTINGS.only === null || SETTINGS.only === name);

describe.each(wanted)('%s', (name, read) => {
  it('reads or refuses', async () => {
    const found: string[] = [];
    let [cases, refused, longest] = [0, 0, 0];
    const end = performance.now() + (SETTINGS.minutes * 60_000) / (4 * Object.keys(READERS).length);
    const last = SETTINGS.number ?? Infinity;
    for (let number = SETTINGS.number ?? 0; number <= last && performance.now() < end; number++) {
      const began = performance.now();
      try {
        await read(new Chance(SETTINGS.seed, number));
      } catch (error) {
        refused++;
        if (!(error instanceof DatumError)) {
          const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
          found.push(`npm run fuzz -- --only ${name} --seed ${SETTINGS.seed} --case ${number}: ${said}`);
        }
      }
      const took = performance.now() - began;
      longest = Math.max(longest, took);
      if (took > LIMITS.milliseconds) found.push(`${name} ${number} took ${(took / 1000).toFixed(1)} s`);
      cases++;
    }
    const memory = Math.round(process.resourceUsage().maxRSS / 1000);
    console.log(
      `${name}: seed ${SETTINGS.seed}, ${cases} cases, ${refused} refused, longest ${(longest / 1000).toFixed(1)} s, most memory so far ${memory} MB, ${found.length} failures`,
    );
    if (found.length > 0) {
      const folder = fileURLToPath(new URL('failures/', import.meta.url));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}-${SETTINGS.seed}.txt`), found.join('\n\n'));
    }
    // One of each kind is enough to read.
    const kinds = new Map(
      found.map((text) => [
        text
          .replace(/^.*?: /, '')
          .split('\n')
          .slice(0, 2)
          .join(' '),
        text,
      ]),
    );
    expect([...kinds.values()]).toEqual([]);
    expect(memory).toBeLessThan(LIMITS.bytes / 1e6);
  });
});
