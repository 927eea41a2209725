import { GraphBuilder } from '../../onnx/index.js';
import { messageOf } from '../../errors.js';
import { missingLibraries } from './device.js';
import { findRuntime, onnxRuntime, OWN_RUNTIME } from './runtime.js';

/** What a device made of a model that was tried on it. */
export interface TriedDevice {
  readonly device: string;
  /** Why it does not work; null where it does. */
  readonly failure: string | null;
}

/** ONNX Runtime as it was found here. */
export interface TriedRuntime {
  readonly version: string;
  /** Its folder, where it is the person's own. */
  readonly own: string | null;
  /** `cpu` first; those whose libraries are not installed are not among them. */
  readonly devices: readonly TriedDevice[];
}

/**
 * Loads ONNX Runtime and runs a model of one node on each of its devices.
 *
 * @throws DatumError (`model`) where it cannot be loaded.
 */
export async function tryRuntime(): Promise<TriedRuntime> {
  const place = findRuntime();
  const offered = onnxRuntime()
    .listSupportedBackends()
    .filter(({ name, bundled }) => bundled && missingLibraries(place, name).length === 0);
  const others = offered.map(({ name }) => name).filter((name) => name !== 'cpu');
  const devices: TriedDevice[] = [];
  for (const device of ['cpu', ...others]) devices.push({ device, failure: await tryDevice(device) });
  return { version: place.version, own: place.own ? `${place.folder}, by ${OWN_RUNTIME}` : null, devices };
}

async function tryDevice(device: string): Promise<string | null> {
  const { InferenceSession, Tensor } = onnxRuntime();
  try {
    const options = { executionProviders: [device], intraOpNumThreads: 1, logSeverityLevel: 4 } as const;
    const session = await InferenceSession.create(doublingModel(), options);
    try {
      const { doubled } = await session.run({ values: new Tensor('float32', Float32Array.of(1, 2, 3), [3]) });
      const answer = doubled === undefined ? [] : Array.from(doubled.data, Number);
      return answer.join() === '2,4,6' ? null : `it answers ${answer.join(', ')} where 2, 4, 6 is right`;
    } finally {
      await session.release();
    }
  } catch (error) {
    // ONNX Runtime says its own source line and condition before the reason (its `ORT_ENFORCE`).
    return (messageOf(error).split('\n')[0] ?? '').replace(/^.* was false\. /, '') || 'it does not say why';
  }
}

/** The bytes of a model that adds three numbers to themselves. */
function doublingModel(): Uint8Array {
  const graph = new GraphBuilder();
  const values = graph.input('values', 'float32', [3]);
  graph.output(graph.node('Add', [values, values]), 'doubled', 'float32', [3]);
  return graph.encode();
}
