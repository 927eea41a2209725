import { beforeAll, describe, expect, it } from 'vitest';
import { datum } from '../helpers/cli.js';
import { png, white } from '../helpers/images.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { halvesIr } from '../openvino/halves.js';

const folder = tempFolder();
const project = folder.at('project');
let model: string;
let photo: string;

beforeAll(async () => {
  const { xml, bin } = halvesIr();
  model = folder.write('model.xml', xml);
  folder.write('model.bin', bin);
  photo = folder.write('photo.png', await png(white(16, 16)));
  await datum(['create', '-o', project]);
});

describe('an OpenVINO model', () => {
  it('is added and explained, and the engine that runs it is said', async () => {
    const added = await datum(['model', 'add', 'halves', '-l', 'openvino', '-p', project, '--', '-d', model]);
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const lines = added.stdout.split('\n').filter((line) => line.startsWith('engine'));
    expect(lines).toEqual(['engine  onnxruntime (translated from OpenVINO IR v11)']);
    const explained = await datum(['explain', photo, '-m', 'halves', '-p', project, '--max-samples', '64', 'rise']);
    expect(explained.code).toBe(0);
    expect(explained.stderr).toContain('engine: onnxruntime (translated from OpenVINO IR v11)\n');
    expect(explained.stdout).toContain('class');
  });

  it('on a device of OpenVINO needs its engine', async () => {
    const run = (...flags: string[]): ReturnType<typeof datum> =>
      datum(['explain', photo, '-m', model, 'rise', '--', ...flags]);
    const refused = await run('--device', 'GPU', '--engine', 'onnx');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/--device gpu cannot be used: .* --engine openvino\./);
    const missing = await run('--device', 'GPU');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/the engine openvino cannot be used: .*--engine onnx works without it/);
  });
});
