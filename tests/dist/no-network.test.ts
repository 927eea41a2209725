/**
 * Nothing is told to anyone: without a network the command does the same, and does not so much as look for one. A namespace of
 * Linux of its own has no network, and counts what wanted out of it: connections, and questions for names.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BIN } from '../helpers/built.js';
import { writeBrightAndDark } from '../helpers/datasets.js';
import { png, speckled } from '../helpers/images.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** How a namespace without a network is made: as root, or as others where the system lets them; undefined where neither may. */
const unshare = ['-n', '-rn'].find((flags) => spawnSync('unshare', [flags, 'true']).status === 0);
const folder = tempFolder();

interface Alone {
  readonly code: number | null;
  readonly stderr: string;
  /** How often something wanted out. */
  readonly wantedOut: number;
}

/** Runs Node without a network. */
function alone(args: readonly string[]): Alone {
  const program = '"$@"; code=$?; cat /proc/net/snmp > counts; exit $code';
  const inside = ['sh', '-c', program, 'sh', process.execPath, ...args];
  const { status, stderr } = spawnSync('unshare', [unshare ?? '', ...inside], { cwd: folder.path, encoding: 'utf8' });
  const [names = [], counts = []] = readFileSync(folder.at('counts'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Ip: '))
    .map((line) => line.split(' '));
  return { code: status, stderr, wantedOut: Number(counts[names.indexOf('OutNoRoutes')]) };
}

describe.skipIf(unshare === undefined)('without a network (unshare -n)', () => {
  beforeAll(async () => {
    folder.write('photo.png', await png(speckled(48, 32)));
    const region = { x: 30, y: 4, width: 12, height: 8 };
    folder.write('model.onnx', plantedClassifier({ width: 48, height: 32 }, region));
    folder.write('bright.onnx', plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }));
    await writeBrightAndDark(folder.at('images'), 4);
  });

  it('a program that asks for a name, or for an address, is noticed', () => {
    expect(alone(['-e', "fetch('http://example.org').catch(() => 0)"]).wantedOut).toBeGreaterThan(0);
    const address = "require('net').connect(80, '192.0.2.1').on('error', () => 0)";
    expect(alone(['-e', address]).wantedOut).toBeGreaterThan(0);
    expect(alone(['-e', '0']).wantedOut).toBe(0);
  });

  it.each([
    ['an image', ['explain', 'photo.png', '-m', 'model.onnx', '-o', 'out', 'rise', '-s', '64'], 'out'],
    ['a dataset', ['explain', 'images', '-m', 'bright.onnx', '-o', 'run', 'rise', '-s', '40'], 'run'],
  ])('%s is explained, and nothing wants out', (_, args, out) => {
    const { code, stderr, wantedOut } = alone([BIN, ...args, '--', ...CLASSIFIER_FLAGS]);
    expect(code, stderr).toBe(0);
    expect(readdirSync(folder.at(out)).length).toBeGreaterThan(2);
    expect(wantedOut).toBe(0);
  });

  it('a report is made, and nothing wants out', () => {
    const { code, stderr, wantedOut } = alone([BIN, 'report', 'run']);
    expect(code, stderr).toBe(0);
    expect(wantedOut).toBe(0);
  });
});
