import type { InferenceSession, OnnxValue, Tensor as RuntimeTensor } from 'onnxruntime-common';
import { DatumError, option } from '../../errors.js';
import type { ElementType, PreparedModel, Session, Signature, Tensor, TensorInfo } from '../types.js';
import { fromRuntime, toRuntime } from './convert.js';
import { loadFailure, runFailure } from './load-failure.js';
import { onnxRuntime } from './runtime.js';
import { SpentOutputs } from './spent-outputs.js';

const ELEMENT_TYPES: ReadonlySet<string> = new Set<ElementType>([
  'float32',
  'float16',
  'float64',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'bool',
  'string',
]);

function isElementType(type: string): type is ElementType {
  return ELEMENT_TYPES.has(type);
}

/**
 * Opens a prepared ONNX model with ONNX Runtime in this thread.
 *
 * @param threads intra-op threads; the pool gives every worker one, which beats one session with many.
 * @throws DatumError (`model`) when the runtime refuses the model or the device.
 */
export async function openOnnxSession(prepared: PreparedModel, threads: number): Promise<Session> {
  const { model, options } = prepared;
  const file = options.description;
  const runtime = onnxRuntime();
  const settings: InferenceSession.SessionOptions = {
    executionProviders: [options.device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Warnings name every unused initializer of some exports.
    logSeverityLevel: 4,
  };
  let session: InferenceSession;
  try {
    session =
      'path' in model
        ? await runtime.InferenceSession.create(model.path, settings)
        : // The native binding takes no shared memory; the copy is dropped once the model is loaded.
          await runtime.InferenceSession.create(Uint8Array.from(model.bytes), settings);
  } catch (cause) {
    throw new DatumError('model', loadFailure(file, options.device, cause), { cause, file });
  }

  const signature: Signature = {
    inputs: session.inputMetadata.map(infoOf),
    outputs: session.outputMetadata.map(infoOf),
    metadata: prepared.metadata,
  };
  const types = new Map(signature.inputs.map((input) => [input.name, input.type]));
  const fetches = chooseOutputs(signature.outputs, options.outputLayers, file);
  const spent = new SpentOutputs();
  let closed = false;

  return {
    signature: { ...signature, outputs: signature.outputs.filter((output) => fetches.includes(output.name)) },
    async run(feeds) {
      const inputs: Record<string, RuntimeTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) {
        inputs[name] = toRuntime(tensor, types.get(name) ?? 'float32', name);
      }
      spent.free();
      let results: InferenceSession.OnnxValueMapType;
      try {
        results = await session.run(inputs, fetches);
      } catch (cause) {
        throw new DatumError('model', runFailure(file, cause), { cause, file });
      }
      spent.add(results);
      const outputs: Record<string, Tensor> = {};
      for (const name of fetches) outputs[name] = fromRuntime(tensorOf(results[name], name, file), name);
      return outputs;
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}

function infoOf(value: InferenceSession.ValueMetadata): TensorInfo {
  if (!value.isTensor) return { name: value.name, type: 'other', shape: [] };
  return {
    name: value.name,
    type: isElementType(value.type) ? value.type : 'other',
    // The runtime writes -1 or 0 for a dimension that is open but has no name.
    shape: value.shape.map((size) =>
      typeof size === 'number' && size > 0 ? size : typeof size === 'string' ? size : '',
    ),
  };
}

/** The outputs that were asked for, else all that are numbers: maps from classes to scores and texts are not. */
function chooseOutputs(
  available: readonly TensorInfo[],
  chosen: readonly string[] | undefined,
  file: string,
): readonly string[] {
  const names = available.map(({ name }) => name);
  for (const name of chosen ?? []) {
    if (!names.includes(name)) {
      throw new DatumError(
        'model',
        `${file} has no output '${name}': ${option('outputLayers')} takes names from ${names.join(', ')}.`,
        { file },
      );
    }
  }
  if (chosen !== undefined) return chosen;
  const numbers = available.filter(({ type }) => type !== 'string' && type !== 'other').map(({ name }) => name);
  if (numbers.length > 0) return numbers;
  throw new DatumError(
    'model',
    `the outputs of ${file} (${names.join(', ')}) are texts or maps, and none is a tensor of numbers: export it with its scores as a tensor (scikit-learn: zipmap=False).`,
    { file },
  );
}

function tensorOf(value: OnnxValue | undefined, name: string, file: string): RuntimeTensor {
  if (value instanceof onnxRuntime().Tensor) return value;
  throw new DatumError(
    'model',
    `the output '${name}' of ${file} is not a tensor: choose others with ${option('outputLayers')}.`,
    { file },
  );
}
