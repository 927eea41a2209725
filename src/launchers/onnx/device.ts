import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatumError, option } from '../../errors.js';
import { findRuntime, onnxRuntime, OWN_RUNTIME, type RuntimePlace } from './runtime.js';

/**
 * Files without which ONNX Runtime has no such device on a platform. Those of CUDA are fetched by onnxruntime-node's own install
 * script (its `script/install-metadata.js`), those of Windows it carries, and this package leaves them out (`scripts/runtime.mjs`).
 */
const LIBRARIES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  linux: {
    cuda: ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'],
    tensorrt: ['libonnxruntime_providers_tensorrt.so', 'libonnxruntime_providers_shared.so'],
  },
  win32: { dml: ['DirectML.dll'], webgpu: ['dxcompiler.dll', 'dxil.dll'] },
};

/** What of a device's libraries an installed runtime lacks, by names of files. */
export function missingLibraries({ libraries }: RuntimePlace, device: string, platform = process.platform): string[] {
  const needed = LIBRARIES[platform]?.[device] ?? [];
  return needed.filter((file) => !existsSync(join(libraries, file)));
}

/**
 * Refuses a device that this build of the runtime does not offer, and says which it does.
 *
 * @param advice what else the user can do, a sentence.
 * @throws DatumError (`model`)
 */
export function checkDevice(device: string, advice?: string): void {
  const place = findRuntime();
  if (device === 'cpu') return;
  const backends = onnxRuntime().listSupportedBackends();
  const isOffered = ({ name, bundled }: { readonly name: string; readonly bundled: boolean }): boolean => {
    const missing = missingLibraries(place, name);
    // `bundled` says what was compiled in, and knows nothing of libraries that were added later.
    return missing.length === 0 && (bundled || LIBRARIES[process.platform]?.[name] !== undefined);
  };
  const backend = backends.find(({ name }) => name === device);
  if (backend !== undefined && isOffered(backend)) return;
  const offered = backends.filter(isOffered).map(({ name }) => name);
  const here = `Here there are ${offered.join(', ')}.`;
  throw new DatumError(
    'model',
    `${option('device', device)} cannot be used: ${whyNot(backend?.name, place)}. ${here}${advice === undefined ? '' : ` ${advice}`}`,
  );
}

function whyNot(backend: string | undefined, place: RuntimePlace): string {
  if (backend === undefined) return 'ONNX Runtime for Node has no such device on this platform';
  const missing = missingLibraries(place, backend);
  if (missing.length === 0) return `the onnxruntime-node in ${place.folder} was built without it`;
  if (place.own)
    return `the onnxruntime-node in ${place.folder} lacks ${missing.join(' and ')}: install it with its scripts`;
  return `datum-explain comes without its libraries: install onnxruntime-node ${place.version} with its scripts, and name its folder in ${OWN_RUNTIME}`;
}
