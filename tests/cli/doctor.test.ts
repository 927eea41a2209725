import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { runtimeChecked } from '../../src/cli/doctor/checks.js';
import { tryRuntime } from '../../src/launchers/onnx/probe.js';
import { OWN_RUNTIME } from '../../src/launchers/onnx/runtime.js';
import { tryPython } from '../../src/launchers/python/probe.js';
import { datum } from '../helpers/cli.js';
import { pythonWith } from '../helpers/python.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const report = z.object({
  works: z.boolean(),
  checks: z.array(z.object({ name: z.string(), state: z.enum(['good', 'look', 'bad']), text: z.string() })),
});

it('says what is here, in a line each, and that all needed works', async () => {
  const { code, stdout, stderr } = await datum(['doctor', '-p', folder.path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\+ datum +0\.\d+\.\d+/);
  expect(stdout).toContain(process.versions.node);
  expect(stdout).toMatch(/^\+ ONNX Runtime +1\.\d+\.\d+: a model runs on the CPU$/m);
  expect(stdout).toMatch(/^\+ images +sharp [\d.]+, libvips [\d.]+: an image was written and read$/m);
  expect(stdout).toMatch(/^\+ project +none here, and none is needed; datum create makes one$/m);
  expect(stdout).toMatch(/\nAll that datum needs works\. Try it: datum demo\n$/);
});

it.each([60, 80, 140])('fits %i columns', async (columns) => {
  const { stdout } = await datum(['doctor', '-p', folder.path], { columns });
  // Paths are not broken.
  const long = stdout.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));
  expect(long).toEqual([]);
});

it('--json says the same', async () => {
  const { code, stdout } = await datum(['doctor', '-p', folder.path, '--json']);
  const { works, checks } = report.parse(JSON.parse(stdout));
  expect([code, works]).toEqual([0, true]);
  expect(checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'datum',
      'Node',
      'machine',
      'ONNX Runtime',
      'images',
      'OpenVINO',
      'Python',
      'browser',
      'project',
    ]),
  );
});

it('a project is counted', async () => {
  const root = folder.at('project');
  expect((await datum(['create', '-o', root])).code).toBe(0);
  const { stdout } = await datum(['doctor', '-p', root]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`+ project ${root}: 0 models, 0 sources`);
  folder.write('project/.datum/config.json', '{');
  expect((await datum(['doctor', '-p', root])).stdout).toMatch(/^! project/m);
});

it('where ONNX Runtime cannot be found, all else is said too, and the exit code is 1', async () => {
  process.env[OWN_RUNTIME] = folder.at('no-runtime');
  try {
    const { code, stdout } = await datum(['doctor', '-p', folder.path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^x ONNX Runtime +DATUM_ONNXRUNTIME names/m);
    expect(stdout).toMatch(/^\+ images/m);
    expect(stdout).toContain('Broken: ONNX Runtime. datum does not work without.');
  } finally {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- not even empty
    delete process.env[OWN_RUNTIME];
  }
});

it('a device that fails is no reason to fail', async () => {
  const tried = await tryRuntime();
  expect(tried.devices[0]).toEqual({ device: 'cpu', failure: null });
  const checked = runtimeChecked({
    ...tried,
    devices: [...tried.devices.slice(0, 1), { device: 'gpu', failure: 'no' }],
  });
  expect(checked.map(({ state }) => state)).toEqual(['good', 'look']);
  expect(runtimeChecked({ ...tried, devices: [{ device: 'cpu', failure: 'no' }] })[0]?.state).toBe('bad');
});

it('a Python that is none, is broken, or says nothing in time, is one line', async () => {
  const { code, stdout } = await datum(['doctor', '-p', folder.path, '--python', folder.at('none')]);
  expect(code).toBe(0);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('cannot be used (there is no such command); models in Python');
  const script = (name: string, text: string): string => {
    const path = folder.write(name, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  expect(await tryPython(script('broken', 'echo it is broken >&2; exit 3'))).toMatchObject({
    kind: 'fails',
    why: 'it is broken',
  });
  expect(await tryPython(script('chatty', 'echo hello'))).toMatchObject({ kind: 'fails' });
  expect(await tryPython(script('slow', 'exec sleep 60'), 300)).toMatchObject({
    kind: 'fails',
    why: 'no answer in 0.3 s',
  });
});

const PYTHON = pythonWith();
it.skipIf(PYTHON === null)(
  `a real Python says its version${PYTHON === null ? ' (skipped: there is no python3)' : ''}`,
  async () => {
    const tried = await tryPython(PYTHON ?? '');
    expect(tried.kind === 'works' ? tried.version : tried.why).toMatch(/^3\.\d+\.\d+/);
  },
);
