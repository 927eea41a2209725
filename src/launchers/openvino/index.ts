import { DatumError, option } from '../../errors.js';
import type { Launcher, LaunchOptions } from '../types.js';
import { inSharedMemory } from '../onnx/shared-bytes.js';
import { turnTelemetryOff } from '../onnx/telemetry.js';
import { ENGINES, openvinoFacts } from './facts.js';
import { openOpenVinoSession } from './engine/session.js';
import { importOpenVino, type LoadRuntime } from './engine/runtime.js';
import { readModel } from '../../openvino/ir/read-model.js';
import { metadataOf } from '../../openvino/metadata.js';
import { convertFile } from './convert-file.js';
import { readText, weightsBeside } from './files.js';

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
      if (engine === 'onnx') {
        const { checkDevice } = await import('../onnx/device.js');
        checkDevice(device, `OpenVINO's own devices are for ${option('engine', 'openvino')}.`);
      }
      const weights = options.weights ?? weightsBeside(options.description);
      const files = [options.description, weights];
      if (engine === 'openvino') {
        const model = readModel(await readText(options.description), options.description);
        await loadRuntime();
        return {
          launcher: 'openvino',
          model: { path: options.description },
          options: { ...options, weights, engine },
          metadata: metadataOf(model),
          engine: `openvino (${options.device.toUpperCase()})`,
          files,
        };
      }
      turnTelemetryOff();
      const { bytes, metadata, version } = await convertFile(options.description, weights, options.outputLayers);
      const { graphFacts } = await import('../onnx/graph-facts.js');
      const { runtimeName } = await import('../onnx/runtime.js');
      return {
        launcher: 'openvino',
        model: { bytes: inSharedMemory(bytes) },
        options: { ...options, weights, engine, device },
        metadata: { ...metadata, ...graphFacts(bytes, null) },
        engine: `${runtimeName()} (translated from OpenVINO IR v${version})`,
        files,
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
