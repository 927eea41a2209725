import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelSource } from '../src/index.js';

const ANIMALS = fileURLToPath(new URL('../examples/animals/', import.meta.url));
const ASSETS = fileURLToPath(new URL('../../shared/assets/', import.meta.url));

/** A model and pictures that it knows something about. */
export interface Subject {
  readonly name: string;
  readonly task: 'classifier' | 'detector';
  readonly source: ModelSource;
  /** Paths; a detector may find nothing in some. */
  readonly pictures: readonly string[];
}

/** The models and pictures of the example, and beside them public ones where they are there. */
export function subjects(): Subject[] {
  const classified = picturesIn(join(ANIMALS, 'images'), /^(classifier|watermark)_/);
  const example = [
    animals('animals-clean', 'classifier', 'classifier-clean.onnx', classified),
    animals('animals-shortcut', 'classifier', 'classifier-shortcut.onnx', classified),
    animals('animals-detector', 'detector', 'detector.onnx', picturesIn(join(ANIMALS, 'images'), /^scene_/)),
  ] as const;
  if (!existsSync(ASSETS)) return [...example];
  const photos = picturesIn(join(ASSETS, 'photos'), /\.(jpg|png)$/);
  const voc = picturesIn(join(ASSETS, 'voc2012-50/JPEGImages'), /\.jpg$/);
  const pictures = [...firstOf(photos, ['catdog', 'darknet_dog', 'captum_elephant', 'goldfish']), ...voc];
  return [
    {
      name: 'squeezenet1.1',
      task: 'classifier',
      pictures,
      // The mean is subtracted inside.
      source: {
        description: join(ASSETS, 'onnx/squeezenet1.1.onnx'),
        interpreter: 'classification',
        color: 'bgr',
        scale: 1,
        mean: [0],
        std: [1],
      },
    },
    { name: 'mobilenetv2', task: 'classifier', source: join(ASSETS, 'onnx/mobilenetv2-12-qdq.onnx'), pictures },
    { name: 'yolox-nano', task: 'detector', source: join(ASSETS, 'onnx/yolox_nano.onnx'), pictures },
    { name: 'nanodet', task: 'detector', source: join(ASSETS, 'onnx/nanodet.onnx'), pictures },
    ...example,
  ];
}

function animals(name: string, task: Subject['task'], file: string, pictures: readonly string[]): Subject {
  return { name, task, source: join(ANIMALS, file), pictures };
}

function picturesIn(folder: string, name: RegExp): string[] {
  return readdirSync(folder)
    .filter((file) => name.test(file))
    .sort()
    .map((file) => join(folder, file));
}

/** The pictures of these names before the others. */
function firstOf(pictures: readonly string[], names: readonly string[]): string[] {
  const rank = (path: string): number => {
    const at = names.findIndex((name) => path.includes(name));
    return at < 0 ? names.length : at;
  };
  return [...pictures].sort((a, b) => rank(a) - rank(b));
}
