import { DatumError, messageOf, option } from '../../../errors.js';
import { parseElementType, type IrElementType } from '../../../openvino/ir/element-type.js';
import type { ElementType, PreparedModel, Session, Tensor, TensorInfo } from '../../types.js';
import type { CompiledModel, OpenVinoRuntime, RuntimePort, RuntimeTensor, RuntimeValues } from './runtime.js';

/**
 * Opens a model with OpenVINO.
 *
 * @param threads of the CPU that one run uses.
 * @throws DatumError (`model`) with OpenVINO's words when it refuses the model or the device.
 */
export async function openOpenVinoSession(
  prepared: PreparedModel,
  threads: number,
  runtime: OpenVinoRuntime,
): Promise<Session> {
  const { options, metadata } = prepared;
  const device = options.device.toUpperCase();
  const compiled = await attempt(options.description, `OpenVINO cannot open ${options.description} on ${device}`, () =>
    compile(runtime, prepared, device, threads),
  );
  const request = compiled.createInferRequest();
  const types = compiled.inputs.map((_, index) => typeOf(runtime, request.getInputTensor(index)));
  const inputs = compiled.inputs.map((port, index) => infoOf(port, types[index] ?? 'f32'));
  const names = chooseOutputs(compiled.outputs, options.outputLayers, options.description);
  const outputs = compiled.outputs.map((port) => infoOf(port, 'f32')).filter(({ name }) => names.includes(name));
  return {
    signature: { inputs, outputs, metadata },
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, feed]) => {
        const index = inputs.findIndex((input) => input.name === name);
        return [name, toRuntime(runtime, types[index] ?? 'f32', feed)] as const;
      });
      const results = await attempt(options.description, `OpenVINO cannot run ${options.description}`, () =>
        request.inferAsync(Object.fromEntries(tensors)),
      );
      return Object.fromEntries(
        names.map((name) => {
          const result = results[name];
          if (result !== undefined) return [name, fromRuntime(result)];
          throw new DatumError(
            'model',
            `OpenVINO gave no output '${name}' of ${options.description}: choose others with ${option('outputLayers')}, or run it with ${option('engine', 'onnx')}.`,
            {
              file: options.description,
            },
          );
        }),
      );
    },
    close: () => Promise.resolve(),
  };
}

async function compile(
  runtime: OpenVinoRuntime,
  { options }: PreparedModel,
  device: string,
  threads: number,
): Promise<CompiledModel> {
  const core = new runtime.Core();
  const model = await core.readModel(options.description, options.weights ?? '');
  return core.compileModel(model, device, device === 'CPU' ? { INFERENCE_NUM_THREADS: threads } : {});
}

async function attempt<T>(file: string, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n');
    throw new DatumError('model', `${what}: ${reason}. On the CPU, ${option('engine', 'onnx')} may.`, { cause, file });
  }
}

function chooseOutputs(
  outputs: readonly RuntimePort[],
  wanted: readonly string[] | undefined,
  file: string,
): readonly string[] {
  const names = outputs.map((port) => port.getAnyName());
  if (wanted === undefined || wanted.length === 0) return names;
  const missing = wanted.find((name) => !names.includes(name));
  if (missing === undefined) return wanted;
  throw new DatumError(
    'model',
    `${file} has no output '${missing}': ${option('outputLayers')} takes names from ${names.join(', ')}.`,
    { file, option: 'outputLayers' },
  );
}

/** The name of a tensor's element type, which some versions give as a number. */
function typeOf(runtime: OpenVinoRuntime, tensor: RuntimeTensor): IrElementType {
  const type = tensor.getElementType();
  const found = Object.entries(runtime.element ?? {}).find(([, value]) => value === type);
  const name = typeof type === 'string' ? type : (found?.[0] ?? 'f32');
  return parseElementType(name) ?? 'f32';
}

const elementTypes: Readonly<Record<string, ElementType>> = {
  f64: 'float64',
  f32: 'float32',
  f16: 'float16',
  i64: 'int64',
  i32: 'int32',
  i16: 'int16',
  i8: 'int8',
  u64: 'uint64',
  u32: 'uint32',
  u16: 'uint16',
  u8: 'uint8',
  boolean: 'bool',
};

/** Partial shapes are written `[1,3,?,224]`, with `1..8` for a bounded dimension. */
function infoOf(port: RuntimePort, type: IrElementType): TensorInfo {
  const lengths = port
    .getPartialShape()
    .toString()
    .replace(/[[\]{}]/g, '')
    .split(',');
  return {
    name: port.getAnyName(),
    type: elementTypes[type] ?? 'other',
    shape: lengths
      .map((length) => length.trim())
      .filter((length) => length !== '')
      .map((length) => (/^\d+$/.test(length) ? Number(length) : '')),
  };
}

/** float32 values in an input's type; integers are rounded and kept in range. */
function toRuntime(runtime: OpenVinoRuntime, type: IrElementType, { data, shape }: Tensor): RuntimeTensor {
  const values = ((): RuntimeValues => {
    switch (type) {
      case 'u8':
        return Uint8Array.from(Uint8ClampedArray.from(data));
      case 'i32':
        return Int32Array.from(data, Math.round);
      case 'i64':
        return BigInt64Array.from(Array.from(data, (value) => BigInt(Math.round(value))));
      default:
        return data;
    }
  })();
  const named = values === data ? 'f32' : type;
  return new runtime.Tensor(named, shape, values);
}

function fromRuntime(tensor: RuntimeTensor): Tensor {
  const data = tensor.getData();
  const shape = tensor.getShape();
  if (data instanceof Float32Array) return { data, shape };
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return { data: Float32Array.from(data, Number), shape };
  }
  return { data: Float32Array.from(data), shape };
}
