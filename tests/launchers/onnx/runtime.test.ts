/** Which ONNX Runtime models run in, and what is said where there is none for a machine or a device. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingLibraries } from '../../../src/launchers/onnx/device.js';
import { findRuntime, OWN_RUNTIME, type Platform } from '../../../src/launchers/onnx/runtime.js';
import { BIN } from '../../helpers/built.js';
import { png, speckled } from '../../helpers/images.js';
import { filesBelow, ROOT } from '../../helpers/packed.js';
import { CLASSIFIER_FLAGS, plantedClassifier } from '../../helpers/planted.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const CARRIED = join(ROOT, 'vendor/onnxruntime-node');
const INSTALLED = join(ROOT, 'node_modules/onnxruntime-node');
const PLATFORMS: readonly Platform[] = [
  { platform: 'darwin', arch: 'arm64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'linux', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
];
const [HERE] = PLATFORMS.filter(({ platform, arch }) => platform === process.platform && arch === process.arch);

const folder = tempFolder();
let photo: string;
let model: string;
beforeAll(async () => {
  photo = folder.write('photo.png', await png(speckled(48, 32)));
  const region = { x: 30, y: 4, width: 12, height: 8 };
  model = folder.write('model.onnx', plantedClassifier({ width: 48, height: 32 }, region));
});

/** Explains the photo with the ONNX Runtime of a folder. */
function explain(
  own: string,
  launcher: readonly string[] = [],
): { code: number | null; stdout: string; stderr: string } {
  const method = ['rise', '-s', '64', '--workers', '1'];
  const args = [BIN, 'explain', photo, '-m', model, ...method, '--', ...CLASSIFIER_FLAGS, ...launcher];
  const env = { ...process.env, [OWN_RUNTIME]: own };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env, cwd: folder.path });
  return { code: status, stdout, stderr };
}

/** An onnxruntime-node with a manifest, and the libraries of some platforms. */
function made(name: string, version: string, platforms: readonly Platform[]): string {
  folder.write(
    join(name, 'package.json'),
    JSON.stringify({ name: 'onnxruntime-node', version, main: 'dist/index.js' }),
  );
  for (const part of ['dist', 'common']) cpSync(join(CARRIED, part), folder.at(name, part), { recursive: true });
  for (const { platform, arch } of platforms) {
    mkdirSync(folder.at(name, 'bin/napi-v6', platform, arch), { recursive: true });
  }
  return folder.at(name);
}

describe('the ONNX Runtime that the package carries', () => {
  it.each(PLATFORMS)('has what $platform $arch needs', (here) => {
    const { own, libraries } = findRuntime({}, here);
    expect(own).toBe(false);
    const files = readdirSync(libraries);
    expect(files).toContain('onnxruntime_binding.node');
    expect(files.filter((file) => /^(lib)?onnxruntime\.(1\.dylib|so\.1|dll)$/.test(file))).toHaveLength(1);
    expect(files).toHaveLength(2);
  });

  it('holds the bytes of the installed one, without scripts, types and GPU libraries', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(CARRIED, 'package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('dependencies');
    const files = filesBelow(CARRIED);
    expect(files.filter((file) => /DirectML|dxil|dxcompiler|^script|\.d\.ts$|\.map$/.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'ThirdPartyNotices.txt', 'common/index.js']));
    for (const file of files.filter((one) => one.startsWith('bin/'))) {
      expect(readFileSync(join(CARRIED, file)).equals(readFileSync(join(INSTALLED, file))), file).toBe(true);
    }
  });

  it('asks for no package', () => {
    const asked = filesBelow(CARRIED)
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => [...readFileSync(join(CARRIED, file), 'utf8').matchAll(/require\((["'])(.+?)\1\)/g)])
      .map(([, , name = '']) => name);
    expect(asked.length).toBeGreaterThan(5);
    expect([...new Set(asked.filter((name) => !name.startsWith('.')))]).toEqual(['worker_threads']);
  });
});

describe('where there is no build for the machine', () => {
  it.each([
    [
      { platform: 'darwin', arch: 'x64' },
      /no build for macOS on Intel \(x64\), only for macOS arm64, Linux arm64, Linux x64.*onnxruntime-node that has one, 1\.23\.2.*DATUM_ONNXRUNTIME/,
    ],
    [{ platform: 'linux', arch: 'arm' }, /no build for Linux arm, only for .*: use one of these, or/],
    [{ platform: 'freebsd', arch: 'x64' }, /no build for freebsd x64, only for /],
  ])('%o is told what there is', (here, sentence) => {
    expect(() => findRuntime({}, here)).toThrow(sentence);
    expect(() => findRuntime({}, here)).toThrow(expect.objectContaining({ kind: 'model' }));
  });

  it('the command says it in one sentence, with exit code 1', () => {
    const { code, stdout, stderr } = explain(made('elsewhere', '1.30.0', [{ platform: 'aix', arch: 'ppc64' }]));
    expect(stderr).toMatch(/^datum: ONNX Runtime 1\.30\.0 in .* has no build for .*, only for aix ppc64: .*\.\n$/);
    expect([code, stdout]).toEqual([1, '']);
  });

  it.skipIf(HERE === undefined)('so it does where the library is damaged', () => {
    const own = made('damaged', '1.30.0', PLATFORMS);
    const { libraries } = findRuntime({ [OWN_RUNTIME]: own });
    folder.write(join(libraries.slice(folder.path.length + 1), 'onnxruntime_binding.node'), 'no library');
    const { code, stdout, stderr } = explain(own);
    expect(stderr).toMatch(/^datum: ONNX Runtime 1\.30\.0 in .* cannot be loaded \(.*\): install it anew\.\n$/);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe(`one of the person's own (${OWN_RUNTIME})`, () => {
  it('runs the model, and is named', () => {
    const own = realpathSync(INSTALLED);
    const { libraries } = findRuntime({ [OWN_RUNTIME]: own });
    const program = `
      const { onnxRuntime, runtimeName } = await import(process.argv[1]);
      onnxRuntime();
      console.log(JSON.stringify([runtimeName(), process.report.getReport().sharedObjects]));`;
    const args = ['--input-type=module', '-e', program, join(ROOT, 'dist/launchers/onnx/runtime.js')];
    const env = { ...process.env, [OWN_RUNTIME]: own };
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(JSON.parse(stdout)).toEqual([
      `onnxruntime 1.30.0 of ${OWN_RUNTIME}`,
      expect.arrayContaining([join(libraries, 'onnxruntime_binding.node')]),
    ]);
    expect(stdout).not.toContain(join('vendor', 'onnxruntime-node'));
    const { code, stderr } = explain(own);
    expect(code, stderr).toBe(0);
  });

  it('is never replaced by the package’s own where it is none', () => {
    const { code, stderr } = explain('no/such/folder');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^datum: DATUM_ONNXRUNTIME names no\/such\/folder, which is no folder of .*\.\n$/);
    expect(() => findRuntime({ [OWN_RUNTIME]: folder.path })).toThrow(/no folder of the package onnxruntime-node/);
  });

  it('is refused where it is too old to say what inputs a model has', () => {
    const old = made('old', '1.21.0', PLATFORMS);
    expect(() => findRuntime({ [OWN_RUNTIME]: old })).toThrow(
      /names onnxruntime-node 1\.21\.0: it must be 1\.22 or newer/,
    );
    expect(findRuntime({ [OWN_RUNTIME]: made('new', '1.22.0', PLATFORMS) }, PLATFORMS[0]).own).toBe(true);
  });
});

describe('devices', () => {
  const windows: Platform = { platform: 'win32', arch: 'x64' };

  it('that need libraries which are left out are not there, until they are', () => {
    const carried = findRuntime({}, windows);
    expect(missingLibraries(carried, 'dml', 'win32')).toEqual(['DirectML.dll']);
    expect(missingLibraries(carried, 'webgpu', 'win32')).toEqual(['dxcompiler.dll', 'dxil.dll']);
    expect(missingLibraries(carried, 'cpu', 'win32')).toEqual([]);
    const own = findRuntime({ [OWN_RUNTIME]: INSTALLED }, windows);
    expect(missingLibraries(own, 'dml', 'win32')).toEqual([]);
    expect(missingLibraries(own, 'webgpu', 'win32')).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('CUDA is refused with what to do', () => {
    const { code, stderr } = explain('', ['--device', 'cuda']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^datum: --device cuda cannot be used: datum-explain comes without its libraries: install onnxruntime-node 1\.30\.0 with its scripts, and name its folder in DATUM_ONNXRUNTIME\. Here there are cpu, .*\.\n$/,
    );
    const own = explain(INSTALLED, ['--device', 'cuda']);
    expect(own.code).toBe(1);
    expect(own.stderr).toMatch(
      /lacks libonnxruntime_providers_cuda\.so and libonnxruntime_providers_shared\.so: install it with its scripts\./,
    );
  });

  it('of which ONNX Runtime knows nothing are refused', () => {
    const { code, stderr } = explain('', ['--device', 'abacus']);
    expect(code).toBe(1);
    expect(stderr).toContain('ONNX Runtime for Node has no such device on this platform. Here there are cpu');
  });
});

it('the folder that the package carries is the one that is made', () => {
  expect(existsSync(CARRIED)).toBe(true);
  expect(findRuntime({}, PLATFORMS[0]).folder).toBe(CARRIED);
});
