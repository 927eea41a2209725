import { DatumError, option } from '../../errors.js';
import type { Launcher, LaunchOptions, PreparedModel } from '../types.js';
import { turnTelemetryOff } from '../onnx/telemetry.js';
import { ENGINES, openvinoFacts } from './facts.js';
import { openOpenVinoSession } from './engine/session.js';
import { importOpenVino, type LoadRuntime } from './engine/runtime.js';
import { readModel } from '../../openvino/ir/read-model.js';
import type { IrModel } from '../../openvino/ir/model.js';
import { readBytes, readText, weightsBeside } from './files.js';
import { metadataOf } from '../../openvino/metadata.js';
import { operationOf } from '../../openvino/operations/index.js';
import { translateModel } from '../../openvino/translate/translate-model.js';

type Engine = (typeof ENGINES)[number];

/** OpenVINO models (`.xml` with `.bin`), translated to ONNX or run by OpenVINO itself. */
export const openvinoLauncher: Launcher = createOpenVinoLauncher();

/**
 * Makes the launcher.
 *
 * @param loadRuntime loads OpenVINO for the engine `openvino`; default: the package `openvino-node`, when installed.
 */
export function createOpenVinoLauncher(loadRuntime: LoadRuntime = importOpenVino): Launcher {
  return {
    name: openvinoFacts.name,
    options: openvinoFacts.options,

    async prepare(options) {
      const engine = engineOf(options);
      const device = options.device.toLowerCase();
      if (engine === 'onnx' && device !== 'cpu') {
        const { checkDevice } = await import('../onnx/device.js');
        await checkDevice(device, `OpenVINO's own devices are for ${option('engine', 'openvino')}.`);
      }
      const weights = options.weights ?? weightsBeside(options.description);
      const model = readModel(await readText(options.description), options.description);
      if (engine === 'openvino') {
        await loadRuntime();
        return { ...common(model, { ...options, weights, engine }), model: { path: options.description } };
      }
      turnTelemetryOff();
      const bytes = await readBytes(weights);
      const metadata = metadataOf(model);
      const translation = translateModel(model, { file: weights, bytes }, operationOf, {
        outputLayers: options.outputLayers,
        metadata,
      });
      return {
        ...common(model, { ...options, weights, engine, device }),
        model: { bytes: shared(translation.bytes) },
      };
    },

    async open(prepared, threads) {
      if (prepared.options.engine === 'openvino') return openOpenVinoSession(prepared, threads, await loadRuntime());
      const { openOnnxSession } = await import('../onnx/session.js');
      return openOnnxSession(prepared, threads);
    },
  };
}

/** The engine that was asked for; otherwise OpenVINO for what only it can run on, and ONNX Runtime on the CPU. */
function engineOf({ engine, device }: LaunchOptions): Engine {
  if (engine === undefined) return device.toLowerCase() === 'cpu' ? 'onnx' : 'openvino';
  const found = ENGINES.find((name) => name === engine);
  if (found !== undefined) return found;
  throw new DatumError(
    'usage',
    `there is no engine '${engine}' for OpenVINO models: choose from ${ENGINES.join(', ')}.`,
    { option: 'engine' },
  );
}

function common(model: IrModel, options: LaunchOptions & { readonly weights: string }): Omit<PreparedModel, 'model'> {
  const translated = `onnxruntime (translated from OpenVINO IR v${model.version})`;
  return {
    launcher: openvinoFacts.name,
    options,
    metadata: metadataOf(model),
    engine: options.engine === 'openvino' ? `openvino (${options.device.toUpperCase()})` : translated,
    files: [options.description, options.weights],
  };
}

/** A copy that worker threads can all look at. */
function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
