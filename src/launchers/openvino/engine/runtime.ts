import { DatumError, messageOf, option } from '../../../errors.js';

/** Arrays that OpenVINO's tensors hold. */
export type RuntimeValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

export interface RuntimeTensor {
  getData(): RuntimeValues;
  getShape(): number[];
  /** A name such as `f32`, or its number in `element`. */
  getElementType(): unknown;
}

export interface RuntimePort {
  getAnyName(): string;
  getPartialShape(): { toString(): string };
}

export interface RuntimeRequest {
  getInputTensor(index: number): RuntimeTensor;
  inferAsync(inputs: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
}

export interface CompiledModel {
  readonly inputs: readonly RuntimePort[];
  readonly outputs: readonly RuntimePort[];
  createInferRequest(): RuntimeRequest;
}

export interface RuntimeCore {
  readModel(model: string, weights: string): Promise<unknown>;
  compileModel(
    model: unknown,
    device: string,
    config: Readonly<Record<string, string | number>>,
  ): Promise<CompiledModel>;
}

/** The part of `openvino-node` that is used (https://docs.openvino.ai/2025/api/nodejs_api/nodejs_api.html). */
export interface OpenVinoRuntime {
  readonly Core: new () => RuntimeCore;
  readonly Tensor: new (type: string, shape: readonly number[], data: RuntimeValues) => RuntimeTensor;
  readonly element?: Readonly<Record<string, unknown>>;
}

/** Loads OpenVINO, or throws what keeps it from loading. */
export type LoadRuntime = () => Promise<OpenVinoRuntime>;

/**
 * Loads the optional package `openvino-node`.
 *
 * @throws DatumError (`model`) that says why it cannot be, and that the other engine can.
 */
export async function importOpenVino(): Promise<OpenVinoRuntime> {
  // Not a literal: the package is optional, and compilers would look for it.
  const name: string = 'openvino-node';
  try {
    const module: unknown = await import(name);
    const addon = findAddon(module);
    if (addon !== null) return addon;
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n');
    throw new DatumError(
      'model',
      `the engine openvino cannot be used: ${reason}. It needs the package openvino-node (npm install openvino-node), ` +
        `which needs Node 21 or newer and downloads OpenVINO while it is installed. On the CPU, ${option('engine', 'onnx')} works without it.`,
      { cause, option: 'engine' },
    );
  }
  throw new DatumError(
    'model',
    'the engine openvino cannot be used: the installed openvino-node is of a version that is not known here. ' +
      `On the CPU, ${option('engine', 'onnx')} works without it.`,
  );
}

/** The addon is exported by name, by the default export in some versions of Node. */
function findAddon(module: unknown): OpenVinoRuntime | null {
  for (const candidate of [property(module, 'addon'), property(property(module, 'default'), 'addon')]) {
    if (isRuntime(candidate)) return candidate;
  }
  return null;
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function isRuntime(value: unknown): value is OpenVinoRuntime {
  return typeof property(value, 'Core') === 'function' && typeof property(value, 'Tensor') === 'function';
}
