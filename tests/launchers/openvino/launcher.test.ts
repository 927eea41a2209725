import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenVinoRuntime, RuntimeTensor, RuntimeValues } from '../../../src/launchers/openvino/engine/runtime.js';
import { createOpenVinoLauncher, openvinoLauncher } from '../../../src/launchers/openvino/index.js';
import { IrBuilder } from '../../openvino/ir-builder.js';

let folder = '';
let description = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datum-openvino-'));
  description = join(folder, 'model.xml');
  const ir = new IrBuilder();
  const x = ir.parameter('x', [1, 2]);
  const [y] = ir.layer('Add', [x, ir.constant([10, 20], [1, 2])], [[1, 2]], { name: 'y' });
  ir.result(y!);
  const { xml, bin } = ir.build();
  await writeFile(description, xml);
  await writeFile(join(folder, 'model.bin'), bin);
  await writeFile(join(folder, 'short.bin'), bin.subarray(0, 3));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the engine onnx', () => {
  it('runs a model with its weights beside it', async () => {
    const prepared = await openvinoLauncher.prepare({ description, device: 'CPU' });
    expect(prepared.engine).toBe('onnxruntime (translated from OpenVINO IR v11)');
    expect(prepared.files).toEqual([description, join(folder, 'model.bin')]);
    expect(prepared.metadata['datum.format']).toBe('openvino-ir');
    if (!('bytes' in prepared.model)) throw new Error('no bytes');
    expect(prepared.model.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    const session = await openvinoLauncher.open(prepared, 1);
    expect(session.signature.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['N', 2] }]);
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] } });
    expect(y).toEqual({ data: Float32Array.of(11, 22, 13, 24), shape: [2, 2] });
    await session.close();
  });

  it('names files that are missing or cut short', async () => {
    const prepare = (options: object): Promise<unknown> =>
      openvinoLauncher.prepare({ description, device: 'cpu', ...options });
    await expect(prepare({ description: join(folder, 'none.xml') })).rejects.toThrow(/there is no model .*none\.xml/);
    await expect(prepare({ weights: join(folder, 'none.bin') })).rejects.toThrow(
      /there are no weights .*none\.bin: put the \.bin beside/,
    );
    await expect(prepare({ weights: join(folder, 'short.bin') })).rejects.toThrow(/which has only 3 bytes/);
    await expect(prepare({ engine: 'tvm' })).rejects.toThrow(
      /no engine 'tvm' for OpenVINO models: choose from onnx, openvino/,
    );
  });
});

describe('devices', () => {
  it('of OpenVINO are refused by the engine onnx before anything is opened', async () => {
    const prepare = (device: string): Promise<unknown> =>
      openvinoLauncher.prepare({ description, device, engine: 'onnx' });
    await expect(prepare('GPU')).rejects.toThrow(
      /device: 'gpu' cannot be used: ONNX Runtime for Node has no such device on this platform\. Here there are cpu.* engine: 'openvino'\./,
    );
    await expect(prepare('AUTO')).rejects.toThrow(/device: 'auto' cannot be used/);
  });

  it('other than the CPU choose the engine openvino', async () => {
    await expect(openvinoLauncher.prepare({ description, device: 'NPU' })).rejects.toThrow(
      /the engine openvino cannot be used: .*On the CPU, engine: 'onnx' works without it/,
    );
  });
});

/** What a fake OpenVINO was asked for. */
interface Asked {
  model?: [string, string];
  device?: string;
  config?: object;
}

function fakeRuntime(asked: Asked): OpenVinoRuntime {
  class Tensor implements RuntimeTensor {
    readonly #type: string;
    readonly #shape: number[];
    readonly #data: RuntimeValues;
    constructor(type: string, shape: readonly number[], data: RuntimeValues) {
      this.#type = type;
      this.#shape = [...shape];
      this.#data = data;
    }
    getData = (): RuntimeValues => this.#data;
    getShape = (): number[] => this.#shape;
    getElementType = (): string => this.#type;
  }
  const port = (name: string) => ({ getAnyName: () => name, getPartialShape: () => '[?,2]' });
  class Core {
    readModel(model: string, weights: string): Promise<unknown> {
      asked.model = [model, weights];
      return model.includes('bad') ? Promise.reject(new Error('broken\nat line 1')) : Promise.resolve({});
    }
    compileModel(_model: unknown, device: string, config: object) {
      Object.assign(asked, { device, config });
      return Promise.resolve({
        inputs: [port('x')],
        outputs: [port('y'), port('z')],
        createInferRequest: () => ({
          getInputTensor: () => new Tensor('u8', [1, 2], new Uint8Array(2)),
          inferAsync: (inputs: Readonly<Record<string, RuntimeTensor>>) =>
            Promise.resolve({ y: inputs['x']!, z: new Tensor('i64', [1], BigInt64Array.of(7n)) }),
        }),
      });
    }
  }
  return { Core, Tensor };
}

describe('the engine openvino', () => {
  it('runs a model with OpenVINO, on the device that was asked for', async () => {
    const asked: Asked = {};
    const launcher = createOpenVinoLauncher(() => Promise.resolve(fakeRuntime(asked)));
    const prepared = await launcher.prepare({ description, device: 'gpu' });
    expect(prepared.engine).toBe('openvino (GPU)');
    expect(prepared.model).toEqual({ path: description });
    const session = await launcher.open(prepared, 3);
    expect(asked).toEqual({ model: [description, join(folder, 'model.bin')], device: 'GPU', config: {} });
    expect(session.signature.inputs).toEqual([{ name: 'x', type: 'uint8', shape: ['', 2] }]);
    const { y, z } = await session.run({ x: { data: Float32Array.of(-3, 300.4), shape: [1, 2] } });
    expect(y).toEqual({ data: Float32Array.of(0, 255), shape: [1, 2] });
    expect(z).toEqual({ data: Float32Array.of(7), shape: [1] });
    await session.close();
  });

  it('on the CPU gets as many threads as a worker has, and computes chosen outputs', async () => {
    const asked: Asked = {};
    const launcher = createOpenVinoLauncher(() => Promise.resolve(fakeRuntime(asked)));
    const options = { description, device: 'cpu', engine: 'openvino' };
    const session = await launcher.open(await launcher.prepare({ ...options, outputLayers: ['z'] }), 3);
    expect(asked.config).toEqual({ INFERENCE_NUM_THREADS: 3 });
    expect(Object.keys(await session.run({ x: { data: Float32Array.of(0, 0), shape: [1, 2] } }))).toEqual(['z']);
    const wrong = await launcher.prepare({ ...options, outputLayers: ['w'] });
    await expect(launcher.open(wrong, 1)).rejects.toThrow("no output 'w': outputLayers takes names from y, z.");
  });

  it('passes on what OpenVINO says', async () => {
    const launcher = createOpenVinoLauncher(() => Promise.resolve(fakeRuntime({})));
    const prepared = await launcher.prepare({ description, device: 'cpu', engine: 'openvino' });
    const bad = { ...prepared, options: { ...prepared.options, description: 'bad.xml' } };
    await expect(launcher.open(bad, 1)).rejects.toThrow(
      /OpenVINO cannot open bad\.xml on CPU: broken\. .*engine: 'onnx'/,
    );
  });

  it('says what to do when it is not installed', async () => {
    const prepare = openvinoLauncher.prepare({ description, device: 'cpu', engine: 'openvino' });
    await expect(prepare).rejects.toThrow(
      /engine openvino cannot be used: .*openvino-node.*Node 21.*engine: 'onnx' works without it/,
    );
  });
});
