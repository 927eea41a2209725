import { stat } from 'node:fs/promises';
import { DatumError } from '../../errors.js';
import { filesIn, readingReason, readWholeText, requireFile } from '../../files.js';
import type { Launcher } from '../types.js';
import { pythonFacts } from './facts.js';
import { pluginFiles } from './plugins.js';

/** Frameworks that spread a run over all cores, or over a GPU, are quicker in one process with many images (docs/python.md). */
const SPREAD = { workers: 1, images: 32 } as const;
/** A call costs the crossing to another process. */
const FEW = 8;

/** Runs models in a Python process of the person's. */
export const pythonLauncher: Launcher = {
  name: pythonFacts.name,
  options: pythonFacts.options,

  async prepare(options) {
    const path = options.description;
    const found = await stat(path).catch(() => null);
    if (found === null) throw new DatumError('model', `there is no model ${path}: check the path.`, { file: path });
    await requireModel(path);
    const known = { launcher: pythonFacts.name, model: { path }, options, metadata: {}, engine: 'Python' };
    const common = { ...known, runsAtOpening: true };
    if (options.plugin !== undefined) {
      const { modelDir } = options.plugin;
      const files = [...(await pluginFiles(path)), ...(modelDir === undefined ? [] : await filesIn(modelDir))];
      // It may keep what it saw before: one that sees everything.
      return { ...common, files, workers: 1 };
    }
    return {
      ...common,
      files: found.isDirectory() ? await filesIn(path) : [path],
      ...((await spreadsItself(path)) || options.device !== 'cpu' ? SPREAD : { images: FEW }),
    };
  },

  async open(prepared, threads, image) {
    const { openPythonSession } = await import('./session.js');
    return openPythonSession(prepared, threads, image);
  },
};

/** @throws DatumError (`model`) for a pipe or a device, which would be read for ever. */
async function requireModel(path: string): Promise<void> {
  try {
    await requireFile(path);
  } catch (cause) {
    throw new DatumError('model', `the model ${path} cannot be read: ${readingReason(cause)}.`, { cause, file: path });
  }
}

/** Whether the model is one of PyTorch, TensorFlow or Keras, as far as its file shows. */
async function spreadsItself(path: string): Promise<boolean> {
  if (!path.toLowerCase().endsWith('.py')) return !path.toLowerCase().endsWith('.tflite');
  return /^\s*(import|from)\s+(torch|torchvision|timm|transformers|ultralytics|tensorflow|keras)\b/m.test(
    await readWholeText(path),
  );
}
