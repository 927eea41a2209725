import { extname } from 'node:path';
import { DatumError } from '../errors.js';
import type { Launcher } from './types.js';

/** Every launcher by name, loaded when used. */
const LAUNCHERS: Readonly<Record<string, () => Promise<Launcher>>> = {
  onnx: async () => (await import('./onnx/index.js')).onnxLauncher,
  openvino: async () => (await import('./openvino/index.js')).openvinoLauncher,
};

/** File endings, for choosing a launcher without loading any. */
const BY_EXTENSION: Readonly<Record<string, string>> = { '.onnx': 'onnx', '.xml': 'openvino' };

/** Names of the launchers, in the order of the documentation. */
export function launcherNames(): string[] {
  return Object.keys(LAUNCHERS);
}

/**
 * Loads a launcher.
 *
 * @throws DatumError (`usage`) for a name that there is not.
 */
export async function loadLauncher(name: string): Promise<Launcher> {
  const load = LAUNCHERS[name];
  if (load === undefined) {
    throw new DatumError('usage', `there is no launcher '${name}': choose from ${launcherNames().join(', ')}.`, {
      option: 'launcher',
    });
  }
  return load();
}

/** The launcher for a model file, by its ending; undefined where no launcher takes it. */
export function launcherForFile(path: string): string | undefined {
  return BY_EXTENSION[extname(path).toLowerCase()];
}

/** Endings of the files that launchers take, with the dot. */
export function modelFileEndings(): string[] {
  return Object.keys(BY_EXTENSION);
}
