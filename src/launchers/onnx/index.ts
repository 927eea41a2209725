import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, DatumError, messageOf } from '../../errors.js';
import { readWhole, requireFile } from '../../files.js';
import type { Launcher } from '../types.js';
import { checkDevice } from './device.js';
import { onnxFacts } from './facts.js';
import { runtimeName } from './runtime.js';
import { inSharedMemory } from './shared-bytes.js';
import { turnTelemetryOff } from './telemetry.js';

/** Runs `.onnx` files with ONNX Runtime. */
export const onnxLauncher: Launcher = {
  name: onnxFacts.name,
  options: onnxFacts.options,

  async prepare(options) {
    turnTelemetryOff();
    const path = options.description;
    checkDevice(options.device);
    const bytes = await readModelFile(path);
    const { readModelHeader } = await import('../../onnx/index.js');
    const header = readModelHeader(bytes, path);
    const image = header.inputs.find(({ shape }) => shape.length >= 3)?.name ?? null;
    const { graphFacts, withScores } = await import('./graph-facts.js');
    const opened = withScores(bytes, header);
    const external = header.externalFiles.map((file) => join(dirname(path), file));
    for (const file of external) await checkReadable(file, path);
    return {
      launcher: onnxFacts.name,
      model: opened === null || opened.bytes === bytes ? { path } : { bytes: inSharedMemory(opened.bytes) },
      options,
      metadata: {
        ...header.metadata,
        ...opened?.metadata,
        ...graphFacts(opened?.bytes ?? bytes, image),
      },
      engine: runtimeName(),
      files: [path, ...external],
    };
  },

  async open(prepared, threads) {
    const { openOnnxSession } = await import('./session.js');
    return openOnnxSession(prepared, threads);
  },
};

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    await requireFile(path);
    return await readWhole(path);
  } catch (cause) {
    switch (codeOf(cause)) {
      case 'ENOENT':
        throw new DatumError('model', `there is no model ${path}: check the path.`, { cause, file: path });
      case 'EISDIR':
        throw new DatumError('model', `${path} is a folder, not a model: name the .onnx file in it.`, {
          cause,
          file: path,
        });
      case 'EACCES':
        throw new DatumError('model', `the model ${path} may not be read: check its permissions.`, {
          cause,
          file: path,
        });
      default:
        throw new DatumError(
          'model',
          `the model ${path} cannot be read (${messageOf(cause)}): check the path and the disk.`,
          {
            cause,
            file: path,
          },
        );
    }
  }
}

async function checkReadable(file: string, model: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (cause) {
    throw new DatumError('model', `${model} keeps weights in ${file}, which cannot be read: put it beside the model.`, {
      cause,
      file,
    });
  }
}
